#include "tflite_walk.h"

#include <math.h>

/* Field numbers of the option tables, from schema.fbs. */
enum { CONV_PADDING = 0, CONV_STRIDE_W = 1, CONV_STRIDE_H = 2 };
enum { CONV_ACTIVATION = 3, CONV_DILATION_W = 4, CONV_DILATION_H = 5 };
enum { DEPTHWISE_MULTIPLIER = 3, DEPTHWISE_ACTIVATION = 4 };
enum { DEPTHWISE_DILATION_W = 5, DEPTHWISE_DILATION_H = 6 };
enum { POOL_FILTER_W = 3, POOL_FILTER_H = 4, POOL_ACTIVATION = 5 };
enum { DENSE_ACTIVATION = 0, DENSE_FORMAT = 1 };
enum { SOFTMAX_BETA = 0 };

enum { PADDING_SAME = 0 };
enum { ACTIVATION_NONE = 0, ACTIVATION_RELU = 1, ACTIVATION_RELU6 = 3 };

static int option(struct mn_tflite_walk *walk, const struct mn_tflite_op *op, int field, int bytes,
                  int absent)
{
    return (int)mn_flat_int(&walk->graph->flat, op->options, field, bytes, absent);
}

static enum mn_status fail_op(const struct mn_tflite_walk *walk, int index, const char *what,
                              struct mn_error *error)
{
    return mn_fail(error, MN_BAD_INPUT, "operator %d is %s %s", index, walk->graph->ops[index].name,
                   what);
}

/* The one operator that reads the tensor; -1 if none does. */
static enum mn_status find_reader(const struct mn_tflite_walk *walk, int tensor, int *reader,
                                  struct mn_error *error)
{
    *reader = -1;
    for (int i = 0; i < walk->graph->op_count; i++) {
        const struct mn_tflite_op *op = &walk->graph->ops[i];
        for (int k = 0; k < op->input_count; k++) {
            if (op->inputs[k] != tensor)
                continue;
            if (*reader >= 0)
                return fail_op(walk, i, "on a second branch; MobileNet-V1 has no branches", error);
            *reader = i;
        }
    }
    return MN_OK;
}

static enum mn_status read_activation(struct mn_tflite_walk *walk, int index, int fused,
                                      struct mn_error *error)
{
    const struct mn_tflite_op *op = &walk->graph->ops[index];
    struct mn_tflite_tensor output;
    if (mn_tflite_tensor(walk->graph, op->outputs[0], &output, error))
        return error->status;
    /* A quantised layer clamps to what its output can express, whatever it says. */
    bool up_to_6 = output.quantised && output.type == MN_TFLITE_UINT8 && output.zero_point == 0 &&
                   fabsf(255 * output.scale - 6) < 0.05f;
    enum mn_activation activation = MN_RELU6;
    if (fused == ACTIVATION_RELU && !up_to_6)
        activation = MN_RELU;
    else if (fused != ACTIVATION_RELU6 && !up_to_6)
        return fail_op(walk, index, "without the ReLU or ReLU6 that MobileNet-V1 has there", error);
    if (walk->found > 0 && activation != walk->activation)
        return fail_op(walk, index, "with another activation than the layers before it", error);
    walk->activation = activation;
    return MN_OK;
}

static enum mn_status read_weights(struct mn_tflite_walk *walk, int index, struct mn_error *error)
{
    const struct mn_tflite_op *op = &walk->graph->ops[index];
    struct mn_tflite_layer *layer = &walk->layers[walk->found];
    if (op->input_count < 2 || op->input_count > 3)
        return fail_op(walk, index, "without its weights", error);
    if (mn_tflite_constant(walk->graph, op->inputs[1], &layer->weight, error))
        return error->status;
    bool biased = op->input_count == 3 && op->inputs[2] >= 0;
    return biased ? mn_tflite_constant(walk->graph, op->inputs[2], &layer->bias, error) : MN_OK;
}

