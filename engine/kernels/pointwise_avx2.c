/* Matrix product with AVX2 and FMA: 1x1 convolutions and the linear layer. Tile: tile_avx2.h;
 * packing: packing.h.
 *
 * The panel is the outer loop: it is read again for every tile of rows, and comes from the first-
 * or second-level cache. The caller keeps the rows of one call few enough for theirs to stay in the
 * second. */
#include "tile_avx2.h"

static inline __attribute__((always_inline)) void tile(const struct mn_matmul_args *args,
                                                       int channel, int row, int rows, int vectors)
{
    size_t depth = (size_t)args->in_channels, stride = (size_t)args->output_stride;
    const float *bias = args->packed + (size_t)channel * (1 + depth);
    struct mn_tile_avx2 sums;
    mn_tile_start_avx2(&sums, bias, rows, vectors);
    mn_tile_add_avx2(&sums, args->input + (size_t)row * depth, depth, depth,
                     bias + MN_VECTOR_AVX2 * vectors, rows, vectors);
    mn_tile_store_avx2(&sums, args->lo, args->hi, args->output + (size_t)row * stride + channel,
                       stride, args->out_channels - channel, rows, vectors);
}

static void wide_tile(const struct mn_matmul_args *args, int channel, int row, int rows)
{
    switch (rows) {
    case 6:
        tile(args, channel, row, 6, 2);
        break;
    case 5:
        tile(args, channel, row, 5, 2);
        break;
    case 4:
        tile(args, channel, row, 4, 2);
        break;
    case 3:
        tile(args, channel, row, 3, 2);
        break;
    case 2:
        tile(args, channel, row, 2, 2);
        break;
    default:
        tile(args, channel, row, 1, 2);
    }
}

static void narrow_tile(const struct mn_matmul_args *args, int channel, int row, int rows)
{
    switch (rows) {
    case 8:
        tile(args, channel, row, 8, 1);
        break;
    case 7:
        tile(args, channel, row, 7, 1);
        break;
    case 6:
        tile(args, channel, row, 6, 1);
        break;
    case 5:
        tile(args, channel, row, 5, 1);
        break;
    case 4:
        tile(args, channel, row, 4, 1);
        break;
    case 3:
        tile(args, channel, row, 3, 1);
        break;
    case 2:
        tile(args, channel, row, 2, 1);
        break;
    default:
        tile(args, channel, row, 1, 1);
    }
}

void mn_pointwise_avx2(const struct mn_matmul_args *args)
{
    for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_AVX2) {
        bool narrow = args->out_channels - channel <= MN_VECTOR_AVX2;
        int most = narrow ? MN_NARROW_ROWS_AVX2 : MN_ROWS_AVX2;
        int tiles = (args->rows + most - 1) / most;
        for (int t = 0, row = 0; t < tiles; t++) {
            int rows = (args->rows - row) / (tiles - t);
            if (narrow)
                narrow_tile(args, channel, row, rows);
            else
                wide_tile(args, channel, row, rows);
            row += rows;
        }
    }
}
