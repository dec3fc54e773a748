/* Portable C's tile of a matrix product: panels of 8 output channels, each packed as [depth][8],
 * the last one filled up with zeros. A panel of the deepest layer (1024 x 8) is 32 KB: it stays in
 * the first-level cache while all rows of the input pass by.
 *
 * The eight sums of a row are two vectors of four. The vector type is GNU C's and works on every
 * CPU (SSE2 and NEON have it in hardware); written as loops over arrays, gcc keeps the sums in
 * memory and runs at a quarter of the speed. */
#ifndef MN_KERNELS_PANEL_H
#define MN_KERNELS_PANEL_H

#include <stddef.h>

enum { MN_PANEL = 8 };

typedef float mn_float4 __attribute__((vector_size(16), aligned(4), may_alias));

struct mn_sums {
    mn_float4 low, high;
};

/* sums += x * panel_row[0 … 7] */
static inline void mn_sums_add(struct mn_sums *sums, float x, const float *panel_row)
{
    sums->low += x * *(const mn_float4 *)panel_row;
    sums->high += x * *(const mn_float4 *)(panel_row + 4);
}

/* output[0 … count - 1] = clamp(sums + bias) */
static inline void mn_sums_store(const struct mn_sums *sums, const float *bias, int count, float lo,
                                 float hi, float *output)
{
    for (int j = 0; j < count; j++) {
        float x = (j < 4 ? sums->low[j] : sums->high[j - 4]) + bias[j];
        output[j] = x < lo ? lo : x > hi ? hi : x;
    }
}

static inline int mn_panel_count(int out_channels)
{
    return (out_channels + MN_PANEL - 1) / MN_PANEL;
}

/* Output channels of panel p: 8, or fewer in the last one. */
static inline int mn_panel_width(int out_channels, int p)
{
    int rest = out_channels - p * MN_PANEL;
    return rest < MN_PANEL ? rest : MN_PANEL;
}

static inline size_t mn_panel_floats(int depth, int out_channels)
{
    return (size_t)mn_panel_count(out_channels) * (size_t)depth * MN_PANEL;
}

#endif
