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

enum { MN_ROWS_AVX2 = 6, MN_NARROW_ROWS_AVX2 = 8, MN_SUMS_AVX2 = 12 };

struct mn_tile_avx2 {
    __m256 sum[MN_SUMS_AVX2]; /* [rows][vectors] */
};

/* Lanes below `count` are on. */
static inline __m256i mn_mask_avx2(int count)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes);
}

/* In the three functions below, `rows` and `vectors` must be constants where they are called: then
 * the loops unroll, and the tile lives in registers. */
static inline __attribute__((always_inline)) void
mn_tile_start_avx2(struct mn_tile_avx2 *tile, const float *bias, int rows, int vectors)
{
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            tile->sum[r * vectors + v] = _mm256_loadu_ps(bias + 8 * v);
}

static inline __attribute__((always_inline)) void
mn_tile_add_avx2(struct mn_tile_avx2 *tile, const float *input, size_t stride, size_t depth,
                 const float *weight, int rows, int vectors)
{
    for (size_t i = 0; i < depth; i++, weight += 8 * vectors) {
        __m256 w[2];
        for (int v = 0; v < vectors; v++)
            w[v] = _mm256_loadu_ps(weight + 8 * v);
        for (int r = 0; r < rows; r++) {
            __m256 x = _mm256_broadcast_ss(input + (size_t)r * stride + i);
            for (int v = 0; v < vectors; v++)
                tile->sum[r * vectors + v] = _mm256_fmadd_ps(x, w[v], tile->sum[r * vectors + v]);
        }
    }
}

static inline __attribute__((always_inline)) void
mn_tile_store_avx2(const struct mn_tile_avx2 *tile, float lo, float hi, float *output,
                   size_t stride, int width, int rows, int vectors)
{
    const __m256 least = _mm256_set1_ps(lo), most = _mm256_set1_ps(hi);
    const __m256i mask = mn_mask_avx2(width - 8 * (vectors - 1));
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) {
            __m256 sum = tile->sum[r * vectors + v];
            sum = _mm256_min_ps(_mm256_max_ps(sum, least), most);
            float *out = output + (size_t)r * stride + 8 * v;
            if (8 * (v + 1) <= width)
                _mm256_storeu_ps(out, sum);
            else
                _mm256_maskstore_ps(out, mask, sum);
        }
}

#endif
