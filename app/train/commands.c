#include "commands.h"

#include "../program.h"

int train_failed(const struct mn_error *error)
{
    return program_failed("camlabel-train", error);
}
