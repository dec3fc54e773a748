/* The loops of arithmetic.h. Included by one file per instruction set, whose compiler flags make
 * vectors of them; `table` is what that file gives out. */
#include "arithmetic.h"

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

static void deactivate(float *restrict d, const float *restrict a, const float *restrict y,
                       const float *restrict mean, float hi, float *restrict sum,
                       float *restrict product, size_t rows, size_t channels)
{
    for (size_t r = 0; r < rows; r++, d += channels, a += channels, y += channels)
        for (size_t c = 0; c < channels; c++) {
            float g = a[c] > 0 ? d[c] : 0;
            g = a[c] < hi ? g : 0;
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

/* A row of pixels at a time for one tap: the sums of 16 channels stay in registers. */
static void weight_row(const float *restrict input, const float *restrict d, float *restrict sum,
                       int pixels, size_t input_step, size_t d_step, size_t channels)
{
    enum { BLOCK = 16 };
    size_t c = 0;
    for (; c + BLOCK <= channels; c += BLOCK) {
        float s[BLOCK];
        for (int i = 0; i < BLOCK; i++)
            s[i] = sum[c + (size_t)i];
        const float *v = input + c, *g = d + c;
        for (int p = 0; p < pixels; p++, v += input_step, g += d_step)
            for (int i = 0; i < BLOCK; i++)
                s[i] += v[i] * g[i];
        for (int i = 0; i < BLOCK; i++)
            sum[c + (size_t)i] = s[i];
    }
    for (; c < channels; c++)
        for (int p = 0; p < pixels; p++)
            sum[c] += input[(size_t)p * input_step + c] * d[(size_t)p * d_step + c];
}

static void depthwise_weight(const float *restrict input, const float *restrict d_output,
                             float *restrict d_weight, int in_size, int out_size, int stride,
                             int pad, size_t channels)
{
    for (int y = 0; y < out_size; y++)
        for (int k = 0; k < 9; k++) {
            int row = y * stride - pad + k / 3;
            if (row < 0 || row >= in_size)
                continue;
            int begin = 0, end = out_size; /* the outputs whose column under tap k is inside */
            while (begin < end && begin * stride - pad + k % 3 < 0)
                begin++;
            while (end > begin && (end - 1) * stride - pad + k % 3 >= in_size)
                end--;
            int column = begin * stride - pad + k % 3;
            if (begin < end)
                weight_row(input + ((size_t)row * (size_t)in_size + (size_t)column) * channels,
                           d_output + ((size_t)y * (size_t)out_size + (size_t)begin) * channels,
                           d_weight + (size_t)k * channels, end - begin, (size_t)stride * channels,
                           channels, channels);
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
