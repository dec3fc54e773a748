/* Depthwise 3x3 convolution in portable C.
 *
 * Tile: one output pixel by 8 channels, whose weights are one packed panel of 9 x 8. Pixels whose
 * nine inputs all exist take one pass with all taps; border pixels add the taps that exist. */
#include "tile_c.h"

/* The input channels of pixel (y, x) from `channel` on. */
static inline const float *input_at(const struct mn_conv_args *args, int y, int x, int channel)
{
    return args->input + ((size_t)y * (size_t)args->in_size + (size_t)x) * (size_t)args->in_step +
           channel;
}

static inline void add_tap(struct mn_sums *sums, struct mn_sums in, const float *weight)
{
    sums->low += in.low * *(const mn_float4 *)weight;
    sums->high += in.high * *(const mn_float4 *)(weight + 4);
}

static inline struct mn_sums inner_pixel(const struct mn_conv_args *args, const float *panel, int y,
                                         int x, int channel)
{
    struct mn_sums sums = mn_sums_load(panel);
    for (int ky = 0; ky < 3; ky++) {
        const float *in = input_at(args, y + ky, x, channel);
        for (int kx = 0; kx < 3; kx++, in += args->in_step)
            add_tap(&sums, mn_sums_load(in), panel + (1 + 3 * ky + kx) * MN_PANEL_C);
    }
    return sums;
}

static struct mn_sums careful_pixel(const struct mn_conv_args *args, const float *panel, int y,
                                    int x, int channel, int count)
{
    struct mn_sums sums = mn_sums_load(panel);
    for (int tap = 0; tap < 9; tap++) {
        int in_y = y + tap / 3, in_x = x + tap % 3;
        if (in_y < 0 || in_x < 0 || in_y >= args->in_size || in_x >= args->in_size)
            continue;
        add_tap(&sums, mn_sums_load_some(input_at(args, in_y, in_x, channel), count),
                panel + (1 + tap) * MN_PANEL_C);
    }
    return sums;
}

static void row_of_pixels(const struct mn_conv_args *args, int out_y, int channel, float *output)
{
    const float *panel = args->packed + (size_t)channel * 10;
    int count = mn_panel_count_c(args->out_channels, channel);
    int y = out_y * args->stride - args->pad;
    for (int out_x = 0; out_x < args->out_size; out_x++, output += args->out_step) {
        int x = out_x * args->stride - args->pad;
        bool inner = y >= 0 && x >= 0 && y + 3 <= args->in_size && x + 3 <= args->in_size;
        struct mn_sums sums = inner && count == MN_PANEL_C
                                  ? inner_pixel(args, panel, y, x, channel)
                                  : careful_pixel(args, panel, y, x, channel, count);
        mn_sums_store(&sums, count, args->lo, args->hi, output + channel);
    }
}

void mn_depthwise3x3_c(const struct mn_conv_args *args)
{
    float *output = args->output;
    for (int y = args->row_begin; y < args->row_end; y++) {
        for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_C)
            row_of_pixels(args, y, channel, output);
        output += (size_t)args->out_size * (size_t)args->out_step;
    }
}