static enum mn_status read_conv(struct mn_tflite_walk *walk, int index,
                                const struct mn_layer *layer, struct mn_error *error)
{
    const struct mn_tflite_op *op = &walk->graph->ops[index];
    bool depthwise = op->code == MN_TFLITE_DEPTHWISE_CONV_2D;
    bool wide = layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE; /* 3x3 */
    if (option(walk, op, CONV_STRIDE_W, 4, 0) != layer->stride ||
        option(walk, op, CONV_STRIDE_H, 4, 0) != layer->stride)
        return fail_op(walk, index, "with another stride than MobileNet-V1 has there", error);
    if (wide && option(walk, op, CONV_PADDING, 1, 0) != PADDING_SAME)
        return fail_op(walk, index, "with VALID padding; MobileNet-V1 has SAME there", error);
    if (option(walk, op, depthwise ? DEPTHWISE_DILATION_W : CONV_DILATION_W, 4, 1) != 1 ||
        option(walk, op, depthwise ? DEPTHWISE_DILATION_H : CONV_DILATION_H, 4, 1) != 1)
        return fail_op(walk, index, "with dilation, which MobileNet-V1 does not have", error);
    if (depthwise && option(walk, op, DEPTHWISE_MULTIPLIER, 4, 0) > 1)
        return fail_op(walk, index, "with a depth multiplier other than 1", error);

    int fused = option(walk, op, depthwise ? DEPTHWISE_ACTIVATION : CONV_ACTIVATION, 1, 0);
    if (layer->kind == MN_LINEAR && fused != ACTIVATION_NONE)
        return fail_op(walk, index, "with an activation, but it is the classifier", error);
    if (layer->kind != MN_LINEAR && read_activation(walk, index, fused, error))
        return error->status;
    return read_weights(walk, index, error);
}

static enum mn_status read_dense(struct mn_tflite_walk *walk, int index, struct mn_error *error)
{
    const struct mn_tflite_op *op = &walk->graph->ops[index];
    if (option(walk, op, DENSE_ACTIVATION, 1, 0) != ACTIVATION_NONE ||
        option(walk, op, DENSE_FORMAT, 1, 0) != 0)
        return fail_op(walk, index, "with an activation or shuffled weights", error);
    return read_weights(walk, index, error);
}

static enum mn_status read_pool(struct mn_tflite_walk *walk, int index, struct mn_error *error)
{
    const struct mn_tflite_op *op = &walk->graph->ops[index];
    struct mn_tflite_layer *layer = &walk->layers[walk->found];
    layer->pool_width = option(walk, op, POOL_FILTER_W, 4, 0);
    layer->pool_height = option(walk, op, POOL_FILTER_H, 4, 0);
    if (layer->pool_width < 1 || layer->pool_height < 1 ||
        option(walk, op, POOL_ACTIVATION, 1, 0) != ACTIVATION_NONE)
        return fail_op(walk, index, "with a window or an activation that does not fit", error);
    return MN_OK;
}

/* MEAN over height and width: axes 1 and 2 of four, in any order. */
static enum mn_status read_mean(struct mn_tflite_walk *walk, int index, struct mn_error *error)
{
    const struct mn_tflite_op *op = &walk->graph->ops[index];
    struct mn_tflite_tensor axes = {0};
    if (op->input_count != 2)
        return fail_op(walk, index, "without its axes", error);
    if (mn_tflite_constant(walk->graph, op->inputs[1], &axes, error))
        return error->status;
    /* int32, little-endian: {1, 2} or {2, 1}; -4 … -1 count from the end */
    int seen = 0;
    for (size_t i = 0; axes.type == MN_TFLITE_INT32 && i < axes.count && i < 2; i++) {
        struct mn_flat data = {.data = axes.data, .size = axes.count * 4};
        struct mn_flat_vector vector = {.count = axes.count, .element_bytes = 4};
        int64_t axis = mn_flat_int_at(&data, vector, i);
        axis += axis < 0 ? 4 : 0;
        seen |= axis == 1 ? 1 : axis == 2 ? 2 : 4;
    }
    if (seen != 3 || axes.count != 2)
        return fail_op(walk, index, "over other axes than height and width", error);
    return MN_OK;
}

