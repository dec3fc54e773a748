/* The body of the standard 3x3 convolution, for whatever vector_*.h gives: the network's first
 * layer, and all layers of the standard twin. Packing: packing.h.
 *
 * A row of output pixels is a matrix product whose rows lie `stride` pixels apart, and whose depth
 * is three runs, one of each input row: so neighbouring pixels share tile.h's tile. Pixels at the
 * border take it one by one, with the runs cut to what exists. */
#ifndef MN_CONV_H
#define MN_CONV_H

#include <stdbool.h>

#include "kernels.h"
#include "tile.h"

/* Three taps of three colours: the first layer's runs, a fifth faster for being known. */
enum { COLOUR_RUN = 9 };

/* One panel's part of one output row. */
struct line {
    const struct mn_conv_args *args;
    const float *panel;
    float *output; /* of pixel 0 */
    int y;         /* input row of the upper taps, which may lie outside */
    int channels;  /* to store */
};

/* `count` neighbouring output pixels from `pixel` on. Columns first … last - 1 of the taps exist
 * for all of them. `count` and `vectors` must be constants where this is called. */
static inline __attribute__((always_inline)) void
run_pixels(const struct line *line, int pixel, int first, int last, int count, int vectors)
{
    const struct mn_conv_args *args = line->args;
    size_t in = (size_t)args->in_channels, out = (size_t)args->out_channels;
    int x = pixel * args->stride - args->pad;
    struct sums sums;
    start_sums(&sums, line->panel, count, vectors);
    for (int ky = 0; ky < 3; ky++) {
        if (line->y + ky < 0 || line->y + ky >= args->in_size)
            continue;
        const float *input =
            args->input +
            ((size_t)(line->y + ky) * (size_t)args->in_size + (size_t)(x + first)) * in;
        const float *weight =
            line->panel + (1 + (size_t)(ky * 3 + first) * in) * (size_t)(VECTOR * vectors);
        size_t stride = (size_t)args->stride * in, depth = (size_t)(last - first) * in;
        if (depth == COLOUR_RUN) /* a constant that the loop over it can be unrolled for */
            add_products(&sums, input, stride, COLOUR_RUN, weight, count, vectors);
        else
            add_products(&sums, input, stride, depth, weight, count, vectors);
    }
    store_sums(&sums, args->lo, args->hi, line->output + (size_t)pixel * out, out, line->channels,
               count, vectors);
}

/* `count` is a constant here, and dead code where a tile has fewer. */
static inline __attribute__((always_inline)) void run_fitting(const struct line *line, int pixel,
                                                              int count, int vectors)
{
    const bool fits = count <= (vectors == 2 ? ROWS : NARROW_ROWS);
    if (fits)
        run_pixels(line, pixel, 0, 3, fits ? count : 1, vectors);
}

static inline __attribute__((always_inline)) void run_inner(const struct line *line, int pixel,
                                                            int count, int vectors)
{
    switch (count) {
    case 14:
        run_fitting(line, pixel, 14, vectors);
        break;
    case 13:
        run_fitting(line, pixel, 13, vectors);
        break;
    case 12:
        run_fitting(line, pixel, 12, vectors);
        break;
    case 11:
        run_fitting(line, pixel, 11, vectors);
        break;
    case 10:
        run_fitting(line, pixel, 10, vectors);
        break;
    case 9:
        run_fitting(line, pixel, 9, vectors);
        break;
    case 8:
        run_fitting(line, pixel, 8, vectors);
        break;
    case 7:
        run_fitting(line, pixel, 7, vectors);
        break;
    case 6:
        run_fitting(line, pixel, 6, vectors);
        break;
    case 5:
        run_fitting(line, pixel, 5, vectors);
        break;
    case 4:
        run_fitting(line, pixel, 4, vectors);
        break;
    case 3:
        run_fitting(line, pixel, 3, vectors);
        break;
    case 2:
        run_fitting(line, pixel, 2, vectors);
        break;
    default:
        run_pixels(line, pixel, 0, 3, 1, vectors);
    }
}

static inline __attribute__((always_inline)) void run_border(const struct line *line, int pixel,
                                                             int vectors)
{
    int x = pixel * line->args->stride - line->args->pad, size = line->args->in_size;
    run_pixels(line, pixel, x < 0 ? -x : 0, x + 3 > size ? size - x : 3, 1, vectors);
}

/* All pixels of the row; those with all three columns of taps are dealt evenly to tiles. */
static inline __attribute__((always_inline)) void run_line(const struct line *line, int vectors)
{
    const struct mn_conv_args *args = line->args;
    int begin = (args->pad + args->stride - 1) / args->stride;
    int end =
        args->in_size + args->pad >= 3 ? (args->in_size + args->pad - 3) / args->stride + 1 : 0;
    end = end < args->out_size ? end : args->out_size;
    for (int pixel = 0, count; pixel < args->out_size; pixel += count) {
        bool is_inner = pixel >= begin && pixel < end;
        count = is_inner ? next_tile(end - pixel, vectors == 2 ? ROWS : NARROW_ROWS) : 1;
        if (is_inner)
            run_inner(line, pixel, count, vectors);
        else
            run_border(line, pixel, vectors);
    }
}

static inline void run_conv3x3(const struct mn_conv_args *args)
{
    size_t out = (size_t)args->out_channels, row = (size_t)args->out_size * out;
    size_t depth = 9 * (size_t)args->in_channels;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int channel = 0; channel < args->out_channels; channel += PANEL) {
            struct line line = {
                .args = args,
                .panel = args->packed + (size_t)channel * (1 + depth),
                .output = args->output + (size_t)(out_y - args->row_begin) * row + channel,
                .y = out_y * args->stride - args->pad,
                .channels = args->out_channels - channel,
            };
            if (line.channels <= VECTOR)
                run_line(&line, 1);
            else
                run_line(&line, 2);
        }
}

#endif
