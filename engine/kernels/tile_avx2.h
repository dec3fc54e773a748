/* AVX2's tile of a matrix product: up to 6 rows by a panel of 16 output channels, two vectors.
 *
 * Twelve sums stay in registers over the whole depth, two more hold 16 weights, one a broadcast
 * input: 15 of 16 registers. A step of the depth is 12 multiply-adds and 8 loads; two multiply-adds
 * and two loads go a cycle, so the multiply-adds are the limit. A last panel of one vector takes up
 * to 8 rows: 8 sums are as many as hide the latency of 4 cycles.
 *
 * Rows are not dealt as sixes and a rest, but evenly: 49 rows are 4 tiles of 6 and 5 of 5, because
 * a tile of 5 rows runs as well as one of 6, and a single row at a quarter of the speed. */
#ifndef MN_KERNELS_TILE_AVX2_H
#define MN_KERNELS_TILE_AVX2_H

#include <immintrin.h>
#include <stddef.h>

#include "kernels_avx2.h"

enum { MN_ROWS_AVX2 = 6, MN_NARROW_ROWS_AVX2 = 8 };

/* Two arrays, and loops over them that are told to unroll: so gcc keeps all of it in registers. */
struct mn_tile_avx2 {
    __m256 low[MN_NARROW_ROWS_AVX2],
        high[MN_NARROW_ROWS_AVX2]; /* high: where there are two vectors */
};

/* Lanes below `count` are on. */
static inline __m256i mn_mask_avx2(int count)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes);
}

/* In the functions below, `rows` and `vectors` (1 or 2) must be constants where they are called:
 * then the loops unroll, and the tile lives in registers. */
static inline __attribute__((always_inline)) void
mn_tile_start_avx2(struct mn_tile_avx2 *tile, const float *bias, int rows, int vectors)
{
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
        tile->low[r] = _mm256_loadu_ps(bias);
        tile->high[r] = vectors == 2 ? _mm256_loadu_ps(bias + 8) : tile->low[r];
    }
}

/* One row has too few sums to hide the latency: every fourth step of the depth gets its own. */
static inline __attribute__((always_inline)) void mn_row_add_avx2(struct mn_tile_avx2 *tile,
                                                                  const float *input, size_t depth,
                                                                  const float *weight, int vectors)
{
    __m256 low[4] = {tile->low[0], _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    __m256 high[4] = {tile->high[0], _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    const size_t width = (size_t)(8 * vectors);
    size_t i = 0;
    for (; i + 4 <= depth; i += 4)
#pragma GCC unroll 4
        for (size_t k = 0; k < 4; k++) {
            __m256 x = _mm256_broadcast_ss(input + i + k);
            const float *w = weight + (i + k) * width;
            low[k] = _mm256_fmadd_ps(x, _mm256_loadu_ps(w), low[k]);
            if (vectors == 2)
                high[k] = _mm256_fmadd_ps(x, _mm256_loadu_ps(w + 8), high[k]);
        }
    for (; i < depth; i++) {
        __m256 x = _mm256_broadcast_ss(input + i);
        low[0] = _mm256_fmadd_ps(x, _mm256_loadu_ps(weight + i * width), low[0]);
        if (vectors == 2)
            high[0] = _mm256_fmadd_ps(x, _mm256_loadu_ps(weight + i * width + 8), high[0]);
    }
    tile->low[0] = _mm256_add_ps(_mm256_add_ps(low[0], low[1]), _mm256_add_ps(low[2], low[3]));
    if (vectors == 2)
        tile->high[0] =
            _mm256_add_ps(_mm256_add_ps(high[0], high[1]), _mm256_add_ps(high[2], high[3]));
}

static inline __attribute__((always_inline)) void
mn_tile_add_avx2(struct mn_tile_avx2 *tile, const float *input, size_t stride, size_t depth,
                 const float *weight, int rows, int vectors)
{
    if (rows == 1) {
        mn_row_add_avx2(tile, input, depth, weight, vectors);
        return;
    }
    for (size_t i = 0; i < depth; i++, weight += 8 * vectors) {
        __m256 low = _mm256_loadu_ps(weight);
        __m256 high = vectors == 2 ? _mm256_loadu_ps(weight + 8) : low;
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++) {
            __m256 x = _mm256_broadcast_ss(input + (size_t)r * stride + i);
            tile->low[r] = _mm256_fmadd_ps(x, low, tile->low[r]);
            if (vectors == 2)
                tile->high[r] = _mm256_fmadd_ps(x, high, tile->high[r]);
        }
    }
}

static inline void mn_store_avx2(float *output, __m256 sum, int width)
{
    if (width >= 8)
        _mm256_storeu_ps(output, sum);
    else
        _mm256_maskstore_ps(output, mn_mask_avx2(width), sum);
}

static inline __attribute__((always_inline)) void
mn_tile_store_avx2(const struct mn_tile_avx2 *tile, float lo, float hi, float *output,
                   size_t stride, int width, int rows, int vectors)
{
    const __m256 least = _mm256_set1_ps(lo), most = _mm256_set1_ps(hi);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++, output += stride) {
        mn_store_avx2(output, _mm256_min_ps(_mm256_max_ps(tile->low[r], least), most), width);
        if (vectors == 2)
            mn_store_avx2(output + 8, _mm256_min_ps(_mm256_max_ps(tile->high[r], least), most),
                          width - 8);
    }
}

#endif
