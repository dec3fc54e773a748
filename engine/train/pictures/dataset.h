/* A data set: named classes, and pictures of them in three splits.
 *
 * Two kinds are known by what is in the folder:
 *
 * - CIFAR-10/100, the original binary batches: data_batch_*.bin and test_batch.bin, or train.bin
 *   and test.bin (fine labels); names from *.meta.txt or *label_names.txt where there, else built
 *   in. The test batch is MN_TEST.
 * - Folders of JPEG, PNG, BMP and PPM files: train/ val/ test/ (valid/ and validation/ are val/),
 *   each with a folder a class; or the class folders alone, which are then split by seed, class by
 *   class. The classes are the folders' names, in the order of their bytes. Opening reads every
 *   picture once: those that cannot be read are named, counted and left out. */
#ifndef MN_DATASET_H
#define MN_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../base/error.h"
#include "../../image/bitmap.h"

enum mn_split { MN_TRAIN, MN_VAL, MN_TEST, MN_SPLITS };

struct mn_dataset;

struct mn_dataset_options {
    size_t cache_bytes;  /* of decoded pictures kept in memory; the rest is read again each time */
    bool train_once;     /* training pictures will be asked for once: the cache is for those to
                            judge by, validation's, or tests' where there are none of validation */
    double val_fraction; /* of each class, taken out of the training pictures for MN_VAL where the
                            data set has none of its own; 0: none */
    uint64_t seed;       /* of that choice */
    int max_side; /* px: pictures are made smaller by a whole factor, as long as their shorter
                     side stays above this; 0: they are kept as they are */
    int threads;  /* that decode while opening; 0: mn_pool_default_threads() */
    /* Called from the opening thread, now and then; NULL: nobody. Return false to stop: MN_FAILED.
     */
    bool (*progress)(void *context, int done, int total);
    void *progress_context;
};

/* On MN_OK *dataset is the caller's. Errors: MN_BAD_INPUT, which name the folder and say what a
 * data set looks like: nothing there, no picture, fewer than two classes with training pictures, a
 * class's name that is not UTF-8. A class without a training picture is left out, with a warning.
 * MN_FAILED for memory and reading. */
enum mn_status mn_dataset_open(struct mn_dataset **dataset, const char *folder,
                               const struct mn_dataset_options *options, struct mn_error *error);
void mn_dataset_close(struct mn_dataset *dataset); /* NULL is fine */

int mn_dataset_classes(const struct mn_dataset *dataset);
char *const *
mn_dataset_labels(const struct mn_dataset *dataset); /* [classes], UTF-8, owned by it */
int mn_dataset_count(const struct mn_dataset *dataset, enum mn_split split); /* pictures */
int mn_dataset_label(const struct mn_dataset *dataset, enum mn_split split, int index);

/* A path, or "data_batch_1.bin:17"; owned by the data set. */
const char *mn_dataset_name(const struct mn_dataset *dataset, enum mn_split split, int index);

/* What was left out and what is odd, a line each ("dog/17.jpg: not a picture …", "cat: no
 * pictures"), owned by the data set, in the order of their paths. Returns how many lines there
 * are, at most a thousand: the rest is only counted. */
int mn_dataset_warnings(const struct mn_dataset *dataset, char *const **lines);
int mn_dataset_warning_count(const struct mn_dataset *dataset); /* of all */

/* How many pictures could not be read. */
int mn_dataset_left_out(const struct mn_dataset *dataset);

/* Of classes, splits, names and sizes of files: another one means another data set. */
uint64_t mn_dataset_fingerprint(const struct mn_dataset *dataset);

/* The picture, RGB24 or GREY: *image points into the cache, or into *bitmap, which is the caller's
 * and holds it until the next call with the same bitmap. Any number of threads, each with its own
 * bitmap. Errors: a file that was readable before and is not any more: MN_FAILED, named. */
enum mn_status mn_dataset_picture(const struct mn_dataset *dataset, enum mn_split split, int index,
                                  struct mn_bitmap *bitmap, struct mn_image *image,
                                  struct mn_error *error);

#endif
