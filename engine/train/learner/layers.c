#include "layers.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "../../kernels/kernels.h"

static size_t pixels_of(int size)
{
    return (size_t)size * (size_t)size;
}

size_t mn_layer_in_floats(const struct mn_layer *layer)
{
    return pixels_of(layer->in_size) * (size_t)layer->in_channels;
}

size_t mn_layer_out_floats(const struct mn_layer *layer)
{
    return pixels_of(layer->out_size) * (size_t)layer->out_channels;
}

/* --- matrix products --- */

/* Inputs of an output, where the layer is a product. */
static int depth_of(const struct mn_layer *layer)
{
    switch (layer->kind) {
    case MN_CONV:
        return 9 * layer->in_channels;
    case MN_POINTWISE:
    case MN_LINEAR:
        return layer->in_channels;
    default:
        return 0;
    }
}

size_t mn_layer_packed(const struct mn_layer *layer)
{
    struct mn_packing packing = mn_kernels_best()->dense;
    int depth = depth_of(layer);
    if (!depth)
        return 0;
    size_t forward = mn_packed_size(packing, depth, 1, layer->out_channels);
    size_t backward = mn_packed_size(packing, layer->out_channels, 1, depth);
    return forward > backward ? forward : backward;
}

void mn_layer_pack(const struct mn_layer *layer, const float *weight, enum mn_direction direction,
                   float *packed)
{
    struct mn_packing packing = mn_kernels_best()->dense;
    int depth = depth_of(layer);
    if (depth && direction == MN_FORWARD)
        mn_pack(packing, weight, NULL, depth, 1, layer->out_channels, packed);
    else if (depth)
        mn_pack_transposed(packing, weight, layer->out_channels, depth, packed);
}

/* output[rows][out] = input[rows][in] * packed */
static void multiply(const float *input, const float *packed, float *output, int rows, int in,
                     int out)
{
    mn_kernels_best()->pointwise(&(struct mn_matmul_args){.input = input,
                                                          .packed = packed,
                                                          .output = output,
                                                          .rows = rows,
                                                          .in_channels = in,
                                                          .out_channels = out,
                                                          .output_stride = out,
                                                          .lo = -INFINITY,
                                                          .hi = INFINITY});
}

/* d_weight[out][in] += d_output[rows][out]^T * input[rows][in] */
static void add_weight_gradient(const float *d_output, const float *input, float *d_weight,
                                int rows, int in, int out)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, 1, d_output, out, input, in,
                1, d_weight, in);
}

/* --- standard 3x3 convolution: a product with each pixel's patch --- */

/* Which of a patch's rows or columns, begin to end, are inside of the picture; first: where the
 * patch begins, may be outside. */
static void inside(int first, int size, int *begin, int *end)
{
    *begin = first < 0 ? -first : 0;
    *end = size - first < 3 ? size - first : 3;
}

static void gather_patch(const struct mn_layer *layer, const float *picture, int top, int left,
                         float *columns)
{
    size_t in = (size_t)layer->in_channels;
    int row[2], column[2];
    inside(top, layer->in_size, &row[0], &row[1]);
    inside(left, layer->in_size, &column[0], &column[1]);
    bool whole = row[1] - row[0] == 3 && column[1] - column[0] == 3;
    if (!whole)
        memset(columns, 0, 9 * in * sizeof *columns);
    for (int y = row[0]; y < row[1]; y++) /* a row's three pixels are neighbours in both */
        memcpy(columns + (size_t)(3 * y + column[0]) * in,
               picture +
                   ((size_t)(top + y) * (size_t)layer->in_size + (size_t)(left + column[0])) * in,
               (size_t)(column[1] - column[0]) * in * sizeof *columns);
}

static void gather_patches(const struct mn_layer *layer, const float *picture, float *columns)
{
    for (int y = 0; y < layer->out_size; y++)
        for (int x = 0; x < layer->out_size; x++, columns += 9 * (size_t)layer->in_channels)
            gather_patch(layer, picture, y * layer->stride - layer->pad,
                         x * layer->stride - layer->pad, columns);
}

