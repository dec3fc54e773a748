/* The shape of a tensor as a file states it, and the sentence for one that does not fit. */
#ifndef MN_SHAPE_H
#define MN_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

enum { MN_MAX_RANK = 8, MN_SHAPE_TEXT = 200 /* bytes that any shape fits in as text */ };

struct mn_shape {
    int rank;
    int64_t size[MN_MAX_RANK];
};

/* The number of elements; false if a size is negative or the product overflows. Rank 0 has one. */
bool mn_shape_count(const struct mn_shape *shape, size_t *count);

bool mn_shape_equal(const struct mn_shape *a, const struct mn_shape *b);

/* "[8, 3, 3, 3]" */
void mn_shape_text(const struct mn_shape *shape, char text[MN_SHAPE_TEXT]);

/* MN_BAD_INPUT with the tensor's name and both shapes unless they are equal. */
enum mn_status mn_shape_check(const char *tensor, const struct mn_shape *found,
                              const struct mn_shape *expected, struct mn_error *error);

#endif
