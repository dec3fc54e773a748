#include "reference.h"

#include <math.h>

/* One sum and the sum of its terms' absolute values. */
struct sum {
    double value, magnitude;
};

static void sum_add(struct sum *sum, double term)
{
    sum->value += term;
    sum->magnitude += fabs(term);
}

/* One output of a 3x3 layer. `first` is the first of its input channels, `kernel` its weights
 * [count][3][3]. */
static struct sum pixel(const struct kernel_case *shape, const float *input, const float *kernel,
                        int y, int x, int first, int count)
{
    struct sum sum = {0};
    for (int tap = 0; tap < 9; tap++) {
        int in_y = y * shape->stride - shape->pad + tap / 3;
        int in_x = x * shape->stride - shape->pad + tap % 3;
        if (in_y < 0 || in_x < 0 || in_y >= shape->in_size || in_x >= shape->in_size)
            continue;
        const float *in = input + (in_y * shape->in_size + in_x) * shape->in_channels + first;
        for (int i = 0; i < count; i++)
            sum_add(&sum, (double)in[i] * (double)kernel[i * 9 + tap]);
    }
    return sum;
}

static struct sum product(const float *input, const float *weight, int count)
{
    struct sum sum = {0};
    for (int i = 0; i < count; i++)
        sum_add(&sum, (double)input[i] * (double)weight[i]);
    return sum;
}

static struct sum mean(const struct kernel_case *shape, const float *input, int channel)
{
    struct sum sum = {0};
    for (int p = 0; p < shape->rows; p++)
        sum_add(&sum, (double)input[p * shape->in_channels + channel] / shape->rows);
    return sum;
}

/* `channel` of output pixel p. */
static struct sum one(const struct kernel_case *shape, const float *input, const float *weight,
                      int p, int channel)
{
    int in = shape->in_channels, y = p / shape->rows, x = p % shape->rows;
    switch (shape->family) {
    case KERNEL_CONV3X3:
        return pixel(shape, input, weight + channel * in * 9, y, x, 0, in);
    case KERNEL_DEPTHWISE3X3:
        return pixel(shape, input, weight + channel * 9, y, x, channel, 1);
    case KERNEL_POINTWISE:
        return product(input + p * in, weight + channel * in, in);
    case KERNEL_POOL:
    case KERNEL_FAMILIES:
        break;
    }
    return mean(shape, input, channel);
}

void kernel_reference(const struct kernel_case *shape, const float *input, const float *weight,
                      const float *bias, double *value, double *magnitude)
{
    size_t channels = (size_t)shape->out_channels, outputs = kernel_case_outputs(shape);
    for (size_t i = 0; i < outputs; i++) {
        struct sum sum = one(shape, input, weight, (int)(i / channels), (int)(i % channels));
        if (kernel_case_biases(shape))
            sum_add(&sum, (double)bias[i % channels]);
        value[i] = sum.value;
        magnitude[i] = sum.magnitude;
    }
}
