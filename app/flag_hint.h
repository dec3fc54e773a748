/* What might have been meant by a flag that a command does not have. */
#ifndef CAMLABEL_FLAG_HINT_H
#define CAMLABEL_FLAG_HINT_H

#include "options.h"

/* Writes "did you mean --device? " or the like for the middle of a sentence, or "". name is without
 * "--" and need not end in 0. */
void flag_hint(char *text, size_t size, const struct options_flat *flat, const char *name,
               size_t length);

#endif
