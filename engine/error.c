#include "error.h"

#include <stdarg.h>
#include <stdio.h>

enum mn_status mn_fail(struct mn_error *error, enum mn_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    for (char *c = error->message; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    error->status = status;
    return status;
}
