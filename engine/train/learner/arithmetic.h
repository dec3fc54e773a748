/* What a training does beside its matrix products: loops over float arrays, [rows][channels] with
 * the channels of a pixel next to each other. One table per instruction set, all from one body
 * (arithmetic_body.h) that the compiler turns into vectors: most of these loops wait for memory,
 * and only where it fails is anything to be won by hand. No multiplication is fused with an
 * addition and every sum runs down its own channel, so that all tables give the same bytes. */
#ifndef MN_ARITHMETIC_H
#define MN_ARITHMETIC_H

#include <stddef.h>

#include "../../kernels/packing.h"

/* Of y [rows][channels]: min(max(y * scale[c] + shift[c], 0), hi), a batch norm and a ReLU. */
struct mn_activated {
    const float *y, *scale, *shift;
    float hi;
};

struct mn_arithmetic {
    /* Into out[rows][channels]. */
    void (*activate)(const struct mn_activated *activation, float *out, size_t rows,
                     size_t channels);

    /* To where mn_pack_transposed() (packing.h) would put it as rows first … of `all`. */
    void (*activate_into_panels)(const struct mn_activated *activation, struct mn_packing packing,
                                 size_t first, size_t all, float *packed, size_t rows,
                                 size_t channels);

    /* Adds to sum[c] and square[c]: of y - pivot[c], and its square. */
    void (*moments)(const float *y, const float *pivot, float *sum, float *square, size_t rows,
                    size_t channels);

    /* The activation's gradient d becomes that of its input y * scale[c] + shift[c]: 0 where it
     * clamped. Adds to sum[c] and product[c]: of d, and of d * (y - mean[c]). */
    void (*deactivate)(const struct mn_activated *activation, const float *mean, float *d,
                       float *sum, float *product, size_t rows, size_t channels);

    /* out = d * by_d[c] + y * by_y[c] + constant[c]: the gradient of a batch norm's input */
    void (*denormalise)(const float *d, const float *y, const float *by_d, const float *by_y,
                        const float *constant, float *out, size_t rows, size_t channels);

    /* Adds to d_weight [3][3][channels] the gradient of a depthwise layer's weights by one picture.
     */
    void (*depthwise_weight)(const float *input, const float *d_output, float *d_weight,
                             int in_size, int out_size, int stride, int pad, size_t channels);

    /* The gradient of a depthwise layer's input by one picture, where its stride is 2: with stride
     * 1 it is a depthwise convolution itself. weight [3][3][channels] */
    void (*depthwise_input)(const float *d_output, const float *weight, float *d_input, int in_size,
                            int out_size, int pad, size_t channels);

    /* into[i] += from[i] */
    void (*add)(float *into, const float *from, size_t count);
    /* average[i] = decay * average[i] + (1 - decay) * value[i] */
    void (*average)(float *average, const float *value, float decay, size_t count);
};

/* The best that this CPU has. */
const struct mn_arithmetic *mn_arithmetic(void);

#endif
