/* A data set in a temporary folder, as tests of reading data sets make it. */
#ifndef TESTS_DATA_FOLDER_H
#define TESTS_DATA_FOLDER_H

#include <stdbool.h>

#include "../../engine/train/pictures/dataset.h"
#include "../support.h"

/* cmocka's hooks: each test begins with an empty folder, and in the end there is none. */
int data_set_up(void **state);
int data_remove(void **state);

/* The path of something in it; "" is the folder. Four may be in use at a time. */
const char *data_path(const char *name);

void data_make_folders(const char *name);
/* A PNG of one colour but for its first pixel. */
void data_write_picture(const char *name, int width, int height, int level);
void data_write_bytes(const char *name, const void *bytes, size_t count);
/* train/cat and train/dog, with 0.png … 3.png each; the cats are dark. */
void data_two_classes(void);

extern const struct mn_dataset_options data_usual; /* two threads, and room for all pictures */

struct mn_dataset *data_open(const struct mn_dataset_options *options);
void data_assert_refused(const char *because);

/* Is there a warning that has both? */
bool data_warns(const struct mn_dataset *dataset, const char *subject, const char *reason);

#endif