static void scatter_patch(const struct mn_layer *layer, const float *columns, int top, int left,
                          float *picture, const struct mn_arithmetic *arithmetic)
{
    size_t in = (size_t)layer->in_channels;
    int row[2], column[2];
    inside(top, layer->in_size, &row[0], &row[1]);
    inside(left, layer->in_size, &column[0], &column[1]);
    for (int y = row[0]; y < row[1]; y++)
        arithmetic->add(
            picture +
                ((size_t)(top + y) * (size_t)layer->in_size + (size_t)(left + column[0])) * in,
            columns + (size_t)(3 * y + column[0]) * in, (size_t)(column[1] - column[0]) * in);
}

static void scatter_patches(const struct mn_layer *layer, const float *columns, float *picture,
                            const struct mn_arithmetic *arithmetic)
{
    memset(picture, 0, mn_layer_in_floats(layer) * sizeof *picture);
    for (int y = 0; y < layer->out_size; y++)
        for (int x = 0; x < layer->out_size; x++, columns += 9 * (size_t)layer->in_channels)
            scatter_patch(layer, columns, y * layer->stride - layer->pad,
                          x * layer->stride - layer->pad, picture, arithmetic);
}

size_t mn_layer_columns(const struct mn_layer *layer)
{
    return layer->kind == MN_CONV ? pixels_of(layer->out_size) * 9 * (size_t)layer->in_channels : 0;
}

/* --- the layers --- */

void mn_layer_forward(const struct mn_layer_pass *pass, float *output)
{
    const struct mn_layer *layer = pass->layer;
    size_t in = mn_layer_in_floats(layer), out = mn_layer_out_floats(layer);
    int pixels = layer->out_size * layer->out_size;
    if (layer->kind == MN_POINTWISE || layer->kind == MN_LINEAR) {
        multiply(pass->input, pass->packed, output, pass->pictures * pixels, layer->in_channels,
                 layer->out_channels);
        return;
    }
    for (size_t p = 0; p < (size_t)pass->pictures; p++) {
        if (layer->kind == MN_DEPTHWISE) {
            pass->arithmetic->depthwise(pass->input + p * in, pass->weight, output + p * out,
                                        layer->in_size, layer->out_size, layer->stride, layer->pad,
                                        (size_t)layer->in_channels);
        } else {
            gather_patches(layer, pass->input + p * in, pass->columns);
            multiply(pass->columns, pass->packed, output + p * out, pixels, depth_of(layer),
                     layer->out_channels);
        }
    }
}

void mn_layer_backward(const struct mn_layer_pass *pass, const float *d_output, float *d_weight,
                       float *d_input)
{
    const struct mn_layer *layer = pass->layer;
    const struct mn_arithmetic *arithmetic = pass->arithmetic;
    size_t in = mn_layer_in_floats(layer), out = mn_layer_out_floats(layer);
    int pixels = layer->out_size * layer->out_size;
    if (layer->kind == MN_POINTWISE || layer->kind == MN_LINEAR) {
        int rows = pass->pictures * pixels;
        add_weight_gradient(d_output, pass->input, d_weight, rows, layer->in_channels,
                            layer->out_channels);
        if (d_input)
            multiply(d_output, pass->packed, d_input, rows, layer->out_channels,
                     layer->in_channels);
        return;
    }
    for (size_t p = 0; p < (size_t)pass->pictures; p++) {
        const float *input = pass->input + p * in, *d = d_output + p * out;
        if (layer->kind == MN_DEPTHWISE) {
            arithmetic->depthwise_weight(input, d, d_weight, layer->in_size, layer->out_size,
                                         layer->stride, layer->pad, (size_t)layer->in_channels);
            if (d_input)
                arithmetic->depthwise_input(d, pass->weight, d_input + p * in, layer->in_size,
                                            layer->out_size, layer->stride, layer->pad,
                                            (size_t)layer->in_channels);
        } else {
            gather_patches(layer, input, pass->columns);
            add_weight_gradient(d, pass->columns, d_weight, pixels, depth_of(layer),
                                layer->out_channels);
            if (!d_input)
                continue;
            multiply(d, pass->packed, pass->columns, pixels, layer->out_channels, depth_of(layer));
            scatter_patches(layer, pass->columns, d_input + p * in, arithmetic);
        }
    }
}
