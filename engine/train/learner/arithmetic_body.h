/* The loops of arithmetic.h. Included by one file per instruction set, whose compiler flags make
 * vectors of them; `table` is what that file gives out. */
#include <string.h>

#include "arithmetic.h"
#include "depthwise_body.h"
#include "lanes.h"

static inline __attribute__((always_inline)) void
activate_some(const float *restrict y, const float *restrict scale, const float *restrict shift,
              float hi, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float z = y[i] * scale[i] + shift[i];
        z = z > 0 ? z : 0;
        out[i] = z < hi ? z : hi;
    }
}

static void activate(const struct mn_activated *activation, float *out, size_t rows,
                     size_t channels)
{
    const float *y = activation->y;
    for (size_t r = 0; r < rows; r++, y += channels, out += channels)
        activate_some(y, activation->scale, activation->shift, activation->hi, out, channels);
}

/* By rows, as y lies in memory: it comes from far away, and the panels are near. */
static void activate_into_panels(const struct mn_activated *activation, struct mn_packing packing,
                                 size_t first, size_t all, float *packed, size_t rows,
                                 size_t channels)
{
    enum { PANEL = 2 * LANES }; /* a whole one of these instruction sets */
    const size_t vector = (size_t)packing.vector, panel = (size_t)packing.panel;
    const float *y = activation->y, *scale = activation->scale, *shift = activation->shift;
    const float hi = activation->hi;
    const size_t whole = (channels + vector - 1) / vector * vector;
    for (size_t c = 0; first == 0 && c < channels; c += panel) /* their biases */
        memset(packed + c * (1 + all), 0, (panel < whole - c ? panel : whole - c) * sizeof *packed);
    for (size_t r = 0; r < rows; r++, y += channels) {
        size_t c = 0;
        for (; panel == PANEL && c + PANEL <= channels; c += PANEL)
            activate_some(y + c, scale + c, shift + c, hi,
                          packed + c * (1 + all) + (1 + first + r) * PANEL, PANEL);
        for (size_t count; c < channels; c += count) {
            count = panel < channels - c ? panel : channels - c;
            size_t width = panel < whole - c ? panel : whole - c;
            float *to = packed + c * (1 + all) + (1 + first + r) * width;
            activate_some(y + c, scale + c, shift + c, hi, to, count);
            memset(to + count, 0, (width - count) * sizeof *to);
        }
    }
}

/* The rows that go through together, so that what belongs to a channel is loaded once for them. */
enum { ROWS = 4 };

static inline __attribute__((always_inline)) void
moments_of(const float *restrict y, const float *restrict pivot, float *restrict sum,
           float *restrict square, size_t rows, size_t channels)
{
    for (size_t c = 0; c < channels; c++) {
        float s = sum[c], q = square[c];
#pragma GCC unroll 4
        for (size_t r = 0; r < rows; r++) {
            float x = y[r * channels + c] - pivot[c];
            s += x;
            q += x * x;
        }
        sum[c] = s;
        square[c] = q;
    }
}

static void moments(const float *restrict y, const float *restrict pivot, float *restrict sum,
                    float *restrict square, size_t rows, size_t channels)
{
    for (; rows >= ROWS; rows -= ROWS, y += ROWS * channels)
        moments_of(y, pivot, sum, square, ROWS, channels);
    for (; rows > 0; rows--, y += channels)
        moments_of(y, pivot, sum, square, 1, channels);
}

/* A vector of channels, from c on. clang 14 would not make one of the loop below. */
static inline __attribute__((always_inline)) void
deactivate_lanes(const struct mn_activated *activation, const float *mean, float *d, float *sum,
                 float *product, size_t rows, size_t channels, size_t c)
{
    const lanes scale = *(const lanes *)(activation->scale + c);
    const lanes shift = *(const lanes *)(activation->shift + c);
    const lanes middle = *(const lanes *)(mean + c);
    lanes s = *(lanes *)(sum + c), p = *(lanes *)(product + c);
    for (size_t r = 0; r < rows; r++) {
        const lanes y = *(const lanes *)(activation->y + r * channels + c);
        const lanes z = y * scale + shift;
        const masks passes = (masks)(z > 0) & (masks)(z < activation->hi);
        const lanes g = (lanes)((masks)(*(lanes *)(d + r * channels + c)) & passes);
        *(lanes *)(d + r * channels + c) = g;
        s += g;
        p += g * (y - middle);
    }
    *(lanes *)(sum + c) = s;
    *(lanes *)(product + c) = p;
}

static void deactivate_rest(const struct mn_activated *activation, const float *restrict mean,
                            float *restrict d, float *restrict sum, float *restrict product,
                            size_t rows, size_t channels, size_t first)
{
    const float *restrict y = activation->y;
    for (size_t r = 0; r < rows; r++, d += channels, y += channels)
        for (size_t c = first; c < channels; c++) {
            float z = y[c] * activation->scale[c] + activation->shift[c];
            float g = z > 0 && z < activation->hi ? d[c] : 0;
            d[c] = g;
            sum[c] += g;
            product[c] += g * (y[c] - mean[c]);
        }
}

static void deactivate(const struct mn_activated *activation, const float *restrict mean,
                       float *restrict d, float *restrict sum, float *restrict product, size_t rows,
                       size_t channels)
{
    struct mn_activated some = *activation;
    for (size_t count; rows > 0; rows -= count, d += count * channels, some.y += count * channels) {
        size_t c = 0;
        count = rows < ROWS ? rows : ROWS;
        for (; c + LANES <= channels; c += LANES)
            deactivate_lanes(&some, mean, d, sum, product, count, channels, c);
        deactivate_rest(&some, mean, d, sum, product, count, channels, c);
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
    .activate_into_panels = activate_into_panels,
    .moments = moments,
    .deactivate = deactivate,
    .denormalise = denormalise,
    .depthwise_weight = depthwise_weight,
    .depthwise_input = depthwise_input,
    .add = add,
    .average = average,
};
