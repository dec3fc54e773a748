/* The flags that say which pictures a finished model is judged by, and opening them. */
#ifndef CAMLABEL_TEST_DATA_H
#define CAMLABEL_TEST_DATA_H

#include "../options.h"
#include "data.h"

struct test_data_settings {
    const char *data_dir;
    int split; /* enum mn_split, or MN_SPLITS: tests where there are any, else validation */
    double val_split;
    uint64_t seed;
};

/* Becomes part of a command's table by an entry of type OPTION_GROUP. */
extern const struct option_spec test_data_table[];

/* Opens the data; *split is the one to judge by, and has pictures. Otherwise as data_open(). */
enum mn_status test_data_open(struct mn_dataset **dataset, enum mn_split *split,
                              const struct test_data_settings *settings, int threads,
                              struct progress *progress, struct mn_error *error);

#endif
