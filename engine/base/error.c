#include "error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* C0, DEL, and C1, which in UTF-8 are 0xc2 and a byte from 0x80 to 0x9f. */
void mn_hide_controls(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;
        if (*c < ' ' || *c == 127 || is_c1)
            *c = '?';
        if (is_c1)
            *++c = '?';
    }
}

enum mn_status mn_fail(struct mn_error *error, enum mn_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    mn_hide_controls(error->message);
    error->status = status;
    return status;
}
