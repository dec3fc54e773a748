#include "numbers.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && sizeof(float) == 4,
               "floats are copied from little-endian files as they are");

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The magnitude's bits, moved to where a float32 has them, are its value with an exponent that is
 * 127 - 15 too small: a multiplication puts that right, for subnormal numbers, too. An exponent of
 * all ones is infinity or no number. No branches, so that the compiler makes vectors of it. */
static float from_half(uint16_t half)
{
    uint32_t bits, sign = (uint32_t)(half & 0x8000) << 16;
    float magnitude = from_bits((uint32_t)(half & 0x7fff) << 13) * 0x1p112F;
    memcpy(&bits, &magnitude, sizeof bits);
    return from_bits(bits | sign | ((half & 0x7c00) == 0x7c00 ? 0x7f800000 : 0));
}

static void widen(const uint16_t *halves, enum mn_number_type type, size_t count, float *values)
{
    if (type == MN_FLOAT16)
        for (size_t i = 0; i < count; i++)
            values[i] = from_half(halves[i]);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = from_bits((uint32_t)halves[i] << 16);
}

enum mn_status mn_numbers_read(const struct mn_numbers *numbers, size_t first, size_t count,
                               float *values, struct mn_error *error)
{
    if (numbers->type == MN_FLOAT32)
        return mn_source_read(&numbers->source, numbers->offset + first * sizeof *values, values,
                              count * sizeof *values, error);
    uint16_t halves[8192];
    const size_t room = sizeof halves / sizeof *halves;
    for (size_t done = 0; done < count;) {
        size_t piece = count - done < room ? count - done : room;
        if (mn_source_read(&numbers->source, numbers->offset + (first + done) * sizeof *halves,
                           halves, piece * sizeof *halves, error))
            return error->status;
        widen(halves, numbers->type, piece, values + done);
        done += piece;
    }
    return MN_OK;
}
