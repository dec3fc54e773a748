/* Commands that are printed so that they can be copied. */
#ifndef CAMLABEL_SHELL_WORD_H
#define CAMLABEL_SHELL_WORD_H

/* A word of a POSIX shell that means exactly this text. NULL when memory runs out; the caller
 * frees. */
char *shell_word(const char *text);

#endif
