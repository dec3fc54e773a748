#include "json_line.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 character at `s`, or 0 if it is none that JSON text may hold. */
static size_t utf8_length(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t length = u[0] < 0x80                   ? 1
                    : u[0] >= 0xc2 && u[0] < 0xe0 ? 2
                    : u[0] >= 0xe0 && u[0] < 0xf0 ? 3
                    : u[0] >= 0xf0 && u[0] < 0xf5 ? 4
                                                  : 0;
    for (size_t i = 1; i < length; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xf0 && u[1] < 0x90);
    bool impossible = (u[0] == 0xed && u[1] > 0x9f) || (u[0] == 0xf4 && u[1] > 0x8f);
    return overlong || impossible ? 0 : length;
}

json_t *json_line_text(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    char *clean = malloc(3 * strlen(text) + 1), *out = clean;
    if (!clean)
        return NULL;
    while (*text) {
        size_t length = utf8_length(text);
        memcpy(out, length ? text : "\xef\xbf\xbd", length ? length : 3);
        out += length ? length : 3;
        text += length ? length : 1;
    }
    *out = 0;
    string = json_string(clean);
    free(clean);
    return string;
}

json_t *json_line_number(double number, int digits)
{
    if (!isfinite(number))
        return json_null();
    double scale = pow(10, digits);
    return json_real(round(number * scale) / scale);
}

json_t *json_line_top(const struct ranked *top, int count, char *const *labels)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "index", json_integer(top[i].index));
        json_object_set_new(entry, "label",
                            labels ? json_line_text(labels[top[i].index]) : json_null());
        json_object_set_new(entry, "p", json_line_number((double)top[i].p, 6));
        json_array_append_new(list, entry);
    }
    return list;
}

char *json_line_take(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(object);
    size_t length = text ? strlen(text) : 0;
    char *line = text ? realloc(text, length + 2) : NULL;
    if (!line) {
        free(text);
        return NULL;
    }
    line[length] = '\n';
    line[length + 1] = 0;
    return line;
}

void json_line_print(json_t *object, FILE *file)
{
    char *line = json_line_take(object);
    if (line)
        fputs(line, file);
    free(line);
}
