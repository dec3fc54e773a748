/* Depthwise 3x3 convolution with AVX2 and FMA.
 *
 * Tile: up to 4 neighbouring output pixels by a panel of 16 channels: 8 sums, as many as hide the
 * latency of a multiply-add. Row by row of the kernel, three vectors of weights are in registers,
 * and each input is loaded once for all the outputs that it goes into: 54 loads for 72
 * multiply-adds, so that the multiply-adds are the limit. Packing: panels of 16 channels, see
 * packing.h.
 *
 * Tiles go along the row, 16 channels at a time: that is a whole cache line of each pixel, and the
 * two columns that neighbouring tiles share are still in the first-level cache. In the deep layers
 * pixels lie a multiple of 2 KB apart, which fall into few sets of that cache: half a line left for
 * later would be gone by then. So both halves of a line are used row by row of the kernel.
 *
 * Only the first or the last input column of a tile can be outside, and then it is read from zeros;
 * rows that are outside are left out. So pixels at the border cost what the others cost. */
#include "tile_avx2.h"

enum { PIXELS = 4, PANEL = 2 * MN_VECTOR_AVX2 };

/* One panel's part of one output row. */
struct line {
    const struct mn_conv_args *args;
    const float *panel;   /* biases, then weights [9][channels] */
    const float *row;     /* the panel's channels of column 0 in input row ky_begin of the taps */
    float *output;        /* of pixel 0 */
    int ky_begin, ky_end; /* rows of the kernel that lie inside */
};

static inline __attribute__((always_inline)) __m256 load(const float *from, bool masked,
                                                         __m256i mask)
{
    return masked ? _mm256_maskload_ps(from, mask) : _mm256_loadu_ps(from);
}

static inline __attribute__((always_inline)) void store(float *to, __m256 sum, bool masked,
                                                        __m256i mask)
{
    if (masked)
        _mm256_maskstore_ps(to, mask, sum);
    else
        _mm256_storeu_ps(to, sum);
}

/* sum[p] += the taps of one row of the kernel, eight channels, of each of the tile's pixels. */
static inline __attribute__((always_inline)) void
add_row(__m256 *sum, const float *first, const float *inner, const float *last, size_t channels,
        const float *weight, int width, int pixels, int stride, bool masked, __m256i mask)
{
    const int columns = stride * (pixels - 1) + 3;
    const __m256 w[3] = {_mm256_loadu_ps(weight), _mm256_loadu_ps(weight + width),
                         _mm256_loadu_ps(weight + 2 * width)};
#pragma GCC unroll 9
    for (int c = 0; c < columns; c++) {
        const float *in = c == 0             ? first
                          : c == columns - 1 ? last
                                             : inner + (size_t)(c - 1) * channels;
        __m256 input = load(in, masked, mask);
#pragma GCC unroll 3
        for (int kx = 0; kx < 3; kx++) {
            int p = (c - kx) / stride;
            if (c >= kx && (c - kx) % stride == 0 && p < pixels)
                sum[p] = _mm256_fmadd_ps(input, w[kx], sum[p]);
        }
    }
}

/* Output pixels pixel … pixel + pixels - 1. `pixels` and all behind it must be constants where this
 * is called, but for the mask, which is that of the last vector. */
