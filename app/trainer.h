/* camlabel-train, the other program: `camlabel train …` and its kin are run by it. */
#ifndef CAMLABEL_TRAINER_H
#define CAMLABEL_TRAINER_H

#include <stdbool.h>

#include "../engine/base/error.h"

/* camlabel-train's commands, NULL-terminated. "train" is its fit; fit, eval, compare, average and
 * generate have their own names there. */
extern const char *const trainer_commands[];

/* Is this one of them? */
bool trainer_has(const char *command);

/* Becomes camlabel-train with these arguments (argv[1] is the command, NULL ends them): the one
 * beside this program, else the one in PATH. Returns only if there is none: MN_FAILED. */
enum mn_status trainer_exec(char **argv, struct mn_error *error);

#endif
