/* Chance that is the same on every machine: a seeded generator, a hash, value noise and a sine.
 *
 * Integers and exactly rounded float operations only; libm's sin and cos differ in their last bits
 * from one libc to the next. For the same reason nobody draws twice within one argument list or
 * initialiser: in which order those are evaluated is up to the compiler. */
#ifndef CAMLABEL_CARDS_CHANCE_H
#define CAMLABEL_CARDS_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state;
};

/* A generator of its own for every (seed, purpose): drawing more from one does not change another.
 */
struct chance chance_seed(uint64_t seed, uint64_t purpose);

uint64_t chance_bits(struct chance *chance);
float chance_between(struct chance *chance, float low, float high); /* uniform in [low, high) */
int chance_below(struct chance *chance, int count);      /* 0 … count - 1, count >= 1 */
int chance_of(struct chance *chance, float probability); /* 1 with this probability */

/* 0xRRGGBB with saturation and value (HSV, 0 … 1) uniform in these ranges and any hue. */
uint32_t chance_colour(struct chance *chance, float saturation_low, float saturation_high,
                       float value_low, float value_high);

/* A row of smooth value noise, 0 … 1, with one lattice point per unit: value[i] is the noise at
 * (i * step, y). 0 < step <= 1, 0 <= y and count * step < 2^20. */
void chance_noise(uint32_t seed, float step, float y, float *value, int count);

/* Sine and cosine of an angle in turns (1 is the full circle), error below 4e-6; |turns| < 1e6. */
float chance_sine(float turns);
float chance_cosine(float turns);

#endif