/* Operators that may stand before the first layer, between pool and classifier, or after it. */
static bool passes_through(const struct mn_tflite_walk *walk, int code)
{
    bool reshapes = code == MN_TFLITE_RESHAPE || code == MN_TFLITE_SQUEEZE;
    bool converts = code == MN_TFLITE_QUANTIZE || code == MN_TFLITE_DEQUANTIZE;
    int count = walk->pattern->layer_count;
    if (walk->found == 0)
        return converts;
    if (walk->found == count - 1) /* the pool is done */
        return reshapes;
    return walk->found == count && (reshapes || converts || code == MN_TFLITE_SOFTMAX);
}

static enum mn_status take_layer(struct mn_tflite_walk *walk, int index, struct mn_error *error)
{
    const struct mn_layer *layer = &walk->pattern->layers[walk->found];
    int code = walk->graph->ops[index].code;
    walk->layers[walk->found].op = index;

    if (layer->kind == MN_POOL && code == MN_TFLITE_AVERAGE_POOL_2D)
        return read_pool(walk, index, error);
    if (layer->kind == MN_POOL && code == MN_TFLITE_MEAN)
        return read_mean(walk, index, error);
    if (layer->kind == MN_LINEAR && code == MN_TFLITE_FULLY_CONNECTED)
        return read_dense(walk, index, error);
    bool dense = layer->kind == MN_CONV || layer->kind == MN_POINTWISE || layer->kind == MN_LINEAR;
    if ((layer->kind == MN_DEPTHWISE && code == MN_TFLITE_DEPTHWISE_CONV_2D) ||
        (dense && code == MN_TFLITE_CONV_2D))
        return read_conv(walk, index, layer, error);
    return fail_op(walk, index, "which MobileNet-V1 does not have there", error);
}

static enum mn_status take_op(struct mn_tflite_walk *walk, int index, int from,
                              struct mn_error *error)
{
    struct mn_tflite_op *op = &walk->graph->ops[index];
    if (op->used)
        return fail_op(walk, index, "in a circle; MobileNet-V1 has none", error);
    if (op->input_count < 1 || op->inputs[0] != from || op->output_count != 1)
        return fail_op(walk, index, "with operands in other places than MobileNet-V1 has", error);
    op->used = true;
    if (op->code == MN_TFLITE_SOFTMAX &&
        mn_flat_float(&walk->graph->flat, op->options, SOFTMAX_BETA, 1) != 1)
        return fail_op(walk, index, "with a beta other than 1", error);
    if (passes_through(walk, op->code))
        return MN_OK;
    if (walk->found == walk->pattern->layer_count)
        return fail_op(walk, index, "after the classifier, where MobileNet-V1 has no layer", error);
    if (take_layer(walk, index, error))
        return error->status;
    walk->found++;
    return MN_OK;
}

/* What the walk did not reach is another network beside it. */
static enum mn_status check_ends(const struct mn_tflite_walk *walk, int last,
                                 struct mn_error *error)
{
    if (walk->found < walk->pattern->layer_count)
        return mn_fail(error, MN_BAD_INPUT, "the network ends after %d layers; MobileNet-V1 has %d",
                       walk->found, walk->pattern->layer_count);
    if (last != walk->graph->output)
        return mn_fail(error, MN_BAD_INPUT, "the network's output is not its last layer");
    for (int i = 0; i < walk->graph->op_count; i++)
        if (!walk->graph->ops[i].used)
            return fail_op(walk, i, "which MobileNet-V1 does not have", error);
    if (walk->graph->flat.damaged)
        return mn_fail(error, MN_BAD_INPUT, "the TensorFlow Lite file is damaged");
    return MN_OK;
}

enum mn_status mn_tflite_follow(struct mn_tflite_walk *walk, struct mn_error *error)
{
    int current = walk->graph->input, op;
    walk->found = 0;
    if (mn_tflite_tensor(walk->graph, current, &walk->input, error))
        return error->status;
    for (;;) {
        if (find_reader(walk, current, &op, error))
            return error->status;
        if (op < 0)
            return check_ends(walk, current, error);
        if (take_op(walk, op, current, error))
            return error->status;
        current = walk->graph->ops[op].outputs[0];
    }
}
