/* UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, at most U+10FFFF. */
#ifndef MN_UTF8_H
#define MN_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Length of the character that the text begins with, and its code; 0 where there is none. Reads at
 * most `left` bytes, and none behind a zero. */
size_t mn_utf8_decode(const char *text, size_t left, uint32_t *code);

#endif
