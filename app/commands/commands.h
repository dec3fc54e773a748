/* The subcommands, one file each. */
#ifndef CAMLABEL_COMMANDS_H
#define CAMLABEL_COMMANDS_H

#include "../options.h"

extern const struct command command_live, command_classify, command_devices, command_info,
    command_import, command_bench;

/* Prints "camlabel: message" on stderr; returns the exit code. */
int command_failed(const struct mn_error *error);

#endif
