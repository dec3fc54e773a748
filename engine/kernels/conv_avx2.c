/* Standard 3x3 convolution with AVX2 and FMA: the network's first layer, and all layers of the
 * standard twin.
 *
 * A row of output pixels is a matrix product whose rows lie `stride` pixels apart, and whose depth
 * is three runs, one of each input row: so six neighbouring pixels share tile_avx2.h's tile. Pixels
 * at the border take it one by one, with the runs cut to what exists. Packing: its panels, depth
 * being [9 taps][in_channels]. */
#include "kernels_avx2.h"

#include "tile_avx2.h"

size_t mn_conv3x3_packed_size_avx2(int in_channels, int out_channels)
{
    return (size_t)mn_panel_count_avx2(out_channels) * MN_PANEL_AVX2 * 9 * (size_t)in_channels;
}

void mn_conv3x3_pack_avx2(const float *weight, int in_channels, int out_channels, float *packed)
{
    for (int p = 0; p < mn_panel_count_avx2(out_channels); p++)
        for (int tap = 0; tap < 9; tap++)
            for (int i = 0; i < in_channels; i++)
                for (int j = 0; j < MN_PANEL_AVX2; j++) {
                    int o = p * MN_PANEL_AVX2 + j;
                    *packed++ = o < out_channels
                                    ? weight[((size_t)o * (size_t)in_channels + (size_t)i) * 9 +
                                             (size_t)tap]
                                    : 0;
                }
}

/* `count` neighbouring output pixels from out_x on, by panel p. Columns first … last - 1 of the
 * taps exist for all of them. */
static inline __attribute__((always_inline)) void
pixels(const struct mn_conv_args *args, int out_y, int out_x, int first, int last, int count, int p)
{
    size_t in = (size_t)args->in_channels, out = (size_t)args->out_channels;
    int y = out_y * args->stride - args->pad, x = out_x * args->stride - args->pad;
    int channel = p * MN_PANEL_AVX2, width = args->out_channels - channel;
    width = width < MN_PANEL_AVX2 ? width : MN_PANEL_AVX2;
    const float *panel = args->weight + (size_t)channel * 9 * in;
    struct mn_tile_avx2 sums;
    mn_tile_start_avx2(&sums, args->bias + channel, width, count);
    for (int ky = 0; ky < 3; ky++) {
        if (y + ky < 0 || y + ky >= args->in_size || first >= last)
            continue;
        const float *input =
            args->input + ((size_t)(y + ky) * (size_t)args->in_size + (size_t)(x + first)) * in;
        mn_tile_add_avx2(&sums, input, (size_t)args->stride * in, (size_t)(last - first) * in,
                         panel + (size_t)(ky * 3 + first) * in * MN_PANEL_AVX2, count);
    }
    mn_tile_store_avx2(&sums, args->lo, args->hi,
                       args->output +
                           ((size_t)out_y * (size_t)args->out_size + (size_t)out_x) * out + channel,
                       out, width, count);
}

static void border_pixel(const struct mn_conv_args *args, int out_y, int out_x, int p)
{
    int x = out_x * args->stride - args->pad;
    pixels(args, out_y, out_x, x < 0 ? -x : 0, x + 3 > args->in_size ? args->in_size - x : 3, 1, p);
}

void mn_conv3x3_avx2(const struct mn_conv_args *args)
{
    /* output pixels inner_begin … inner_end - 1 have all three columns */
    int inner_begin = (args->pad + args->stride - 1) / args->stride;
    int inner_end =
        args->in_size + args->pad >= 3 ? (args->in_size + args->pad - 3) / args->stride + 1 : 0;
    if (inner_end > args->out_size)
        inner_end = args->out_size;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int p = 0; p < mn_panel_count_avx2(args->out_channels); p++) {
            int x = 0;
            for (; x < inner_begin && x < args->out_size; x++)
                border_pixel(args, out_y, x, p);
            for (; x + MN_ROWS_AVX2 <= inner_end; x += MN_ROWS_AVX2)
                pixels(args, out_y, x, 0, 3, MN_ROWS_AVX2, p);
            for (; x < args->out_size; x++)
                border_pixel(args, out_y, x, p);
        }
}
