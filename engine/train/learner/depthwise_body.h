/* The gradients of a depthwise layer, by one picture: see arithmetic.h. */
#ifndef MN_DEPTHWISE_BODY_H
#define MN_DEPTHWISE_BODY_H

#include "lanes.h"

/* --- the weights' --- */

/* Three taps side by side, a row of outputs, and the row of inputs under them. */
struct tap_row {
    const float *input, *d;
    float *d_weight;
    int in_size, out_size, stride, pad;
    size_t channels;
};

/* `count` neighbouring outputs from x on, of which the taps `first` to `last` are inside of the
 * picture. All but row, c, x and count are constants: then the sums live in registers. */
static inline __attribute__((always_inline)) void add_pixels(const struct tap_row *row, size_t c,
                                                             int x, int count, int first, int last,
                                                             lanes (*sum)[2], int vectors)
{
    const size_t channels = row->channels, step = (size_t)row->stride * channels;
    const float *d = row->d + (size_t)x * channels + c;
    const float *v = row->input + (size_t)(x * row->stride - row->pad + first) * channels + c;
    for (; count > 0; count--, v += step, d += channels)
#pragma GCC unroll 3
        for (int tap = first; tap <= last; tap++)
#pragma GCC unroll 2
            for (int i = 0; i < vectors; i++)
                sum[tap][i] += *(const lanes *)(v + (size_t)(tap - first) * channels + LANES * i) *
                               *(const lanes *)(d + LANES * i);
}

/* One or two vectors of channels from c on. */
static inline __attribute__((always_inline)) void add_row(const struct tap_row *row, size_t c,
                                                          int vectors)
{
    const int last = row->out_size - 1;
    const int left = row->pad, right = last * row->stride - row->pad + 2 >= row->in_size;
    lanes sum[3][2];
#pragma GCC unroll 3
    for (size_t tap = 0; tap < 3; tap++)
#pragma GCC unroll 2
        for (int i = 0; i < vectors; i++)
            sum[tap][i] = *(lanes *)(row->d_weight + tap * row->channels + c + LANES * i);
    if (left && right && last == 0) {
        add_pixels(row, c, 0, 1, 1, 1, sum, vectors);
    } else {
        if (left)
            add_pixels(row, c, 0, 1, 1, 2, sum, vectors);
        add_pixels(row, c, left, row->out_size - left - right, 0, 2, sum, vectors);
        if (right)
            add_pixels(row, c, last, 1, 0, 1, sum, vectors);
    }
#pragma GCC unroll 3
    for (size_t tap = 0; tap < 3; tap++)
#pragma GCC unroll 2
        for (int i = 0; i < vectors; i++)
            *(lanes *)(row->d_weight + tap * row->channels + c + LANES * i) = sum[tap][i];
}

static void add_row_of_channel(const struct tap_row *row, size_t c)
{
    for (int x = 0; x < row->out_size; x++)
        for (int tap = 0; tap < 3; tap++) {
            int column = x * row->stride - row->pad + tap;
            if (column >= 0 && column < row->in_size)
                row->d_weight[(size_t)tap * row->channels + c] +=
                    row->input[(size_t)column * row->channels + c] *
                    row->d[(size_t)x * row->channels + c];
        }
}

static void depthwise_weight(const float *restrict input, const float *restrict d_output,
                             float *restrict d_weight, int in_size, int out_size, int stride,
                             int pad, size_t channels)
{
    struct tap_row row = {.in_size = in_size,
                          .out_size = out_size,
                          .stride = stride,
                          .pad = pad,
                          .channels = channels};
    for (int y = 0; y < out_size; y++)
        for (int k = 0; k < 3; k++) {
            int under = y * stride - pad + k;
            if (under < 0 || under >= in_size)
                continue;
            row.input = input + (size_t)under * (size_t)in_size * channels;
            row.d = d_output + (size_t)y * (size_t)out_size * channels;
            row.d_weight = d_weight + (size_t)(3 * k) * channels;
            size_t c = 0;
            for (; c + 2 * LANES <= channels; c += 2 * LANES)
                add_row(&row, c, 2);
            for (; c + LANES <= channels; c += LANES)
                add_row(&row, c, 1);
            for (; c < channels; c++)
                add_row_of_channel(&row, c);
        }
}

/* --- the input's, stride 2 --- */

/* With stride 2 every other input row or column went to one output, by the middle tap, and those
 * between to two: to the later by the first tap, to the earlier by the last, where these exist. A
 * row of inputs, and the one or two rows of outputs it went to, and of taps: */
struct spread {
    const float *d[2], *weight[2];
    float *d_input;
    int out_size, pad;
    size_t channels;
};

/* Input x from output k by the tap `first`, and from output k - 1 by that two further on, if that
 * is `last`. Only k and x are no constants here: so the weights stay in registers. */
static inline __attribute__((always_inline)) void spread_taps(const struct spread *row,
                                                              lanes (*weight)[3], size_t c,
                                                              size_t count, int rows, int k, int x,
                                                              int first, int last)
{
    const size_t channels = row->channels;
    lanes sum = {0};
#pragma GCC unroll 2
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (int tap = first; tap <= last; tap += 2)
            sum += some_lanes(row->d[r] + (size_t)(k - tap / 2) * channels + c, count) *
                   weight[r][tap];
    store_lanes(row->d_input + (size_t)x * channels + c, sum, count);
}

static inline __attribute__((always_inline)) void spread_row(const struct spread *row, size_t c,
                                                             size_t count, int rows)
{
    const int size = row->out_size, pad = row->pad;
    lanes weight[2][3];
#pragma GCC unroll 2
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 3
        for (size_t tap = 0; tap < 3; tap++)
            weight[r][tap] = some_lanes(row->weight[r] + tap * row->channels + c, count);
    if (!pad)
        spread_taps(row, weight, c, count, rows, 0, 0, 0, 0);
    for (int k = 1; k < size; k++)
        spread_taps(row, weight, c, count, rows, k, 2 * k - pad, 0, 2);
    if (pad)
        spread_taps(row, weight, c, count, rows, size, 2 * size - 1, 2, 2);
    for (int k = 0; k < size; k++)
        spread_taps(row, weight, c, count, rows, k, 2 * k + 1 - pad, 1, 1);
}

/* The last vector overlaps the one before where channels are no multiple: nothing is added up. */
static inline __attribute__((always_inline)) void spread_rows(const struct spread *row, int rows)
{
    const size_t channels = row->channels;
    for (size_t c = 0; channels >= LANES && c < channels; c += LANES)
        spread_row(row, c + LANES <= channels ? c : channels - LANES, LANES, rows);
    if (channels < LANES)
        spread_row(row, 0, channels, rows);
}

static void depthwise_input(const float *restrict d_output, const float *restrict weight,
                            float *restrict d_input, int in_size, int out_size, int pad,
                            size_t channels)
{
    struct spread row = {
        .d_input = d_input, .out_size = out_size, .pad = pad, .channels = channels};
    for (int y = 0; y < in_size; y++, row.d_input += (size_t)in_size * channels) {
        int rows = 0;
        for (int tap = (y + pad) % 2; tap < 3; tap += 2) {
            int output = (y + pad - tap) / 2;
            if (y + pad < tap || output >= out_size)
                continue;
            row.d[rows] = d_output + (size_t)output * (size_t)out_size * channels;
            row.weight[rows++] = weight + (size_t)(3 * tap) * channels;
        }
        if (rows == 2)
            spread_rows(&row, 2);
        else
            spread_rows(&row, 1);
    }
}

#endif
