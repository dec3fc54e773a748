/* Matrix product with NEON: 1x1 convolutions and the linear layer. Tile: tile_neon.h; packing:
 * packing.h.
 *
 * The panel is the outer loop: it is read again for every tile of rows, and comes from the first-
 * or second-level cache. The caller keeps the rows of one call few enough for theirs to stay in the
 * second. */
#include "deal.h"
#include "tile_neon.h"

static inline __attribute__((always_inline)) void tile(const struct mn_matmul_args *args,
                                                       int channel, int row, int rows, int vectors)
{
    size_t depth = (size_t)args->in_channels, stride = (size_t)args->output_stride;
    const float *bias = args->packed + (size_t)channel * (1 + depth);
    size_t input_stride = (size_t)args->input_stride;
    float *output = args->output + (size_t)row * stride + channel;
    int width = args->out_channels - channel;
    struct mn_tile_neon sums;
    if (args->accumulate)
        mn_tile_load_neon(&sums, output, stride, width, rows, vectors);
    else
        mn_tile_start_neon(&sums, bias, rows, vectors);
    mn_tile_add_neon(&sums, args->input + (size_t)row * input_stride, input_stride, depth,
                     bias + MN_VECTOR_NEON * vectors, rows, vectors);
    mn_tile_store_neon(&sums, args->lo, args->hi, output, stride, width, rows, vectors);
}

static inline __attribute__((always_inline)) void
any_tile(const struct mn_matmul_args *args, int channel, int row, int rows, int vectors)
{
    switch (rows) {
#ifdef __aarch64__
    case 7:
        tile(args, channel, row, 7, vectors);
        break;
    case 6:
        tile(args, channel, row, 6, vectors);
        break;
    case 5:
        tile(args, channel, row, 5, vectors);
        break;
#endif
    case 4:
        tile(args, channel, row, 4, vectors);
        break;
    case 3:
        tile(args, channel, row, 3, vectors);
        break;
    case 2:
        tile(args, channel, row, 2, vectors);
        break;
    default:
        tile(args, channel, row, 1, vectors);
    }
}

static void wide_tile(const struct mn_matmul_args *args, int channel, int row, int rows)
{
    any_tile(args, channel, row, rows, 2);
}

static void narrow_tile(const struct mn_matmul_args *args, int channel, int row, int rows)
{
    any_tile(args, channel, row, rows, 1);
}

void mn_pointwise_neon(const struct mn_matmul_args *args)
{
    for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_NEON) {
        bool narrow = args->out_channels - channel <= MN_VECTOR_NEON;
        for (int row = 0, rows; row < args->rows; row += rows) {
            rows = next_tile(args->rows - row, MN_ROWS_NEON);
            if (narrow)
                narrow_tile(args, channel, row, rows);
            else
                wide_tile(args, channel, row, rows);
        }
    }
}
