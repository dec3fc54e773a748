#include "layers.h"

#include <math.h>
#include <string.h>

#include "../../layer_args.h"
#include "patches.h"

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

void mn_layer_activate(struct mn_layer_pass *pass, float *input)
{
    const struct mn_layer *layer = pass->layer;
    if (pass->input)
        return;
    pass->arithmetic->activate(&pass->activation, input,
                               (size_t)pass->pictures * pixels_of(layer->in_size),
                               (size_t)layer->in_channels);
    pass->input = input;
}

/* --- depthwise --- */

static size_t packed_depthwise(int channels)
{
    return mn_packed_size(mn_kernels_best()->depthwise, 9, 1, channels);
}

/* Backward of stride 1, the weights' taps come in the opposite order: an input pixel went to the
 * output to its lower right by its upper left tap. Backward of stride 2 takes them as they are. */
static void pack_depthwise(const struct mn_layer *layer, const float *weight,
                           enum mn_direction direction, float *packed)
{
    struct mn_packing packing = mn_kernels_best()->depthwise;
    size_t channels = (size_t)layer->in_channels;
    if (direction == MN_FORWARD) {
        mn_pack_transposed(packing, weight, 0, 9, 9, layer->in_channels, packed);
        return;
    }
    if (layer->stride == 2) {
        memcpy(packed, weight, 9 * channels * sizeof *packed);
        return;
    }
    float *turned = packed + packed_depthwise(layer->in_channels);
    for (size_t tap = 0; tap < 9; tap++)
        memcpy(turned + tap * channels, weight + (8 - tap) * channels, channels * sizeof *turned);
    mn_pack_transposed(packing, turned, 0, 9, 9, layer->in_channels, packed);
}

static void depthwise_backward(const struct mn_layer_pass *pass, const float *d_output,
                               float *d_input)
{
    const struct mn_layer *layer = pass->layer;
    if (layer->stride == 2) {
        pass->arithmetic->depthwise_input(d_output, pass->packed, d_input, layer->in_size,
                                          layer->out_size, layer->pad, (size_t)layer->in_channels);
        return;
    }
    struct mn_conv_args args = mn_conv_args_of(layer, d_output, pass->packed, d_input);
    mn_kernels_best()->depthwise3x3(&args);
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
    if (layer->kind == MN_DEPTHWISE)
        return packed_depthwise(layer->in_channels) + 9 * (size_t)layer->in_channels;
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
    if (layer->kind == MN_DEPTHWISE)
        pack_depthwise(layer, weight, direction, packed);
    else if (depth && direction == MN_FORWARD)
        mn_pack(packing, weight, NULL, depth, 1, layer->out_channels, packed);
    else if (depth)
        mn_pack_transposed(packing, weight, 0, layer->out_channels, layer->out_channels, depth,
                           packed);
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
                                                          .input_stride = in,
                                                          .output_stride = out,
                                                          .lo = -INFINITY,
                                                          .hi = INFINITY});
}

size_t mn_layer_columns(const struct mn_layer *layer)
{
    return layer->kind == MN_CONV ? pixels_of(layer->out_size) * 9 * (size_t)layer->in_channels : 0;
}

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
    const struct mn_kernels *kernels = mn_kernels_best();
    for (size_t p = 0; p < (size_t)pass->pictures; p++) {
        struct mn_conv_args args =
            mn_conv_args_of(layer, pass->input + p * in, pass->packed, output + p * out);
        if (layer->kind == MN_DEPTHWISE)
            kernels->depthwise3x3(&args);
        else
            kernels->conv3x3(&args);
    }
}

void mn_layer_input_gradient(const struct mn_layer_pass *pass, const float *d_output,
                             float *d_input)
{
    const struct mn_layer *layer = pass->layer;
    size_t in = mn_layer_in_floats(layer), out = mn_layer_out_floats(layer);
    int pixels = layer->out_size * layer->out_size;
    if (layer->kind == MN_POINTWISE || layer->kind == MN_LINEAR) {
        multiply(d_output, pass->packed, d_input, pass->pictures * pixels, layer->out_channels,
                 layer->in_channels);
        return;
    }
    for (int p = 0; p < pass->pictures; p++, d_output += out, d_input += in) {
        if (layer->kind == MN_DEPTHWISE) {
            depthwise_backward(pass, d_output, d_input);
            continue;
        }
        multiply(d_output, pass->packed, pass->columns, pixels, layer->out_channels,
                 depth_of(layer));
        mn_patches_scatter(layer, pass->columns, d_input, pass->arithmetic);
    }
}

