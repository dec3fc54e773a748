/* Numbers as model files have them: little-endian floats of 16 or 32 bits, one after the other, in
 * memory or in an open file. */
#ifndef MN_NUMBERS_H
#define MN_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

enum mn_number_type {
    MN_FLOAT32,
    MN_FLOAT16,  /* IEEE 754 binary16 */
    MN_BFLOAT16, /* the upper half of a float32 */
};

struct mn_numbers {
    struct mn_source source;
    size_t offset; /* of the first one in the source; need not be aligned */
    enum mn_number_type type;
};

/* Copies numbers first … first + count - 1, widened to float32, which is exact. Errors: those of
 * mn_source_read(). */
enum mn_status mn_numbers_read(const struct mn_numbers *numbers, size_t first, size_t count,
                               float *values, struct mn_error *error);

/* Rounds to binary16: to the nearest, of two equally near to the even one. False where a value is
 * no number or beyond the largest half (65504); halves are then unspecified. */
bool mn_numbers_to_half(const float *values, size_t count, uint16_t *halves);

/* The values of `count` halves; exact. */
void mn_numbers_from_half(const uint16_t *halves, size_t count, float *values);

#endif
