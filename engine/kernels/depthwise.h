/* The body of the depthwise 3x3 convolution, for whatever vector_*.h gives. Packing: packing.h.
 *
 * Tile: a few neighbouring output pixels by a panel of two vectors of channels. Row by row of the
 * kernel, three vectors of weights are in registers, and each input is loaded once for all the
 * outputs that it goes into: 54 loads for the 72 multiply-adds of 4 pixels, so that the
 * multiply-adds are the limit.
 *
 * A tile goes down the rows before the next one begins: so the two rows that neighbouring rows of
 * the output share are still in the first-level cache, which does not hold three whole rows. A
 * panel is whole cache lines of each pixel. In the deep layers pixels lie a multiple of 2 KB apart,
 * which fall into few sets of that cache: half a line left for later would be gone by then. So both
 * vectors are used row by row of the kernel.
 *
 * Only the first or the last input column of a tile can be outside, and then it is read from zeros;
 * rows that are outside are left out. So pixels at the border cost what the others cost. */
#ifndef MN_DEPTHWISE_H
#define MN_DEPTHWISE_H

#include <stdbool.h>
#include <stddef.h>

#include "deal.h"
#include "kernels.h"
#include "unroll.h"

/* One panel's part of the layer. */
struct slice {
    const struct mn_conv_args *args;
    const float *panel; /* biases, then weights [9][width] */
    const float *input; /* the panel's channels of pixel (0, 0) */
    float *output;      /* those of the first pixel that is computed */
    lanes some;         /* which channels of the last vector exist */
};

/* What a tile is made for: constants wherever the functions below are called. */
struct shape {
    int pixels, stride, vectors;
    bool whole; /* all channels of the last vector exist */
};

/* Where a tile's inputs lie in one row: only the first or the last column can be outside. */
struct columns {
    const float *first, *inner, *last;
    size_t step; /* floats from one column to the next; inner is the second column */
};

/* sum[p] += the taps of one row of the kernel, one vector of channels, of each of the tile's
 * pixels. */
static inline __attribute__((always_inline)) void add_row(vector *sum, const struct columns *in,
                                                          const float *weight, int vector_index,
                                                          struct shape shape, lanes some)
{
    const int count = shape.stride * (shape.pixels - 1) + 3, width = VECTOR * shape.vectors;
    const int offset = VECTOR * vector_index;
    const bool whole = shape.whole || vector_index < shape.vectors - 1;
    const vector w[3] = {load(weight + offset), load(weight + offset + width),
                         load(weight + offset + 2 * width)};
    MN_UNROLL_WHOLE
    for (int c = 0; c < count; c++) {
        const float *from = c == 0           ? in->first
                            : c == count - 1 ? in->last
                                             : in->inner + (size_t)(c - 1) * in->step;
        vector x = keep(whole ? load(from + offset) : load_some(from + offset, some));
        MN_UNROLL_WHOLE
        for (int kx = 0; kx < 3; kx++) {
            int p = (c - kx) / shape.stride;
            if (c >= kx && (c - kx) % shape.stride == 0 && p < shape.pixels)
                sum[p] = multiply_add(x, w[kx], sum[p]);
        }
    }
}

static inline __attribute__((always_inline)) void store_row(const vector *sum,
                                                            const struct mn_conv_args *args,
                                                            float *output, int vector_index,
                                                            struct shape shape, lanes some)
{
    const vector least = repeat(args->lo), most = repeat(args->hi);
    const bool whole = shape.whole || vector_index < shape.vectors - 1;
    output += VECTOR * vector_index;
    MN_UNROLL_WHOLE
    for (int p = 0; p < shape.pixels; p++, output += args->out_step) {
        if (whole)
            store(output, clamp(sum[p], least, most));
        else
            store_some(output, clamp(sum[p], least, most), some);
    }
}

