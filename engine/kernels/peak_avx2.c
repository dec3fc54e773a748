/* The most that AVX2 and FMA can do on this CPU: twelve independent chains of multiply-adds on
 * registers. */
#include "kernels_avx2.h"

#include <immintrin.h>

double mn_peak_avx2(long rounds)
{
    enum { SUMS = 12 };
    const __m256 factor = _mm256_set1_ps(0.999999F), term = _mm256_set1_ps(1e-6F);
    __m256 sums[SUMS];
    for (int i = 0; i < SUMS; i++)
        sums[i] = _mm256_set1_ps((float)i);
    for (long round = 0; round < rounds; round++)
        for (int i = 0; i < SUMS; i++)
            sums[i] = _mm256_fmadd_ps(sums[i], factor, term);
    __m256 all = sums[0];
    for (int i = 1; i < SUMS; i++)
        all = _mm256_add_ps(all, sums[i]);
    volatile float sink = _mm256_cvtss_f32(all); /* or the compiler sees that nobody looks */
    (void)sink;
    return (double)rounds * SUMS * 16;
}
