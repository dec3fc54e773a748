/* Noise for whole pictures. mn_random_normal() takes two transcendental functions for a value;
 * pictures take tens of thousands of values, and nobody sees the difference. */
#ifndef MN_NOISE_H
#define MN_NOISE_H

#include <stdint.h>

#include "../base/random.h"

enum { MN_NOISE_BLOCK = 192 }; /* values at a time: whole vectors, and whole pixels of three */

struct mn_noise {
    uint32_t state[8];
};

struct mn_noise mn_noise_of(struct mn_random *random);

/* The next values: whole numbers, nearly normal about 0 (the sum of four bytes: Irwin and Hall,
 * 1927), of standard deviation MN_NOISE_DEVIATION, at most 510 away from 0. */
void mn_noise_draw(struct mn_noise *noise, int16_t values[MN_NOISE_BLOCK]);

#define MN_NOISE_DEVIATION 147.80166F /* sqrt(4 * (256^2 - 1) / 12) */

#endif
