#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "../base/utf8.h"

/* Bytes of the clean character that starts here, 0 if there is none. */
static size_t character_length(const char *text, size_t length)
{
    uint32_t code = 0;
    size_t bytes = mn_utf8_decode(text, length, &code);
    bool is_control = (code < ' ' && code != '\t') || (code >= 0x7f && code < 0xa0);
    return bytes && !is_control ? bytes : 0;
}

bool mn_text_is_clean(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t bytes = character_length(text + i, length - i);
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
        size_t bytes = character_length(text + i, length - i);
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
