/* Global average pool with NEON.
 *
 * Tile: 16 channels over all pixels. Four sums stay in registers, are as many as hide an addition's
 * latency, and use a whole cache line of each pixel. Channels that are left go by fours. */
#include "tile_neon.h"

enum { TILE = 4 * MN_VECTOR_NEON };

static void sixteen(const float *input, float *output, int pixels, size_t channels, float scale)
{
    float32x4_t a = vld1q_f32(input), b = vld1q_f32(input + 4), c = vld1q_f32(input + 8),
                d = vld1q_f32(input + 12);
    for (int p = 1; p < pixels; p++) {
        input += channels;
        a = vaddq_f32(a, vld1q_f32(input));
        b = vaddq_f32(b, vld1q_f32(input + 4));
        c = vaddq_f32(c, vld1q_f32(input + 8));
        d = vaddq_f32(d, vld1q_f32(input + 12));
    }
    vst1q_f32(output, vmulq_n_f32(a, scale));
    vst1q_f32(output + 4, vmulq_n_f32(b, scale));
    vst1q_f32(output + 8, vmulq_n_f32(c, scale));
    vst1q_f32(output + 12, vmulq_n_f32(d, scale));
}

/* At most four channels. */
static void few(const float *input, float *output, int pixels, size_t channels, int count,
                float scale)
{
    float32x4_t sum = mn_load_neon(input, count);
    for (int p = 1; p < pixels; p++) {
        input += channels;
        sum = vaddq_f32(sum, mn_load_neon(input, count));
    }
    mn_store_neon(output, vmulq_n_f32(sum, scale), count);
}

void mn_pool_neon(const float *input, float *output, int pixels, int channels)
{
    const float scale = 1 / (float)pixels;
    int channel = 0;
    for (; channel + TILE <= channels; channel += TILE)
        sixteen(input + channel, output + channel, pixels, (size_t)channels, scale);
    for (; channel < channels; channel += MN_VECTOR_NEON)
        few(input + channel, output + channel, pixels, (size_t)channels, channels - channel, scale);
}
