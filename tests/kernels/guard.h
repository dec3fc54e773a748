/* Memory that notices: a buffer beside an unmapped page, where one byte too far is a fault, with
 * canaries in front of or behind it, and write-protected once it is an input. */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* Where the buffer lies between its two unmapped pages. */
enum guard_side {
    GUARD_BEHIND, /* its last byte is the last one mapped: sees reads past the end */
    GUARD_BEFORE, /* its first byte is the first one mapped, so it is aligned: sees reads before it
                   */
};

struct guard {
    void *data; /* size bytes */
    size_t size;
    void *map; /* the canaries' pages, between two unmapped ones */
    size_t map_size;
};

/* A buffer full of canaries (as floats, they are NaN). Zero bytes are fine: then every access
 * faults or breaks a canary. Fails the test when memory runs out. */
struct guard guard_new(size_t size, enum guard_side side);

/* From now on a write is a fault. */
void guard_protect(struct guard *guard);

/* Is everything around the buffer as guard_new() left it? */
bool guard_intact(const struct guard *guard);

void guard_free(struct guard *guard);

#endif
