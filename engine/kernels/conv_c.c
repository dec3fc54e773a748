/* Standard 3x3 convolution in portable C: the network's first layer, and all layers of the paper's
 * standard twin.
 *
 * Tile: one output pixel by one panel of 8 output channels. Packing: panels as for the matrix
 * product, depth being [9 taps][in_channels]; the three taps of a row are contiguous in the input
 * as well, so an inner row is one run. */
#include "kernels_c.h"

#include "panel.h"

size_t mn_conv3x3_packed_size_c(int in_channels, int out_channels)
{
    return mn_panel_floats(9 * in_channels, out_channels);
}

void mn_conv3x3_pack_c(const float *weight, int in_channels, int out_channels, float *packed)
{
    for (int p = 0; p < mn_panel_count(out_channels); p++)
        for (int tap = 0; tap < 9; tap++)
            for (int i = 0; i < in_channels; i++)
                for (int j = 0; j < MN_PANEL; j++) {
                    int o = p * MN_PANEL + j;
                    *packed++ = o < out_channels
                                    ? weight[((size_t)o * (size_t)in_channels + (size_t)i) * 9 +
                                             (size_t)tap]
                                    : 0;
                }
}

static inline void add_run(const float *in, size_t count, const float *panel, struct mn_sums *sums)
{
    for (size_t i = 0; i < count; i++)
        mn_sums_add(sums, in[i], panel + i * MN_PANEL);
}

/* The panel's sums at the output pixel whose upper left input pixel is (y, x), which may lie
 * outside. */
static void pixel(const struct mn_conv_args *args, int y, int x, const float *panel,
                  struct mn_sums *sums)
{
    size_t channels = (size_t)args->in_channels;
    int first = x < 0 ? -x : 0,
        last = x + 3 > args->in_size ? args->in_size - x : 3; /* taps first … last - 1 exist */
    if (first >= last)
        return;
    for (int ky = 0; ky < 3; ky++) {
        if (y + ky < 0 || y + ky >= args->in_size)
            continue;
        const float *in =
            args->input +
            ((size_t)(y + ky) * (size_t)args->in_size + (size_t)(x + first)) * channels;
        add_run(in, (size_t)(last - first) * channels,
                panel + (size_t)(ky * 3 + first) * channels * MN_PANEL, sums);
    }
}

void mn_conv3x3_c(const struct mn_conv_args *args)
{
    size_t row = (size_t)args->out_size * (size_t)args->out_channels;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int p = 0; p < mn_panel_count(args->out_channels); p++) {
            const float *panel =
                args->weight + (size_t)p * 9 * (size_t)args->in_channels * MN_PANEL;
            float *output = args->output + (size_t)out_y * row + p * MN_PANEL;
            for (int out_x = 0; out_x < args->out_size; out_x++) {
                struct mn_sums sums = {0};
                pixel(args, out_y * args->stride - args->pad, out_x * args->stride - args->pad,
                      panel, &sums);
                mn_sums_store(&sums, args->bias + p * MN_PANEL,
                              mn_panel_width(args->out_channels, p), args->lo, args->hi,
                              output + (size_t)out_x * (size_t)args->out_channels);
            }
        }
}