/* Output pixels pixel … pixel + shape.pixels - 1 of row out_y. */
static inline __attribute__((always_inline)) void run_tile(const struct slice *slice, int out_y,
                                                           int pixel, struct shape shape)
{
    static const float zeros[PANEL];
    const struct mn_conv_args *args = slice->args;
    const size_t step = (size_t)args->in_step;
    const size_t row_floats = (size_t)args->in_size * step;
    const int count = shape.stride * (shape.pixels - 1) + 3, width = VECTOR * shape.vectors;
    const int x = pixel * shape.stride - args->pad, y = out_y * shape.stride - args->pad;
    const int ky_begin = y < 0 ? -y : 0, ky_end = y + 3 > args->in_size ? args->in_size - y : 3;
    const float *weight = slice->panel + (1 + 3 * ky_begin) * width;
    struct columns in = {.inner = slice->input + (size_t)(y + ky_begin) * row_floats +
                                  (size_t)(x + 1) * step,
                         .step = step};
    vector low[PIXELS], high[PIXELS];
    MN_UNROLL_WHOLE
    for (int p = 0; p < shape.pixels; p++) {
        low[p] = load(slice->panel);
        high[p] = shape.vectors == 2 ? load(slice->panel + VECTOR) : low[p];
    }
    for (int ky = ky_begin; ky < ky_end; ky++) {
        in.first = x < 0 ? zeros : in.inner - step;
        in.last = x + count > args->in_size ? zeros : in.inner + (size_t)(count - 2) * step;
        add_row(low, &in, weight, 0, shape, slice->some);
        if (shape.vectors == 2)
            add_row(high, &in, weight, 1, shape, slice->some);
        in.inner += row_floats;
        weight += 3 * width;
    }
    float *output = slice->output +
                    ((size_t)(out_y - args->row_begin) * (size_t)args->out_size + (size_t)pixel) *
                        (size_t)args->out_step;
    store_row(low, args, output, 0, shape, slice->some);
    if (shape.vectors == 2)
        store_row(high, args, output, 1, shape, slice->some);
}

/* The tile's pixels in all rows. `pixels` is a constant here, and dead code where a tile has fewer.
 */
static inline __attribute__((always_inline)) void run_fitting(const struct slice *slice, int pixel,
                                                              int pixels, struct shape shape)
{
    const bool fits = pixels <= PIXELS;
    shape.pixels = fits ? pixels : 1;
    for (int out_y = slice->args->row_begin; fits && out_y < slice->args->row_end; out_y++)
        run_tile(slice, out_y, pixel, shape);
}

/* A row's pixels are dealt evenly to tiles. */
static inline __attribute__((always_inline)) void run_slice(const struct slice *slice,
                                                            struct shape shape)
{
    int size = slice->args->out_size;
    for (int pixel = 0, pixels; pixel < size; pixel += pixels) {
        pixels = next_tile(size - pixel, PIXELS);
        switch (pixels) {
        case 8:
            run_fitting(slice, pixel, 8, shape);
            break;
        case 7:
            run_fitting(slice, pixel, 7, shape);
            break;
        case 6:
            run_fitting(slice, pixel, 6, shape);
            break;
        case 5:
            run_fitting(slice, pixel, 5, shape);
            break;
        case 4:
            run_fitting(slice, pixel, 4, shape);
            break;
        case 3:
            run_fitting(slice, pixel, 3, shape);
            break;
        case 2:
            run_fitting(slice, pixel, 2, shape);
            break;
        default:
            run_fitting(slice, pixel, 1, shape);
        }
    }
}

/* `channels` of a panel; `stride` must be a constant where this is called. */
static inline __attribute__((always_inline)) void run_panel(struct slice *slice, int channels,
                                                            int stride)
{
    int vectors = channels > VECTOR ? 2 : 1, rest = channels - VECTOR * (vectors - 1);
    slice->some = lanes_below(rest);
    if (vectors == 2 && rest >= VECTOR)
        run_slice(slice, (struct shape){.stride = stride, .vectors = 2, .whole = true});
    else if (vectors == 2)
        run_slice(slice, (struct shape){.stride = stride, .vectors = 2});
    else if (rest >= VECTOR)
        run_slice(slice, (struct shape){.stride = stride, .vectors = 1, .whole = true});
    else
        run_slice(slice, (struct shape){.stride = stride, .vectors = 1});
}

static inline void run_depthwise3x3(const struct mn_conv_args *args)
{
    for (int channel = 0; channel < args->out_channels; channel += PANEL) {
        struct slice slice = {
            .args = args,
            .panel = args->packed + (size_t)channel * 10,
            .input = args->input + channel,
            .output = args->output + channel,
        };
        if (args->stride == 1)
            run_panel(&slice, args->out_channels - channel, 1);
        else
            run_panel(&slice, args->out_channels - channel, 2);
    }
}

#endif
