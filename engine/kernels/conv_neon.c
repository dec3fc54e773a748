/* Standard 3x3 convolution with NEON: the network's first layer, and all layers of the
 * standard twin.
 *
 * A row of output pixels is a matrix product whose rows lie `stride` pixels apart, and whose depth
 * is three runs, one of each input row: so neighbouring pixels share tile_neon.h's tile. Pixels at
 * the border take it one by one, with the runs cut to what exists. */
#include "deal.h"
#include "tile_neon.h"

/* One panel's part of one output row. */
struct line {
    const struct mn_conv_args *args;
    const float *panel;
    float *output; /* of pixel 0 */
    int y;         /* input row of the upper taps, which may lie outside */
    int width;     /* channels to store */
};

/* `count` neighbouring output pixels from `pixel` on. Columns first … last - 1 of the taps exist
 * for all of them. */
static inline __attribute__((always_inline)) void
pixels(const struct line *line, int pixel, int first, int last, int count, int vectors)
{
    const struct mn_conv_args *args = line->args;
    size_t in = (size_t)args->in_channels, out = (size_t)args->out_channels;
    int x = pixel * args->stride - args->pad, panel = MN_VECTOR_NEON * vectors;
    struct mn_tile_neon sums;
    mn_tile_start_neon(&sums, line->panel, count, vectors);
    for (int ky = 0; ky < 3; ky++) {
        if (line->y + ky < 0 || line->y + ky >= args->in_size || first >= last)
            continue;
        const float *input =
            args->input +
            ((size_t)(line->y + ky) * (size_t)args->in_size + (size_t)(x + first)) * in;
        size_t step = 1 + (size_t)(ky * 3 + first) * in;
        mn_tile_add_neon(&sums, input, (size_t)args->stride * in, (size_t)(last - first) * in,
                         line->panel + step * (size_t)panel, count, vectors);
    }
    mn_tile_store_neon(&sums, args->lo, args->hi, line->output + (size_t)pixel * out, out,
                       line->width, count, vectors);
}

static inline __attribute__((always_inline)) void inner_pixels(const struct line *line, int pixel,
                                                               int count, int vectors)
{
    switch (count) {
#ifdef __aarch64__
    case 7:
        pixels(line, pixel, 0, 3, 7, vectors);
        break;
    case 6:
        pixels(line, pixel, 0, 3, 6, vectors);
        break;
    case 5:
        pixels(line, pixel, 0, 3, 5, vectors);
        break;
#endif
    case 4:
        pixels(line, pixel, 0, 3, 4, vectors);
        break;
    case 3:
        pixels(line, pixel, 0, 3, 3, vectors);
        break;
    case 2:
        pixels(line, pixel, 0, 3, 2, vectors);
        break;
    default:
        pixels(line, pixel, 0, 3, 1, vectors);
    }
}

static inline __attribute__((always_inline)) void whole_line(const struct line *line, int vectors)
{
    const struct mn_conv_args *args = line->args;
    /* output pixels begin … end - 1 have all three columns of taps */
    int begin = (args->pad + args->stride - 1) / args->stride;
    int end =
        args->in_size + args->pad >= 3 ? (args->in_size + args->pad - 3) / args->stride + 1 : 0;
    end = end < args->out_size ? end : args->out_size;
    for (int pixel = 0; pixel < args->out_size;) {
        if (pixel >= begin && pixel < end) {
            int count = next_tile(end - pixel, MN_ROWS_NEON);
            inner_pixels(line, pixel, count, vectors);
            pixel += count;
            continue;
        }
        int x = pixel * args->stride - args->pad;
        pixels(line, pixel, x < 0 ? -x : 0, x + 3 > args->in_size ? args->in_size - x : 3, 1,
               vectors);
        pixel++;
    }
}

void mn_conv3x3_neon(const struct mn_conv_args *args)
{
    size_t out = (size_t)args->out_channels, row = (size_t)args->out_size * out;
    size_t depth = 9 * (size_t)args->in_channels;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_NEON) {
            struct line line = {
                .args = args,
                .panel = args->packed + (size_t)channel * (1 + depth),
                .output = args->output + (size_t)(out_y - args->row_begin) * row + channel,
                .y = out_y * args->stride - args->pad,
                .width = args->out_channels - channel,
            };
            if (line.width <= MN_VECTOR_NEON)
                whole_line(&line, 1);
            else
                whole_line(&line, 2);
        }
}
