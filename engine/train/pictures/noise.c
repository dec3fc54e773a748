#include "noise.h"

enum { LANES = 8 };

struct mn_noise mn_noise_of(struct mn_random *random)
{
    struct mn_noise noise;
    for (int lane = 0; lane < LANES; lane++)
        noise.state[lane] = (uint32_t)mn_random_bits(random) | 1; /* never 0: it would stay so */
    return noise;
}

/* Marsaglia's xorshift (2003), eight of them side by side. */
void mn_noise_draw(struct mn_noise *noise, int16_t values[MN_NOISE_BLOCK])
{
    struct mn_noise now = *noise; /* nothing else can be in the same place */
    for (int i = 0; i < MN_NOISE_BLOCK; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            uint32_t x = now.state[lane];
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            now.state[lane] = x;
            x = (x & 0xff00ff) + (x >> 8 & 0xff00ff);
            values[i + lane] = (int16_t)((int)((x & 0xffff) + (x >> 16)) - 510);
        }
    *noise = now;
}
