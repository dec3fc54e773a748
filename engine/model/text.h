/* Text that comes from files and goes to terminals and windows. */
#ifndef MN_TEXT_H
#define MN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* True for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without
 * control characters (C0, DEL and C1; a tab is allowed). */
bool mn_text_is_clean(const char *text, size_t length);

/* A copy in which every byte that spoils clean UTF-8 is '?'. NULL when memory runs out; the
 * caller frees. The second keeps the ends of lines. */
char *mn_text_cleaned(const char *text, size_t length);
char *mn_text_lines_cleaned(const char *text, size_t length);

#endif
