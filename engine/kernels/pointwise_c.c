/* Matrix product in portable C: 1x1 convolutions and the linear layer.
 *
 * Tile: 4 rows by one panel of 8 output channels, 32 sums that the compiler keeps in registers over
 * the whole depth. The panel is the outer loop, because it is read again for every four rows. */
#include "kernels_c.h"

#include "panel.h"

enum { ROWS = 4 };

size_t mn_pointwise_packed_size_c(int in_channels, int out_channels)
{
    return mn_panel_floats(in_channels, out_channels);
}

void mn_pointwise_pack_c(const float *weight, int in_channels, int out_channels, float *packed)
{
    for (int p = 0; p < mn_panel_count(out_channels); p++)
        for (int i = 0; i < in_channels; i++)
            for (int j = 0; j < MN_PANEL; j++) {
                int o = p * MN_PANEL + j;
                *packed++ =
                    o < out_channels ? weight[(size_t)o * (size_t)in_channels + (size_t)i] : 0;
            }
}

/* Both calls below have a constant `rows`, so that the loops over r unroll and the sums live in
 * registers. */
static inline void tile(const struct mn_matmul_args *args, int row, int rows, const float *panel,
                        int p)
{
    size_t depth = (size_t)args->in_channels;
    const float *input = args->input + (size_t)row * depth;
    struct mn_sums sums[ROWS] = {0};
    for (size_t i = 0; i < depth; i++)
        for (int r = 0; r < rows; r++)
            mn_sums_add(&sums[r], input[(size_t)r * depth + i], panel + i * MN_PANEL);

    for (int r = 0; r < rows; r++)
        mn_sums_store(&sums[r], args->bias + p * MN_PANEL, mn_panel_width(args->out_channels, p),
                      args->lo, args->hi,
                      args->output + (size_t)(row + r) * (size_t)args->out_channels + p * MN_PANEL);
}

void mn_pointwise_c(const struct mn_matmul_args *args)
{
    for (int p = 0; p < mn_panel_count(args->out_channels); p++) {
        const float *panel = args->weight + (size_t)p * (size_t)args->in_channels * MN_PANEL;
        int row = 0;
        for (; row + ROWS <= args->rows; row += ROWS)
            tile(args, row, ROWS, panel, p);
        for (; row < args->rows; row++)
            tile(args, row, 1, panel, p);
    }
}
