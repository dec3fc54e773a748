#include "shell_word.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* In single quotes all is plain but the single quote, which is put between two such words. */
static char *quoted(const char *text)
{
    static const char quote[] = "'\\''";
    char *word = malloc(strlen(text) * (sizeof quote - 1) + 3), *end = word;
    if (!word)
        return NULL;
    *end++ = '\'';
    for (; *text; text++)
        if (*text == '\'')
            end = stpcpy(end, quote);
        else
            *end++ = *text;
    stpcpy(end, "'");
    return word;
}

char *shell_word(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:=+@%";
    bool is_plain = *text && text[strspn(text, plain)] == '\0';
    return is_plain ? strdup(text) : quoted(text);
}
