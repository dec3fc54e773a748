/* The folder of one training: what is in it, and what may be done with what is there.
 *
 *     recipe.txt          what the training depends on, as a recipe file
 *     last.ckpt           where it stands: --resume goes on from there
 *     log.csv             a row an epoch
 *     model.safetensors   the newest epoch's model, at the end the final one
 *     best.safetensors    that of the epoch with the best validation accuracy
 *     report.html         at the end */
#ifndef CAMLABEL_RUN_FOLDER_H
#define CAMLABEL_RUN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "../../engine/base/error.h"

enum { RUN_PATH_SIZE = 4096 };

struct run_paths {
    char recipe[RUN_PATH_SIZE], checkpoint[RUN_PATH_SIZE], log[RUN_PATH_SIZE], model[RUN_PATH_SIZE],
        best[RUN_PATH_SIZE], report[RUN_PATH_SIZE];
    size_t there; /* so many characters of the folder's path were there before */
};

/* Makes the folder, and those it is in, where they are not there. Where a training is in it
 * already and may_be_taken is false: MN_BAD_INPUT. MN_FAILED with the system's reason. */
enum mn_status run_folder_open(struct run_paths *paths, const char *folder, bool may_be_taken,
                               struct mn_error *error);

/* For a training that could not begin: the folders that were made for it go, while they are empty.
 */
void run_folder_abandon(const struct run_paths *paths, const char *folder);

/* Is this one of the training's files? */
bool run_folder_has(const struct run_paths *paths, const char *path);

/* Removes the training's files, and no others. */
enum mn_status run_folder_clear(const struct run_paths *paths, struct mn_error *error);

/* A text file, complete or absent. */
enum mn_status run_folder_write(const char *path, const char *text, struct mn_error *error);

/* A copy of a file, complete or absent. */
enum mn_status run_folder_copy(const char *from, const char *to, struct mn_error *error);

#endif
