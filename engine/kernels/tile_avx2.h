/* AVX2's tile of a matrix product: 6 rows by a panel of 16 output channels.
 *
 * Twelve sums stay in registers over the whole depth, two more hold 16 weights, one a broadcast
 * input: 15 of 16 registers. A step of the depth is 12 multiply-adds and 8 loads; two multiply-adds
 * and two or three loads go a cycle, so the multiply-adds are the limit. Packing: panels of
 * [depth][16], the last one filled up with zeros; only the panel's own channels are stored. */
#ifndef MN_KERNELS_TILE_AVX2_H
#define MN_KERNELS_TILE_AVX2_H

#include <immintrin.h>
#include <stddef.h>

enum { MN_ROWS_AVX2 = 6, MN_PANEL_AVX2 = 16 };

struct mn_tile_avx2 {
    __m256 low[MN_ROWS_AVX2], high[MN_ROWS_AVX2];
};

static inline int mn_panel_count_avx2(int out_channels)
{
    return (out_channels + MN_PANEL_AVX2 - 1) / MN_PANEL_AVX2;
}

/* Lanes below `count` are on. */
static inline __m256i mn_mask_avx2(int count)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes);
}

/* `rows` must be a constant where this is called: the loops over r unroll, and the tile lives in
 * registers. Row r starts at input + r * stride. */
static inline __attribute__((always_inline)) void mn_tile_add_avx2(struct mn_tile_avx2 *tile,
                                                                   const float *input,
                                                                   size_t stride, size_t depth,
                                                                   const float *panel, int rows)
{
    for (size_t i = 0; i < depth; i++, panel += MN_PANEL_AVX2) {
        __m256 low = _mm256_loadu_ps(panel), high = _mm256_loadu_ps(panel + 8);
        for (int r = 0; r < rows; r++) {
            __m256 x = _mm256_broadcast_ss(input + (size_t)r * stride + i);
            tile->low[r] = _mm256_fmadd_ps(x, low, tile->low[r]);
            tile->high[r] = _mm256_fmadd_ps(x, high, tile->high[r]);
        }
    }
}

/* Sums start at the bias of the panel's `width` channels. */
static inline __attribute__((always_inline)) void
mn_tile_start_avx2(struct mn_tile_avx2 *tile, const float *bias, int width, int rows)
{
    __m256 low = _mm256_maskload_ps(bias, mn_mask_avx2(width)), high = _mm256_setzero_ps();
    if (width > 8)
        high = _mm256_maskload_ps(bias + 8, mn_mask_avx2(width - 8));
    for (int r = 0; r < rows; r++) {
        tile->low[r] = low;
        tile->high[r] = high;
    }
}

static inline __attribute__((always_inline)) void
mn_tile_store_avx2(const struct mn_tile_avx2 *tile, float lo, float hi, float *output,
                   size_t stride, int width, int rows)
{
    const __m256 least = _mm256_set1_ps(lo), most = _mm256_set1_ps(hi);
    for (int r = 0; r < rows; r++) {
        __m256 low = _mm256_min_ps(_mm256_max_ps(tile->low[r], least), most);
        __m256 high = _mm256_min_ps(_mm256_max_ps(tile->high[r], least), most);
        float *out = output + (size_t)r * stride;
        if (width == MN_PANEL_AVX2) {
            _mm256_storeu_ps(out, low);
            _mm256_storeu_ps(out + 8, high);
            continue;
        }
        _mm256_maskstore_ps(out, mn_mask_avx2(width), low);
        if (width > 8)
            _mm256_maskstore_ps(out + 8, mn_mask_avx2(width - 8), high);
    }
}

#endif
