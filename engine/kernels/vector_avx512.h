/* AVX-512 as the kernel bodies see it: vectors of 16 floats, 32 registers.
 *
 * Matrix tile: up to 14 rows by a panel of 32 channels, two vectors. 28 sums stay in registers over
 * the whole depth, two more hold weights, one a broadcast input: 31 of 32 registers. A step of the
 * depth is 28 multiply-adds and 16 loads, so the multiply-adds are the limit, and a panel of the
 * deepest layers (128 KB), which comes from the second-level cache, is asked for half as fast as by
 * tiles of 7 rows. A step is long enough to need no unrolling. Fewer rows than 14 still fill the
 * pipeline from 4 on: 8 sums hide the latency of 4 cycles. A panel that comes from the second level
 * as it is needed costs a Xeon 4 % of the time (it seems to start multiply-adds before their
 * weights are there, and then again); so weights are fetched eight steps ahead.
 *
 * Depthwise tile: up to 8 pixels by 32 channels: 16 sums. */
#ifndef MN_VECTOR_AVX512_H
#define MN_VECTOR_AVX512_H

#include <immintrin.h>

#include "kernels_avx512.h"

enum {
    VECTOR = MN_VECTOR_AVX512,
    PANEL = MN_PANEL_AVX512,
    ROWS = 14,
    NARROW_ROWS = 14,
    STEPS = 16, /* a line of floats */
    UNROLL = 1,
    NEAR_STEPS = 8,
    PIXELS = 8
};

typedef __m512 vector;
typedef __mmask16 lanes; /* which of a vector's floats exist */

static inline vector load(const float *from)
{
    return _mm512_loadu_ps(from);
}

static inline void store(float *to, vector x)
{
    _mm512_storeu_ps(to, x);
}

/* Lanes below `count`. */
static inline lanes lanes_below(int count)
{
    return (lanes)(count >= VECTOR ? 0xffffU : (1U << count) - 1);
}

/* Only these lanes of memory are touched; the others are 0. */
static inline vector load_some(const float *from, lanes some)
{
    return _mm512_maskz_loadu_ps(some, from);
}

static inline void store_some(float *to, vector x, lanes some)
{
    _mm512_mask_storeu_ps(to, some, x);
}

/* In a register: compilers would rather load it again for each use, and run out of loads. */
static inline vector keep(vector x)
{
#ifndef MN_EMULATED /* by tests/kernels/emulated, where a vector is a structure */
    __asm__("" : "+v"(x));
#endif
    return x;
}

/* Up to here: see vector_avx2.h. */
static inline void needed(vector x)
{
#ifdef MN_EMULATED
    (void)x;
#else
    __asm__("" : : "v"(x));
#endif
}

static inline vector repeat(float x)
{
    return _mm512_set1_ps(x);
}

static inline vector add(vector a, vector b)
{
    return _mm512_add_ps(a, b);
}

/* a * b + c, rounded once */
static inline vector multiply_add(vector a, vector b, vector c)
{
    return _mm512_fmadd_ps(a, b, c);
}

static inline vector clamp(vector x, vector least, vector most)
{
    return _mm512_min_ps(_mm512_max_ps(x, least), most);
}

#endif
