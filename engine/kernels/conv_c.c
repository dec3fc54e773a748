/* Standard 3x3 convolution in portable C: the network's first layer, and all layers of the paper's
 * standard twin.
 *
 * Tile: one output pixel by a panel of 8 output channels. The three taps of a row are contiguous in
 * the input and in the packed panel, so an inner row is one run. */
#include "tile_c.h"

static inline void add_run(struct mn_sums *sums, const float *in, size_t count, const float *weight)
{
    for (size_t i = 0; i < count; i++)
        mn_sums_add(sums, in[i], weight + i * MN_PANEL_C);
}

/* The panel's sums at the output pixel whose upper left input pixel is (y, x), which may lie
 * outside. */
static struct mn_sums pixel(const struct mn_conv_args *args, int y, int x, const float *panel)
{
    struct mn_sums sums = mn_sums_load(panel);
    size_t channels = (size_t)args->in_channels;
    int first = x < 0 ? -x : 0,
        last = x + 3 > args->in_size ? args->in_size - x : 3; /* taps first … last - 1 exist */
    for (int ky = 0; ky < 3 && first < last; ky++) {
        if (y + ky < 0 || y + ky >= args->in_size)
            continue;
        const float *in =
            args->input +
            ((size_t)(y + ky) * (size_t)args->in_size + (size_t)(x + first)) * channels;
        add_run(&sums, in, (size_t)(last - first) * channels,
                panel + (1 + (size_t)(ky * 3 + first) * channels) * MN_PANEL_C);
    }
    return sums;
}

void mn_conv3x3_c(const struct mn_conv_args *args)
{
    size_t out = (size_t)args->out_channels, row = (size_t)args->out_size * out;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_C) {
            const float *panel =
                args->packed + (size_t)channel * (1 + 9 * (size_t)args->in_channels);
            float *output = args->output + (size_t)(out_y - args->row_begin) * row + channel;
            for (int out_x = 0; out_x < args->out_size; out_x++, output += out) {
                struct mn_sums sums = pixel(args, out_y * args->stride - args->pad,
                                            out_x * args->stride - args->pad, panel);
                mn_sums_store(&sums, mn_panel_count_c(args->out_channels, channel), args->lo,
                              args->hi, output);
            }
        }
}
