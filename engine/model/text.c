#include "text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the clean character that starts here, 0 if there is none. */
static size_t character_length(const unsigned char *text, size_t length)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = text[0];
    if (first < 0x80)
        return (first >= ' ' && first != 0x7f) || first == '\t';
    size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes > length)
        return 0;
    uint32_t code = first & (0xffu >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3f);
    }
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    bool control = code < 0xa0;
    return code < smallest[bytes] || code > 0x10ffff || surrogate || control ? 0 : bytes;
}

bool mn_text_is_clean(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t bytes = character_length((const unsigned char *)text + i, length - i);
        if (!bytes)
            return false;
        i += bytes;
    }
    return true;
}

static char *cleaned(const char *text, size_t length, bool lines)
{
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < length;) {
        size_t bytes = character_length((const unsigned char *)text + i, length - i);
        if (bytes)
            memcpy(copy + i, text + i, bytes);
        else
            copy[i] = lines && text[i] == '\n' ? '\n' : '?';
        i += bytes ? bytes : 1;
    }
    copy[length] = '\0';
    return copy;
}

char *mn_text_cleaned(const char *text, size_t length)
{
    return cleaned(text, length, false);
}

char *mn_text_lines_cleaned(const char *text, size_t length)
{
    return cleaned(text, length, true);
}
