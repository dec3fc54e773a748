#include "commands.h"

#include "../program.h"

int command_failed(const struct mn_error *error)
{
    return program_failed("camlabel", error);
}
