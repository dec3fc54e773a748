/* camlabel-train: from a folder of pictures to a model that camlabel runs.
 *
 * The subcommands, and nothing else. */
#include "../program.h"
#include "commands.h"

int main(int argc, char **argv)
{
    static const struct command *const commands[] = {
        &command_fit, &command_eval, &command_compare, &command_average, &command_generate, NULL};
    const struct program program = {
        .name = "camlabel-train",
        .purpose = "A folder of pictures goes in, and a model for camlabel comes out.",
        .commands = commands,
        .exit_codes = "0 done, 1 failed, 2 bad input or usage, 130 stopped by Ctrl-C",
    };
    return program_run(&program, argc, argv);
}
