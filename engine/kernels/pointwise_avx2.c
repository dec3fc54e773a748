/* Matrix product with AVX2 and FMA: 1x1 convolutions and the linear layer. Tile and packing:
 * tile_avx2.h.
 *
 * The panel is the outer loop: it is read again for every six rows, and comes from the first- or
 * second-level cache. */
#include "kernels_avx2.h"

#include "tile_avx2.h"

size_t mn_pointwise_packed_size_avx2(int in_channels, int out_channels)
{
    return (size_t)mn_panel_count_avx2(out_channels) * MN_PANEL_AVX2 * (size_t)in_channels;
}

void mn_pointwise_pack_avx2(const float *weight, int in_channels, int out_channels, float *packed)
{
    for (int p = 0; p < mn_panel_count_avx2(out_channels); p++)
        for (int i = 0; i < in_channels; i++)
            for (int j = 0; j < MN_PANEL_AVX2; j++) {
                int o = p * MN_PANEL_AVX2 + j;
                *packed++ =
                    o < out_channels ? weight[(size_t)o * (size_t)in_channels + (size_t)i] : 0;
            }
}

static inline __attribute__((always_inline)) void tile(const struct mn_matmul_args *args, int row,
                                                       int rows, int p)
{
    size_t depth = (size_t)args->in_channels, out = (size_t)args->out_channels;
    int first = p * MN_PANEL_AVX2, width = args->out_channels - first;
    width = width < MN_PANEL_AVX2 ? width : MN_PANEL_AVX2;
    struct mn_tile_avx2 sums;
    mn_tile_start_avx2(&sums, args->bias + first, width, rows);
    mn_tile_add_avx2(&sums, args->input + (size_t)row * depth, depth, depth,
                     args->weight + (size_t)first * depth, rows);
    mn_tile_store_avx2(&sums, args->lo, args->hi, args->output + (size_t)row * out + first, out,
                       width, rows);
}

void mn_pointwise_avx2(const struct mn_matmul_args *args)
{
    for (int p = 0; p < mn_panel_count_avx2(args->out_channels); p++) {
        int row = 0;
        for (; row + MN_ROWS_AVX2 <= args->rows; row += MN_ROWS_AVX2)
            tile(args, row, MN_ROWS_AVX2, p);
        for (; row + 2 <= args->rows; row += 2)
            tile(args, row, 2, p);
        if (row < args->rows)
            tile(args, row, 1, p);
    }
}
