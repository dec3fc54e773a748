/* Matrix product in portable C: 1x1 convolutions and the linear layer. Tile and packing: tile_c.h,
 * packing.h.
 *
 * The panel is the outer loop, because it is read again for every four rows. */
#include "tile_c.h"

enum { ROWS = 4 };

/* Both calls below have a constant `rows`, so that the loops over r unroll and the sums live in
 * registers. */
static inline void tile(const struct mn_matmul_args *args, int row, int rows, int channel)
{
    size_t depth = (size_t)args->in_channels, stride = (size_t)args->output_stride;
    size_t input_stride = (size_t)args->input_stride;
    int count = mn_panel_count_c(args->out_channels, channel);
    const float *input = args->input + (size_t)row * input_stride;
    float *output = args->output + (size_t)row * stride + channel;
    const float *bias = args->packed + (size_t)channel * (1 + depth), *weight = bias + MN_PANEL_C;
    struct mn_sums sums[ROWS];
    for (int r = 0; r < rows; r++)
        sums[r] = args->accumulate ? mn_sums_load_some(output + (size_t)r * stride, count)
                                   : mn_sums_load(bias);
    for (size_t i = 0; i < depth; i++)
        for (int r = 0; r < rows; r++)
            mn_sums_add(&sums[r], input[(size_t)r * input_stride + i], weight + i * MN_PANEL_C);
    for (int r = 0; r < rows; r++)
        mn_sums_store(&sums[r], count, args->lo, args->hi, output + (size_t)r * stride);
}

void mn_pointwise_c(const struct mn_matmul_args *args)
{
    for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_C) {
        int row = 0;
        for (; row + ROWS <= args->rows; row += ROWS)
            tile(args, row, ROWS, channel);
        for (; row < args->rows; row++)
            tile(args, row, 1, channel);
    }
}
