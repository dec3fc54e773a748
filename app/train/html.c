#include "html.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/base/utf8.h"
#include "../shell_word.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define NO_BREAK_SPACE "\xc2\xa0"

/* Length of the character that text begins with, 0 where it is not UTF-8 or no character of XML 1.0
 * (section 2.2). */
static size_t character_length(const char *text)
{
    uint32_t code = 0;
    size_t length = mn_utf8_decode(text, SIZE_MAX, &code);
    bool is_control = code < ' ' && code != '\t' && code != '\n' && code != '\r';
    return is_control || code == 0xfffe || code == 0xffff ? 0 : length;
}

static const char *entity_of(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(FILE *to, const char *text)
{
    while (*text) {
        size_t length = character_length(text);
        const char *entity = entity_of(*text);
        if (entity)
            fputs(entity, to);
        else if (length)
            fwrite(text, 1, length, to);
        else
            fputs(REPLACEMENT, to);
        text += length ? length : 1;
    }
}

/* Names_of_classes may be longer than a column is wide. */
static void put_name(FILE *to, const char *name)
{
    while (*name) {
        char piece[256];
        size_t length = strcspn(name, "_");
        length += name[length] == '_';
        if (length >= sizeof piece) { /* no name: as it is */
            html_text(to, name);
            return;
        }
        memcpy(piece, name, length);
        piece[length] = '\0';
        html_text(to, piece);
        name += length;
        if (*name)
            fputs("<wbr/>", to);
    }
}

void html_put(FILE *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, to);
        format += plain;
        if (*format == '\0')
            break;
        if (format[1] == 'T')
            html_text(to, va_arg(arguments, const char *));
        else if (format[1] == 'N')
            put_name(to, va_arg(arguments, const char *));
        else
            fputc('%', to);
        format += format[1] ? 2 : 1;
    }
    va_end(arguments);
}

void html_section(FILE *to, const char *id, const char *title)
{
    html_put(to, "<section id=\"%T\"><h2>%T</h2>\n", id, title);
}

void html_shell_word(FILE *to, const char *text)
{
    char *word = shell_word(text);
    if (word)
        html_text(to, word);
    free(word);
}

void html_base64(FILE *to, const uint8_t *data, size_t bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes; i += 3) {
        size_t left = bytes - i;
        uint32_t group = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
                         (left > 2 ? (uint32_t)data[i + 2] : 0);
        char text[4] = {digits[group >> 18], digits[group >> 12 & 63],
                        left > 1 ? digits[group >> 6 & 63] : '=',
                        left > 2 ? digits[group & 63] : '='};
        fwrite(text, 1, sizeof text, to);
    }
}

void html_percent(FILE *to, double share)
{
    if (isnan(share))
        fputs("\xe2\x80\x93", to);
    else
        fprintf(to, "%.1f" NO_BREAK_SPACE "%%", 100 * share);
}

void html_count(FILE *to, int64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    for (int i = 0; i < length; i++) {
        fputc(digits[i], to);
        if ((length - i) % 3 == 1 && i + 1 < length && digits[i] != '-')
            fputc(',', to);
    }
}

void html_rounded(FILE *to, double number)
{
    static const struct {
        double size;
        const char *name;
    } units[] = {{1e9, "billion"}, {1e6, "million"}, {1e3, "thousand"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (number >= units[i].size) {
            fprintf(to, "%.*f %s", number < 100 * units[i].size, number / units[i].size,
                    units[i].name);
            return;
        }
    fprintf(to, "%.0f", number);
}

void html_duration(FILE *to, double seconds)
{
    if (!(seconds < 1e12)) { /* no number, either */
        fputs("\xe2\x80\x93", to);
        return;
    }
    int64_t all = llround(seconds), hours = all / 3600, minutes = all / 60 % 60;
    if (hours)
        fprintf(to, "%" PRId64 NO_BREAK_SPACE "h %" PRId64 NO_BREAK_SPACE "min", hours, minutes);
    else if (minutes)
        fprintf(to, "%" PRId64 NO_BREAK_SPACE "min %" PRId64 NO_BREAK_SPACE "s", minutes, all % 60);
    else
        fprintf(to, "%" PRId64 NO_BREAK_SPACE "s", all);
}
