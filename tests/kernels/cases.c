#include "cases.h"

#include <stdio.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* in_size, in_channels, out_channels, stride. Padding is SAME, so 0 for stride 2. */
static const int network_conv[][4] = {{224, 3, 32, 2}, {128, 3, 8, 2}, {14, 64, 128, 1}};

/* in_size, channels, stride */
static const int network_depthwise[][3] = {
    {112, 32, 1}, {112, 64, 2}, {56, 128, 1}, {56, 128, 2}, {28, 256, 1}, {28, 256, 2},
    {14, 512, 1}, {14, 512, 2}, {7, 1024, 1}, {64, 8, 1},   {64, 16, 2},  {32, 32, 1},
    {32, 32, 2},  {16, 64, 1},  {16, 64, 2},  {8, 128, 1},  {8, 128, 2},  {4, 256, 1},
};

/* rows, in_channels, out_channels; the last of each network is the linear layer */
static const int network_pointwise[][3] = {
    {12544, 32, 64}, {3136, 64, 128}, {3136, 128, 128}, {784, 128, 256},  {784, 256, 256},
    {196, 256, 512}, {196, 512, 512}, {49, 512, 1024},  {49, 1024, 1024}, {1, 1024, 1001},
    {4096, 8, 16},   {1024, 16, 32},  {1024, 32, 32},   {256, 32, 64},    {256, 64, 64},
    {64, 64, 128},   {64, 128, 128},  {16, 128, 256},   {16, 256, 256},   {1, 256, 1001},
};

/* pixels, channels */
static const int network_pool[][2] = {{49, 1024}, {16, 256}};

/* The awkward cases are all combinations of these. */
static const int channels[] = {1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 49};
static const int sizes[] = {1, 2, 7, 14, 17};
static const int strides_and_pads[][2] = {{1, 1}, {2, 0}, {2, 1}};
static const int conv_inputs[] = {1, 3, 9}, conv_outputs[] = {1, 7, 8, 9, 17, 33, 49};
static const int matmul_rows[] = {1, 2, 3, 5, 7, 13, 14, 15};
static const int matmul_inputs[] = {1, 3, 8, 17, 31};
static const int matmul_outputs[] = {1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 49, 1001};
static const int pool_pixels[] = {1, 2, 4, 7, 49};

static int network_count(enum kernel_family family)
{
    static const int counts[KERNEL_FAMILIES] = {COUNT(network_conv), COUNT(network_depthwise),
                                                COUNT(network_pointwise), COUNT(network_pool)};
    return counts[family];
}

const char *kernel_family_name(enum kernel_family family)
{
    static const char *const names[] = {"conv3x3", "depthwise3x3", "pointwise", "pool"};
    return names[family];
}

int kernel_case_count(enum kernel_family family)
{
    static const int awkward[KERNEL_FAMILIES] = {
        COUNT(sizes) * COUNT(strides_and_pads) * COUNT(conv_inputs) * COUNT(conv_outputs),
        COUNT(sizes) * COUNT(strides_and_pads) * COUNT(channels),
        COUNT(matmul_rows) * COUNT(matmul_inputs) * COUNT(matmul_outputs),
        COUNT(pool_pixels) * COUNT(channels),
    };
    return network_count(family) + awkward[family];
}

static struct kernel_case conv_shape(enum kernel_family family, int in_size, int in_channels,
                                     int out_channels, int stride, int pad)
{
    return (struct kernel_case){.family = family,
                                .rows = (in_size + stride - 1) / stride,
                                .in_channels = in_channels,
                                .out_channels = out_channels,
                                .in_size = in_size,
                                .stride = stride,
                                .pad = pad};
}

static struct kernel_case network_case(enum kernel_family family, int i)
{
    struct kernel_case found;
    if (family == KERNEL_CONV3X3) {
        const int *n = network_conv[i];
        found = conv_shape(family, n[0], n[1], n[2], n[3], n[3] == 1);
    } else if (family == KERNEL_DEPTHWISE3X3) {
        const int *n = network_depthwise[i];
        found = conv_shape(family, n[0], n[1], n[1], n[2], n[2] == 1);
    } else {
        const int *n = family == KERNEL_POOL ? network_pool[i] : network_pointwise[i];
        found = (struct kernel_case){.family = family,
                                     .rows = n[0],
                                     .in_channels = n[1],
                                     .out_channels = family == KERNEL_POOL ? n[1] : n[2]};
    }
    found.network = true;
    return found;
}

/* Takes the next digit of a number whose digits have the values values[0 … count - 1]. */
static int digit(int *number, int count)
{
    int found = *number % count;
    *number /= count;
    return found;
}

static struct kernel_case awkward_case(enum kernel_family family, int i)
{
    if (family == KERNEL_POINTWISE)
        return (struct kernel_case){.family = family,
                                    .rows = matmul_rows[digit(&i, COUNT(matmul_rows))],
                                    .in_channels = matmul_inputs[digit(&i, COUNT(matmul_inputs))],
                                    .out_channels = matmul_outputs[i]};
    if (family == KERNEL_POOL) {
        int pixels = pool_pixels[digit(&i, COUNT(pool_pixels))];
        return (struct kernel_case){.family = family,
                                    .rows = pixels,
                                    .in_channels = channels[i],
                                    .out_channels = channels[i]};
    }
    int size = sizes[digit(&i, COUNT(sizes))];
    const int *stride_and_pad = strides_and_pads[digit(&i, COUNT(strides_and_pads))];
    if (stride_and_pad[0] == 2 && stride_and_pad[1] == 0)
        size += size % 2; /* the contract's condition */
    int in = family == KERNEL_CONV3X3 ? conv_inputs[digit(&i, COUNT(conv_inputs))] : channels[i];
    int out = family == KERNEL_CONV3X3 ? conv_outputs[i] : in;
    return conv_shape(family, size, in, out, stride_and_pad[0], stride_and_pad[1]);
}