/* --- the weights' gradient --- */

void mn_layer_depthwise_gradient(const struct mn_layer_pass *pass, const float *d_output,
                                 float *d_weight)
{
    const struct mn_layer *layer = pass->layer;
    size_t in = mn_layer_in_floats(layer), out = mn_layer_out_floats(layer);
    memset(d_weight, 0, 9 * (size_t)layer->in_channels * sizeof *d_weight);
    for (size_t p = 0; p < (size_t)pass->pictures; p++)
        pass->arithmetic->depthwise_weight(pass->input + p * in, d_output + p * out, d_weight,
                                           layer->in_size, layer->out_size, layer->stride,
                                           layer->pad, (size_t)layer->in_channels);
}

/* Rows of the product's operands. */
static int operand_rows(const struct mn_layer *layer, int pictures)
{
    return pictures * layer->out_size * layer->out_size;
}

/* From one output channel to the next: by no power of two, or a tile's rows would drive each other
 * from the first-level cache. */
static size_t turned_stride(int rows)
{
    const size_t line = 16;
    return ((size_t)rows + line - 1) / line * line + line;
}

static size_t panels_size(const struct mn_layer *layer, int rows)
{
    return mn_packed_size(mn_kernels_best()->dense, rows, 1, depth_of(layer));
}

size_t mn_layer_operands(const struct mn_layer *layer, int pictures)
{
    int rows = operand_rows(layer, pictures);
    if (!depth_of(layer))
        return 0;
    return panels_size(layer, rows) + (size_t)layer->out_channels * turned_stride(rows);
}

void mn_layer_gather_operands(const struct mn_layer_pass *pass, const float *d_output, int first,
                              int pictures, float *operands)
{
    const struct mn_layer *layer = pass->layer;
    int rows = operand_rows(layer, pass->pictures), all = operand_rows(layer, pictures);
    int first_row = operand_rows(layer, first);
    struct mn_packing packing = mn_kernels_best()->dense;
    if (!pass->input) {
        pass->arithmetic->activate_into_panels(&pass->activation, packing, (size_t)first_row,
                                               (size_t)all, operands, (size_t)rows,
                                               (size_t)layer->in_channels);
    } else {
        for (size_t p = 0; layer->kind == MN_CONV && p < (size_t)pass->pictures; p++)
            mn_patches_gather(layer, pass->input + p * mn_layer_in_floats(layer),
                              pass->columns + p * mn_layer_columns(layer));
        mn_pack_transposed(packing, layer->kind == MN_CONV ? pass->columns : pass->input, first_row,
                           rows, all, depth_of(layer), operands);
    }
    mn_transpose(d_output, (size_t)rows, (size_t)layer->out_channels,
                 operands + panels_size(layer, all) + first_row, turned_stride(all));
}

void mn_layer_weight_gradient(const struct mn_layer *layer, const float *operands, int pictures,
                              int begin, int end, bool accumulate, float *d_weight)
{
    int rows = operand_rows(layer, pictures), depth = depth_of(layer);
    size_t stride = turned_stride(rows), count = (size_t)(end - begin) * (size_t)depth;
    d_weight += (size_t)begin * (size_t)depth;
    if (!accumulate)
        memset(d_weight, 0, count * sizeof *d_weight);
    mn_kernels_best()->pointwise(&(struct mn_matmul_args){
        .input = operands + panels_size(layer, rows) + (size_t)begin * stride,
        .packed = operands,
        .output = d_weight,
        .rows = end - begin,
        .in_channels = rows,
        .out_channels = depth,
        .input_stride = (int)stride,
        .output_stride = depth,
        .lo = -INFINITY,
        .hi = INFINITY,
        .accumulate = true});
}
