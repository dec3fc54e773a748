#include "commands.h"

int command_failed(const struct mn_error *error)
{
    fflush(stdout); /* so that the message comes after what was printed before */
    fprintf(stderr, "camlabel: %s\n", error->message);
    return (int)error->status;
}