struct kernel_case kernel_case_get(enum kernel_family family, int index)
{
    int own = network_count(family);
    return index < own ? network_case(family, index) : awkward_case(family, index - own);
}

static bool is_3x3(const struct kernel_case *shape)
{
    return shape->family == KERNEL_CONV3X3 || shape->family == KERNEL_DEPTHWISE3X3;
}

void kernel_case_name(const struct kernel_case *shape, char name[KERNEL_NAME_BYTES])
{
    if (is_3x3(shape))
        snprintf(name, KERNEL_NAME_BYTES, "%s %dx%d, %d to %d channels, stride %d, pad %d",
                 kernel_family_name(shape->family), shape->in_size, shape->in_size,
                 shape->in_channels, shape->out_channels, shape->stride, shape->pad);
    else
        snprintf(name, KERNEL_NAME_BYTES, "%s %d pixels, %d to %d channels",
                 kernel_family_name(shape->family), shape->rows, shape->in_channels,
                 shape->out_channels);
}

size_t kernel_case_inputs(const struct kernel_case *shape)
{
    int pixels = is_3x3(shape) ? shape->in_size * shape->in_size : shape->rows;
    return (size_t)pixels * (size_t)shape->in_channels;
}

size_t kernel_case_weights(const struct kernel_case *shape)
{
    if (shape->family == KERNEL_POOL)
        return 0;
    return (size_t)kernel_case_depth(shape) * (size_t)shape->out_channels;
}

size_t kernel_case_biases(const struct kernel_case *shape)
{
    return shape->family == KERNEL_POOL ? 0 : (size_t)shape->out_channels;
}

size_t kernel_case_outputs(const struct kernel_case *shape)
{
    int pixels = is_3x3(shape)                  ? shape->rows * shape->rows
                 : shape->family == KERNEL_POOL ? 1
                                                : shape->rows;
    return (size_t)pixels * (size_t)shape->out_channels;
}

int kernel_case_depth(const struct kernel_case *shape)
{
    switch (shape->family) {
    case KERNEL_CONV3X3:
        return 9 * shape->in_channels;
    case KERNEL_DEPTHWISE3X3:
        return 9;
    case KERNEL_POINTWISE:
        return shape->in_channels;
    case KERNEL_POOL:
    case KERNEL_FAMILIES:
        break;
    }
    return shape->rows;
}

static int kernel_taps(const struct kernel_case *shape)
{
    return is_3x3(shape) ? 9 : 1;
}

static struct mn_packing packing(const struct mn_kernels *kernels, const struct kernel_case *shape)
{
    return shape->family == KERNEL_DEPTHWISE3X3 ? kernels->depthwise : kernels->dense;
}

size_t kernel_packed_size(const struct mn_kernels *kernels, const struct kernel_case *shape)
{
    if (shape->family == KERNEL_POOL)
        return 0;
    int taps = kernel_taps(shape);
    return mn_packed_size(packing(kernels, shape), kernel_case_depth(shape) / taps, taps,
                          shape->out_channels);
}

void kernel_pack(const struct mn_kernels *kernels, const struct kernel_case *shape,
                 const float *weight, const float *bias, float *packed)
{
    int taps = kernel_taps(shape);
    if (shape->family != KERNEL_POOL)
        mn_pack(packing(kernels, shape), weight, bias, kernel_case_depth(shape) / taps, taps,
                shape->out_channels, packed);
}

static void run_3x3(const struct mn_kernels *kernels, const struct kernel_case *shape,
                    const struct kernel_call *call)
{
    size_t row = (size_t)shape->rows * (size_t)shape->out_channels;
    bool depthwise = shape->family == KERNEL_DEPTHWISE3X3;
    size_t channel = depthwise ? (size_t)call->channel_begin : 0;
    int part = call->channel_end - call->channel_begin;
    struct mn_conv_args args = {.input = call->input + channel,
                                .packed = call->packed + channel * 10,
                                .output = call->output + (size_t)call->row_begin * row + channel,
                                .in_size = shape->in_size,
                                .in_channels = depthwise ? part : shape->in_channels,
                                .out_size = shape->rows,
                                .out_channels = depthwise ? part : shape->out_channels,
                                .stride = shape->stride,
                                .pad = shape->pad,
                                .in_step = shape->in_channels,
                                .out_step = shape->out_channels,
                                .row_begin = call->row_begin,
                                .row_end = call->row_end,
                                .lo = call->lo,
                                .hi = call->hi};
    if (depthwise)
        kernels->depthwise3x3(&args);
    else
        kernels->conv3x3(&args);
}

void kernel_run(const struct mn_kernels *kernels, const struct kernel_case *shape,
                const struct kernel_call *call)
{
    if (is_3x3(shape)) {
        run_3x3(kernels, shape, call);
        return;
    }
    if (shape->family == KERNEL_POOL) {
        kernels->pool(call->input, call->output, shape->rows, shape->in_channels);
        return;
    }
    size_t row = (size_t)call->row_begin, channel = (size_t)call->channel_begin;
    size_t depth = (size_t)shape->in_channels;
    struct mn_matmul_args args = {.input = call->input + row * depth,
                                  .packed = call->packed + channel * (1 + depth),
                                  .output =
                                      call->output + row * (size_t)shape->out_channels + channel,
                                  .rows = call->row_end - call->row_begin,
                                  .in_channels = shape->in_channels,
                                  .out_channels = call->channel_end - call->channel_begin,
                                  .input_stride = shape->in_channels,
                                  .output_stride = shape->out_channels,
                                  .lo = call->lo,
                                  .hi = call->hi};
    kernels->pointwise(&args);
}
