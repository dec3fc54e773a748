/* The subcommands of camlabel-train, one file each. */
#ifndef CAMLABEL_TRAIN_COMMANDS_H
#define CAMLABEL_TRAIN_COMMANDS_H

#include "../options.h"

extern const struct command command_fit, command_eval, command_compare, command_generate,
    command_average;

/* Prints "camlabel-train: message" on stderr; returns the exit code. */
int train_failed(const struct mn_error *error);

#endif
