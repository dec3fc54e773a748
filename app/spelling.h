/* Which of some names might have been meant by a mistyped word. */
#ifndef CAMLABEL_SPELLING_H
#define CAMLABEL_SPELLING_H

#include <stddef.h>

struct spelling {
    const char *word; /* need not end in 0 */
    size_t length;
    const char *best; /* the nearest name so far, as it was offered; NULL: none is near */
    int distance;     /* of it */
};

struct spelling spelling_of(const char *word, size_t length);

/* A name is near where at most two letters are wrong, missing, too many or swapped, and fewer than
 * half of the word's. */
void spelling_offer(struct spelling *spelling, const char *name);

#endif
