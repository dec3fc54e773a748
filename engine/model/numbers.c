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

void mn_numbers_from_half(const uint16_t *halves, size_t count, float *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = from_half(halves[i]);
}

static void widen(const uint16_t *halves, enum mn_number_type type, size_t count, float *values)
{
    if (type == MN_FLOAT16)
        mn_numbers_from_half(halves, count, values);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = from_bits((uint32_t)halves[i] << 16);
}

/* A half's code is its magnitude in steps that grow with the exponent. So is a float32's; where the
 * half is normal, its code is the float32's, moved down by the exponents' difference (112 of them)
 * and 13 bits shorter, and a carry out of the fraction is right in the exponent. Where it is not,
 * it counts steps of 2^-24. */
static uint16_t to_half(uint32_t bits)
{
    uint32_t magnitude = bits & 0x7fffffff, exponent = magnitude >> 23;
    uint32_t number = magnitude - (112u << 23), shift = 13;
    if (exponent < 113) {
        number = (magnitude & 0x7fffff) | 0x800000;
        shift = exponent > 100 ? 126 - exponent : 31; /* with 31 nothing is left of it */
    }
    uint32_t code = number >> shift, rest = number & ((1u << shift) - 1), tie = 1u << (shift - 1);
    code += rest > tie || (rest == tie && (code & 1));
    return (uint16_t)(bits >> 16 & 0x8000) | (uint16_t)code;
}

bool mn_numbers_to_half(const float *values, size_t count, uint16_t *halves)
{
    const uint32_t limit = 0x477ff000; /* 65520: from here on the nearest is infinity */
    bool fits = true;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        fits &= (bits & 0x7fffffff) < limit;
        halves[i] = to_half(bits);
    }
    return fits;
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
