#include "shape.h"

#include <inttypes.h>
#include <stdio.h>

bool mn_shape_count(const struct mn_shape *shape, size_t *count)
{
    /* A size of 0 makes the product 0, whatever stands beside it: the others are checked all the
     * same. */
    *count = 1;
    for (int i = 0; i < shape->rank; i++)
        if (shape->size[i] < 0 || (uint64_t)shape->size[i] > SIZE_MAX ||
            __builtin_mul_overflow(*count, (size_t)shape->size[i], count))
            return false;
    return true;
}

bool mn_shape_equal(const struct mn_shape *a, const struct mn_shape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->size[i] != b->size[i])
            return false;
    return true;
}

void mn_shape_text(const struct mn_shape *shape, char text[MN_SHAPE_TEXT])
{
    int length = snprintf(text, MN_SHAPE_TEXT, "[");
    for (int i = 0; i < shape->rank; i++)
        length += snprintf(text + length, (size_t)(MN_SHAPE_TEXT - length), "%s%" PRId64,
                           i ? ", " : "", shape->size[i]);
    snprintf(text + length, (size_t)(MN_SHAPE_TEXT - length), "]");
}

enum mn_status mn_shape_check(const char *tensor, const struct mn_shape *found,
                              const struct mn_shape *expected, struct mn_error *error)
{
    if (mn_shape_equal(found, expected))
        return MN_OK;
    char found_text[MN_SHAPE_TEXT], expected_text[MN_SHAPE_TEXT];
    mn_shape_text(found, found_text);
    mn_shape_text(expected, expected_text);
    return mn_fail(error, MN_BAD_INPUT, "tensor %.100s has shape %s, but %s is expected there",
                   tensor, found_text, expected_text);
}
