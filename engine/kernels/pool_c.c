/* Global average pool in portable C. The sum is kept in the output and divided once, at the end. */
#include "kernels_c.h"

void mn_pool_c(const float *input, float *output, int pixels, int channels)
{
    for (int c = 0; c < channels; c++)
        output[c] = input[c];
    for (int p = 1; p < pixels; p++) {
        const float *restrict in = input + (size_t)p * (size_t)channels;
        float *restrict out = output;
        for (int c = 0; c < channels; c++)
            out[c] += in[c];
    }
    for (int c = 0; c < channels; c++)
        output[c] /= (float)pixels;
}
