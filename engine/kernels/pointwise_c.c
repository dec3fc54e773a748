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

static inline float clamp(float x, float lo, float hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* Writes the `count` (<= 8) first sums of each row. */
static inline void store(float (*sums)[MN_PANEL], int rows, const float *bias, int count, float lo,
                         float hi, float *restrict output, size_t stride)
{
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < count; j++)
            output[(size_t)r * stride + (size_t)j] = clamp(sums[r][j] + bias[j], lo, hi);
}

static inline void tile(const float *restrict input, size_t depth, const float *restrict panel,
                        int rows, float (*restrict sums)[MN_PANEL])
{
    for (size_t i = 0; i < depth; i++)
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < MN_PANEL; j++)
                sums[r][j] += input[(size_t)r * depth + i] * panel[i * MN_PANEL + (size_t)j];
}

void mn_pointwise_c(const struct mn_matmul_args *args)
{
    size_t depth = (size_t)args->in_channels, out = (size_t)args->out_channels;
    for (int p = 0; p < mn_panel_count(args->out_channels); p++) {
        const float *panel = args->weight + (size_t)p * depth * MN_PANEL;
        const float *bias = args->bias + p * MN_PANEL;
        float *output = args->output + p * MN_PANEL;
        int count = args->out_channels - p * MN_PANEL < MN_PANEL ? args->out_channels - p * MN_PANEL
                                                                 : MN_PANEL;
        int row = 0;
        for (; row + ROWS <= args->rows; row += ROWS) {
            float sums[ROWS][MN_PANEL] = {0};
            tile(args->input + (size_t)row * depth, depth, panel, ROWS, sums);
            if (count == MN_PANEL)
                store(sums, ROWS, bias, MN_PANEL, args->lo, args->hi, output + (size_t)row * out,
                      out);
            else
                store(sums, ROWS, bias, count, args->lo, args->hi, output + (size_t)row * out, out);
        }
        for (; row < args->rows; row++) {
            float sums[1][MN_PANEL] = {0};
            tile(args->input + (size_t)row * depth, depth, panel, 1, sums);
            store(sums, 1, bias, count, args->lo, args->hi, output + (size_t)row * out, out);
        }
    }
}
