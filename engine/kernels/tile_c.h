/* Portable C's tile of a matrix product: up to 4 rows by a panel of 8 output channels. A panel of
 * the deepest layer (1024 x 8) is 32 KB: it stays in the first-level cache while all rows of the
 * input pass by.
 *
 * The eight sums of a row are two vectors of four. The vector type is GNU C's and works on every
 * CPU (SSE2 and NEON have it in hardware); written as loops over arrays, gcc keeps the sums in
 * memory and runs at a quarter of the speed. */
#ifndef MN_KERNELS_TILE_C_H
#define MN_KERNELS_TILE_C_H

#include <stddef.h>

#include "kernels_c.h"

typedef float mn_float4 __attribute__((vector_size(16), aligned(4), may_alias));

struct mn_sums {
    mn_float4 low, high;
};

static inline struct mn_sums mn_sums_load(const float *eight)
{
    return (struct mn_sums){*(const mn_float4 *)eight, *(const mn_float4 *)(eight + 4)};
}

/* The first `count` of eight; zeros behind them. */
static inline struct mn_sums mn_sums_load_some(const float *values, int count)
{
    float eight[8] = {0};
    for (int j = 0; j < count; j++)
        eight[j] = values[j];
    return mn_sums_load(eight);
}

/* sums += x * weight[0 … 7] */
static inline void mn_sums_add(struct mn_sums *sums, float x, const float *weight)
{
    sums->low += x * *(const mn_float4 *)weight;
    sums->high += x * *(const mn_float4 *)(weight + 4);
}

/* output[0 … count - 1] = clamp(sums) */
static inline void mn_sums_store(const struct mn_sums *sums, int count, float lo, float hi,
                                 float *output)
{
    for (int j = 0; j < count; j++) {
        float x = j < 4 ? sums->low[j] : sums->high[j - 4];
        output[j] = x < lo ? lo : x > hi ? hi : x;
    }
}

/* How many channels the panel that begins at `channel` has. */
static inline int mn_panel_count_c(int channels, int channel)
{
    return channels - channel < MN_PANEL_C ? channels - channel : MN_PANEL_C;
}

#endif
