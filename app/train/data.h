/* Opening a data set with its user watching. */
#ifndef CAMLABEL_DATA_H
#define CAMLABEL_DATA_H

#include "../../engine/train/pictures/dataset.h"
#include "../stop.h"
#include "progress.h"

/* "train", "val", "test", NULL: in the order of enum mn_split. */
extern const char *const split_names[];

/* Like mn_dataset_open(), with the progress on standard error and, behind it, what was left out and
 * why. Ends early with MN_FAILED once stopping is requested; stop may be NULL. */
enum mn_status data_open(struct mn_dataset **dataset, const char *folder,
                         const struct mn_dataset_options *options, struct progress *progress,
                         struct stop *stop, struct mn_error *error);

/* The split to judge by: that of validation, or of tests where there is none. */
enum mn_split data_judging_split(const struct mn_dataset *dataset);

/* The last part of a path, for names: "photos" of "/home/me/photos/". Into `name`. */
void data_name(const char *folder, char *name, size_t size);

#endif