static inline __attribute__((always_inline)) void run_tile(const struct line *line, int pixel,
                                                           int pixels, int stride, int vectors,
                                                           bool masked, __m256i mask)
{
    static const float zeros[PANEL];
    const struct mn_conv_args *args = line->args;
    const size_t channels = (size_t)args->in_channels;
    const size_t row_floats = (size_t)args->in_size * channels;
    const int columns = stride * (pixels - 1) + 3, x = pixel * stride - args->pad;
    const int width = MN_VECTOR_AVX2 * vectors;
    const float *inner = line->row + (ptrdiff_t)(x + 1) * (ptrdiff_t)channels;
    const float *weight = line->panel + (1 + 3 * line->ky_begin) * width;
    __m256 low[PIXELS], high[PIXELS];
#pragma GCC unroll 4
    for (int p = 0; p < pixels; p++) {
        low[p] = _mm256_loadu_ps(line->panel);
        if (vectors == 2)
            high[p] = _mm256_loadu_ps(line->panel + 8);
    }
    for (int ky = line->ky_begin; ky < line->ky_end;
         ky++, inner += row_floats, weight += 3 * width) {
        const float *first = x < 0 ? zeros : inner - channels;
        const float *last =
            x + columns > args->in_size ? zeros : inner + (size_t)(columns - 2) * channels;
        add_row(low, first, inner, last, channels, weight, width, pixels, stride,
                masked && vectors == 1, mask);
        if (vectors == 2)
            add_row(high, first + 8, inner + 8, last + 8, channels, weight + 8, width, pixels,
                    stride, masked, mask);
    }
    const __m256 least = _mm256_set1_ps(args->lo), most = _mm256_set1_ps(args->hi);
    float *output = line->output + (size_t)pixel * channels;
#pragma GCC unroll 4
    for (int p = 0; p < pixels; p++, output += channels) {
        store(output, _mm256_min_ps(_mm256_max_ps(low[p], least), most), masked && vectors == 1,
              mask);
        if (vectors == 2)
            store(output + 8, _mm256_min_ps(_mm256_max_ps(high[p], least), most), masked, mask);
    }
}

/* The row's pixels are dealt evenly to tiles. */
static inline __attribute__((always_inline)) void run_line(const struct line *line, int stride,
                                                           int vectors, bool masked, __m256i mask)
{
    int size = line->args->out_size, tiles = (size + PIXELS - 1) / PIXELS;
    for (int pixel = 0, pixels; pixel < size; pixel += pixels) {
        pixels = (size - pixel) / tiles--;
        if (pixels == 4)
            run_tile(line, pixel, 4, stride, vectors, masked, mask);
        else if (pixels == 3)
            run_tile(line, pixel, 3, stride, vectors, masked, mask);
        else if (pixels == 2)
            run_tile(line, pixel, 2, stride, vectors, masked, mask);
        else
            run_tile(line, pixel, 1, stride, vectors, masked, mask);
    }
}

/* `count` channels of a panel. */
static inline __attribute__((always_inline)) void run_panel(const struct line *line, int stride,
                                                            int count)
{
    const __m256i mask = mn_mask_avx2(count > 8 ? count - 8 : count);
    if (count >= PANEL)
        run_line(line, stride, 2, false, mask);
    else if (count > 8)
        run_line(line, stride, 2, true, mask);
    else if (count == 8)
        run_line(line, stride, 1, false, mask);
    else
        run_line(line, stride, 1, true, mask);
}

static void run_line_1(const struct line *line, int count)
{
    run_panel(line, 1, count);
}

static void run_line_2(const struct line *line, int count)
{
    run_panel(line, 2, count);
}

void mn_depthwise3x3_avx2(const struct mn_conv_args *args)
{
    size_t channels = (size_t)args->out_channels;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++) {
        int y = out_y * args->stride - args->pad;
        for (int channel = 0; channel < args->out_channels; channel += PANEL) {
            struct line line = {
                .args = args,
                .panel = args->packed + (size_t)channel * 10,
                .row = args->input +
                       (ptrdiff_t)(y < 0 ? 0 : y) * (ptrdiff_t)args->in_size * (ptrdiff_t)channels +
                       channel,
                .output = args->output +
                          (size_t)(out_y - args->row_begin) * (size_t)args->out_size * channels +
                          channel,
                .ky_begin = y < 0 ? -y : 0,
                .ky_end = y + 3 > args->in_size ? args->in_size - y : 3,
            };
            if (args->stride == 1)
                run_line_1(&line, args->out_channels - channel);
            else
                run_line_2(&line, args->out_channels - channel);
        }
    }
}
