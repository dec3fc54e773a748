/* The folder that tests of camlabel-train work in. Made by the group's set-up, it holds
 *
 *     data/train, data/val   small pictures of plain colours in three classes' folders
 *
 *     tiny.recipe            what TRAINED_FIT trains them by
 *
 *     runs/whole             such a training, from its beginning to its end */
#ifndef TESTS_TRAINED_H
#define TESTS_TRAINED_H

#include <stddef.h>

#include "../live/process.h"

enum {
    TRAINED_CLASSES = 3,
    TRAINED_TRAIN = 40, /* pictures a class */
    TRAINED_VAL = 6,
    TRAINED_EPOCHS = 5,
};

#define TRAINED_FIT "fit --data-dir @data --recipe @tiny.recipe "

extern const char *const trained_classes[TRAINED_CLASSES];

/* For cmocka_run_group_tests(). The program that is run is camlabel-train afterwards. */
int trained_set_up(void **state);
int trained_tear_down(void **state);

/* The path of a file in the folder; some buffers take turns. */
const char *trained_path(const char *name);

/* Runs a command line of words separated by single spaces; @NAME is a path in the folder. With
 * `lines`, it gets the signal after as many lines of output. The caller frees the process. */
struct process trained_run_until(const char *line, int lines, int signal_number);
struct process trained_run(const char *line);

/* These fail the test where it is not so. */
void trained_assert_code(const struct process *process, int code);
void trained_must_run(const char *line);
void trained_must_fail(const char *line, int code, const char *wanted);
void trained_assert_same(const char *a, const char *b); /* files in the folder */

/* All of a file, which ends with a zero besides; the caller frees. */
char *trained_read(const char *path, size_t *size);

#endif
