/* The loops of arithmetic.h. Included by one file per instruction set, whose compiler flags make
 * vectors of them; `table` is what that file gives out. */
#include "arithmetic.h"

/* As many floats as a register holds. GNU C's vectors, for the one loop whose sums compilers would
 * not keep in registers by themselves. */
#if defined __AVX512F__
enum { LANES = 16 };
#elif defined __AVX__
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static void activate(const float *restrict y, const float *restrict scale,
                     const float *restrict shift, float hi, float *restrict out, size_t rows,
                     size_t channels)
{
    for (size_t r = 0; r < rows; r++, y += channels, out += channels)
        for (size_t c = 0; c < channels; c++) {
            float z = y[c] * scale[c] + shift[c];
            z = z > 0 ? z : 0;
            out[c] = z < hi ? z : hi;
        }
}

static void moments(const float *restrict y, const float *restrict pivot, float *restrict sum,
                    float *restrict square, size_t rows, size_t channels)
{
    for (size_t r = 0; r < rows; r++, y += channels)
        for (size_t c = 0; c < channels; c++) {
            float x = y[c] - pivot[c];
            sum[c] += x;
            square[c] += x * x;
        }
}

static void deactivate(float *restrict d, const float *restrict y, const float *restrict scale,
                       const float *restrict shift, const float *restrict mean, float hi,
                       float *restrict sum, float *restrict product, size_t rows, size_t channels)
{
    for (size_t r = 0; r < rows; r++, d += channels, y += channels)
        for (size_t c = 0; c < channels; c++) {
            float z = y[c] * scale[c] + shift[c];
            float g = z > 0 ? d[c] : 0;
            g = z < hi ? g : 0;
            d[c] = g;
            sum[c] += g;
            product[c] += g * (y[c] - mean[c]);
        }
}

static void denormalise(const float *restrict d, const float *restrict y,
                        const float *restrict by_d, const float *restrict by_y,
                        const float *restrict constant, float *restrict out, size_t rows,
                        size_t channels)
{
    for (size_t r = 0; r < rows; r++, d += channels, y += channels, out += channels)
        for (size_t c = 0; c < channels; c++)
            out[c] = d[c] * by_d[c] + y[c] * by_y[c] + constant[c];
}

/* --- depthwise --- */

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

/* The outputs of stride 2 that an input row or column went to, and by which tap: one in the middle
 * of a kernel, or one or two at its edges. Never none, in_size being even. */
struct destinations {
    int count, output[2], tap[2];
};

static struct destinations destinations_of(int place, int pad, int out_size)
{
    struct destinations to = {0};
    for (int tap = (place + pad) % 2; tap < 3; tap += 2) {
        int output = (place + pad - tap) / 2;
        if (place + pad < tap || output >= out_size)
            continue;
        to.output[to.count] = output;
        to.tap[to.count++] = tap;
    }
    return to;
}

static inline void sum_products(int count, const float *const *d, const float *const *weight,
                                float *restrict sum, size_t channels)
{
    for (size_t c = 0; c < channels; c++) {
        float s = d[0][c] * weight[0][c];
        for (int i = 1; i < count; i++)
            s += d[i][c] * weight[i][c];
        sum[c] = s;
    }
}

static void depthwise_input(const float *restrict d_output, const float *restrict weight,
                            float *restrict d_input, int in_size, int out_size, int pad,
                            size_t channels)
{
    for (int y = 0; y < in_size; y++) {
        struct destinations row = destinations_of(y, pad, out_size);
        for (int x = 0; x < in_size; x++, d_input += channels) {
            struct destinations column = destinations_of(x, pad, out_size);
            const float *d[4] = {d_output}, *w[4] = {weight};
            int count = 0;
            for (int i = 0; i < row.count; i++)
                for (int k = 0; k < column.count; k++, count++) {
                    d[count] =
                        d_output + (size_t)(row.output[i] * out_size + column.output[k]) * channels;
                    w[count] = weight + (size_t)(row.tap[i] * 3 + column.tap[k]) * channels;
                }
            if (count == 4)
                sum_products(4, d, w, d_input, channels);
            else if (count == 2)
                sum_products(2, d, w, d_input, channels);
            else
                sum_products(1, d, w, d_input, channels);
        }
    }
}

/* --- weights --- */

static void add(float *restrict into, const float *restrict from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        into[i] += from[i];
}

static void average(float *restrict mean, const float *restrict value, float decay, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mean[i] += (1 - decay) * (value[i] - mean[i]); /* what never moves stays to the bit */
}

static const struct mn_arithmetic table = {
    .activate = activate,
    .moments = moments,
    .deactivate = deactivate,
    .denormalise = denormalise,
    .depthwise_weight = depthwise_weight,
    .depthwise_input = depthwise_input,
    .add = add,
    .average = average,
};
