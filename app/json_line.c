#include "json_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/base/utf8.h"

json_t *json_line_text(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    char *clean = malloc(3 * strlen(text) + 1), *out = clean;
    if (!clean)
        return NULL;
    while (*text) {
        uint32_t code;
        size_t length = mn_utf8_decode(text, SIZE_MAX, &code);
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
