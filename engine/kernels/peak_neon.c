/* The most that NEON can do on this CPU: twelve independent chains of multiply-adds on registers,
 * which fit into 32-bit Arm's sixteen. */
#include <arm_neon.h>

#include "kernels_neon.h"
#include "unroll.h"

double mn_peak_neon(long rounds)
{
    enum { SUMS = 12 };
    const float32x4_t factor = vdupq_n_f32(0.001F), term = vdupq_n_f32(0.999F);
    float32x4_t sums[SUMS];
    MN_UNROLL_WHOLE
    for (int i = 0; i < SUMS; i++)
        sums[i] = vdupq_n_f32((float)i);
    for (long round = 0; round < rounds; round++) {
        MN_UNROLL_WHOLE
        for (int i = 0; i < SUMS; i++)
            sums[i] = vfmaq_f32(sums[i], factor, term);
    }
    float32x4_t all = sums[0];
    MN_UNROLL_WHOLE
    for (int i = 1; i < SUMS; i++)
        all = vaddq_f32(all, sums[i]);
    volatile float sink = vgetq_lane_f32(all, 0); /* or the compiler sees that nobody looks */
    (void)sink;
    return (double)rounds * SUMS * 8;
}
