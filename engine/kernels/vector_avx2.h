/* AVX2 with FMA as the kernel bodies see it: vectors of 8 floats, 16 registers.
 *
 * Matrix tile: up to 6 rows by a panel of 16 channels, two vectors. Twelve sums stay in registers
 * over the whole depth, two more hold weights, one a broadcast input: 15 of 16 registers. A step of
 * the depth is 12 multiply-adds and 8 loads; two of each go a cycle, so the multiply-adds are the
 * limit. A last panel of one vector takes up to 8 rows: 8 sums hide the latency of 4 cycles.
 * Beside a busy thread on the same core the instructions that are left over between the steps are
 * too many, and it matters where the loop begins; so eight steps are unrolled. Fetching weights
 * from the second level ahead of them costs an Intel processor more than it gains.
 *
 * Depthwise tile: up to 4 pixels by 16 channels, so 8 sums again. */
#ifndef MN_VECTOR_AVX2_H
#define MN_VECTOR_AVX2_H

#include <immintrin.h>

#include "kernels_avx2.h"

enum {
    VECTOR = MN_VECTOR_AVX2,
    PANEL = MN_PANEL_AVX2,
    ROWS = 6,
    NARROW_ROWS = 8,
    STEPS = 8,
    UNROLL = 8,
    NEAR_STEPS = 0,
    PIXELS = 4
};

typedef __m256 vector;
typedef __m256i lanes; /* which of a vector's floats exist */

static inline vector load(const float *from)
{
    return _mm256_loadu_ps(from);
}

static inline void store(float *to, vector x)
{
    _mm256_storeu_ps(to, x);
}

/* Lanes below `count`. */
static inline lanes lanes_below(int count)
{
    const __m256i numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), numbers);
}

/* Only these lanes of memory are touched; the others are 0. */
static inline vector load_some(const float *from, lanes some)
{
    return _mm256_maskload_ps(from, some);
}

static inline void store_some(float *to, vector x, lanes some)
{
    _mm256_maskstore_ps(to, some, x);
}

/* In a register: compilers would rather load it again for each use, and run out of loads. */
static inline vector keep(vector x)
{
    __asm__("" : "+x"(x));
    return x;
}

/* Up to here. Where steps are unrolled gcc would let the last sum made with x take its register,
 * and then move and spill sums. */
static inline void needed(vector x)
{
    __asm__("" : : "x"(x));
}

static inline vector repeat(float x)
{
    return _mm256_set1_ps(x);
}

static inline vector add(vector a, vector b)
{
    return _mm256_add_ps(a, b);
}

/* a * b + c, rounded once */
static inline vector multiply_add(vector a, vector b, vector c)
{
    return _mm256_fmadd_ps(a, b, c);
}

static inline vector clamp(vector x, vector least, vector most)
{
    return _mm256_min_ps(_mm256_max_ps(x, least), most);
}

#endif
