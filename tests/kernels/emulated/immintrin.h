/* AVX-512 in plain C: the few of its intrinsics that vector_avx512.h uses, as Intel's guide defines
 * them, lane by lane. `make emulated` puts this folder in front of the compiler's own
 * <immintrin.h> where it compiles *_avx512.c, so that the very files that are shipped run on any
 * x86, and under the sanitizers.
 *
 * Vectors are structures, not the compiler's vector types: no rule of the x86-64 calling convention
 * applies to them, and every lane that touches memory is an access of its own, which a guard page
 * and the address sanitizer see. */
#ifndef TESTS_EMULATED_IMMINTRIN_H
#define TESTS_EMULATED_IMMINTRIN_H

#define MN_EMULATED

#include <string.h>

enum { EMULATED_LANES = 16 };

typedef struct {
    float lane[EMULATED_LANES];
} __m512;

typedef unsigned short __mmask16;

static inline __m512 _mm512_loadu_ps(const void *from)
{
    __m512 x;
    memcpy(&x, from, sizeof x);
    return x;
}

static inline void _mm512_storeu_ps(void *to, __m512 x)
{
    memcpy(to, &x, sizeof x);
}

static inline __m512 _mm512_maskz_loadu_ps(__mmask16 mask, const void *from)
{
    __m512 x;
    for (int i = 0; i < EMULATED_LANES; i++)
        x.lane[i] = mask >> i & 1 ? ((const float *)from)[i] : 0;
    return x;
}

static inline void _mm512_mask_storeu_ps(void *to, __mmask16 mask, __m512 x)
{
    for (int i = 0; i < EMULATED_LANES; i++)
        if (mask >> i & 1)
            ((float *)to)[i] = x.lane[i];
}

static inline __m512 _mm512_set1_ps(float value)
{
    __m512 x;
    for (int i = 0; i < EMULATED_LANES; i++)
        x.lane[i] = value;
    return x;
}

static inline __m512 _mm512_add_ps(__m512 a, __m512 b)
{
    for (int i = 0; i < EMULATED_LANES; i++)
        a.lane[i] += b.lane[i];
    return a;
}

static inline __m512 _mm512_fmadd_ps(__m512 a, __m512 b, __m512 c)
{
    for (int i = 0; i < EMULATED_LANES; i++)
        c.lane[i] = __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]);
    return c;
}

/* Of two zeros, and where one is NaN, the result is the second operand: as the instructions have
 * it. */
static inline __m512 _mm512_max_ps(__m512 a, __m512 b)
{
    for (int i = 0; i < EMULATED_LANES; i++)
        b.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return b;
}

static inline __m512 _mm512_min_ps(__m512 a, __m512 b)
{
    for (int i = 0; i < EMULATED_LANES; i++)
        b.lane[i] = a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i];
    return b;
}

#endif
