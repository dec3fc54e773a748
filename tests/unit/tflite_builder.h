/* Writes small TensorFlow Lite files of a MobileNet-V1, right ones and ones that are wrong in one
 * place, for test_tflite.c. */
#ifndef TESTS_TFLITE_BUILDER_H
#define TESTS_TFLITE_BUILDER_H

#include <string.h>

#include "../../engine/model/tflite_graph.h"
#include "../../engine/network.h"
#include "../support.h"

/* --- a flatbuffer writer: parents first, so every offset leads forward; all fields 4 bytes --- */

struct buffer {
    uint8_t *data;
    size_t size, room;
};

static size_t reserve(struct buffer *b, size_t bytes)
{
    size_t at = b->size;
    if (b->size + bytes > b->room) {
        b->room = 2 * b->room + bytes;
        b->data = realloc(b->data, b->room);
        assert_non_null(b->data);
    }
    memset(b->data + at, 0, bytes);
    b->size += bytes;
    return at;
}

static void put(struct buffer *b, size_t at, int64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        b->data[at + (size_t)i] = (uint8_t)((uint64_t)value >> (8 * i));
}

/* Makes the offset at `at` lead to what is written next. */
static void link_next(struct buffer *b, size_t at)
{
    put(b, at, (int64_t)(b->size - at), 4);
}

static size_t table(struct buffer *b, size_t link, int fields)
{
    size_t vtable = reserve(b, (size_t)(4 + 2 * fields + 3) / 4 * 4);
    put(b, vtable, 4 + 2 * fields, 2);
    put(b, vtable + 2, 4 + 4 * fields, 2);
    for (int i = 0; i < fields; i++)
        put(b, vtable + 4 + 2 * (size_t)i, 4 + 4 * i, 2);
    link_next(b, link);
    size_t start = reserve(b, 4 + 4 * (size_t)fields);
    put(b, start, (int64_t)(start - vtable), 4);
    return start;
}

static size_t field(size_t start, int number)
{
    return start + 4 + 4 * (size_t)number;
}

static size_t vector(struct buffer *b, size_t link, size_t count, size_t element)
{
    link_next(b, link);
    put(b, reserve(b, 4), (int64_t)count, 4);
    return reserve(b, (count * element + 3) / 4 * 4);
}

/* --- a MobileNet-V1 to write --- */

enum weights { FLOATS, BYTES, HALVES };

/* What is unusual about a file. All zero: an ordinary float one. */
struct oddity {
    enum weights weights;
    bool dense, mean, plain_activation; /* FULLY_CONNECTED, MEAN, ReLU */
    int code_at, code;                  /* operator code_at - 1 has this code */
    int stride_at, padding_at, dilation_at, linear_at, relu_at; /* these operators + 1 are wrong */
    bool from_zero;                                             /* the input is 0 … 1 */
    bool no_softmax, two_inputs, branch, circle, new_code, by_channel, rectangle;
    int pool_window, channels_at;
};

enum {
    RESOLUTION = 64,
    CLASSES = 5,
    OPS = 31,            /* layers, reshape, softmax */
    CONSTANTS = 3 * OPS, /* numbers of tensors: weight, bias, and source of a HALVES weight */
    TENSORS = OPS + 1 + CONSTANTS,
};

/* Element i of layer l's weight or bias; small whole numbers, so every type holds them exactly. */
static int stored(int layer, int64_t i)
{
    return (int)((layer * 7 + i * 13 + i / 9) % 200);
}

static float real(enum weights weights, int layer, int64_t i)
{
    return weights == BYTES ? (float)(stored(layer, i) - 3) * 0.5f : (float)stored(layer, i);
}

/* Whole numbers below 2048 are exact in binary16. */
static int half_bits(int value)
{
    int exponent = 0;
    if (value == 0)
        return 0;
    while (value >> (exponent + 1))
        exponent++;
    return (exponent + 15) << 10 | ((value << (10 - exponent)) & 1023);
}

static void build_network(struct mn_network *network)
{
    const struct mn_network_spec spec = {.width = 0.01,
                                         .resolution = RESOLUTION,
                                         .classes = CLASSES,
                                         .channel_divisor = 1,
                                         .activation = MN_RELU6};
    struct mn_error error;
    assert_int_equal(mn_network_build(network, &spec, &error), MN_OK);
}

static void write_tensor(struct buffer *b, size_t link, const struct mn_shape *shape, int type,
                         int number, float scale, int zero_point, size_t scales)
{
    size_t tensor = table(b, link, scales ? 5 : 4);
    put(b, field(tensor, 1), type, 4);
    put(b, field(tensor, 2), number, 4); /* tensor and buffer have the same number */
    size_t sizes = vector(b, field(tensor, 0), (size_t)shape->rank, 4);
    for (int i = 0; i < shape->rank; i++)
        put(b, sizes + 4 * (size_t)i, shape->size[i], 4);
    char name[16];
    snprintf(name, sizeof name, "t%d", number);
    size_t text = vector(b, field(tensor, 3), strlen(name), 1);
    memcpy(b->data + text, name, strlen(name));
    if (scales) {
        uint32_t bits;
        memcpy(&bits, &scale, 4);
        size_t quantisation = table(b, field(tensor, 4), 4);
        put(b, field(quantisation, 0), 0, 4);
        size_t list = vector(b, field(quantisation, 2), scales, 4);
        for (size_t i = 0; i < scales; i++)
            put(b, list + 4 * i, bits, 4);
        put(b, vector(b, field(quantisation, 3), 1, 8), zero_point, 8);
        for (int i = 0; i < 2; i++) { /* min and max, which must be there but may be empty */
            vector(b, field(quantisation, i), 0, 4);
        }
    }
}

/* Tensor numbers: 0 … OPS are what flows; then three for each operator. */
static int constant_number(int op, int which)
{
    return OPS + 1 + 3 * op + which;
}

static struct mn_shape weight_shape(const struct mn_layer *layer, const struct oddity *odd, int op)
{
    int64_t out = layer->out_channels + (odd->channels_at == op + 1), in = layer->in_channels;
    if (layer->kind == MN_DEPTHWISE)
        return (struct mn_shape){4, {1, 3, 3, out}};
    if (layer->kind == MN_LINEAR && odd->dense)
        return (struct mn_shape){2, {out, in}};
    int64_t side = layer->kind == MN_CONV ? 3 : 1;
    return (struct mn_shape){4, {out, side, side, in}};
}

static struct mn_shape constant_shape(const struct mn_network *network, const struct oddity *odd,
                                      int op, int which)
{
    if (op >= network->layer_count)
        return (struct mn_shape){1, {0}};
    const struct mn_layer *layer = &network->layers[op];
    if (layer->kind == MN_POOL)
        return (struct mn_shape){1, {which == 0 ? 2 : 0}};
    if (which == 1)
        return (struct mn_shape){1, {layer->out_channels}};
    return weight_shape(layer, odd, op);
}

static int weight_type(const struct oddity *odd)
{
    static const int types[] = {MN_TFLITE_FLOAT32, MN_TFLITE_UINT8, MN_TFLITE_FLOAT16};
    return types[odd->weights];
}

static void write_tensors(struct buffer *b, size_t list, const struct mn_network *network,
                          const struct oddity *odd)
{
    bool bytes = odd->weights == BYTES;
    for (int i = 0; i <= OPS; i++) {
        const struct mn_shape picture = {4, {1, RESOLUTION, odd->rectangle ? 32 : RESOLUTION, 3}};
        float scale = i != 0 ? 6 / 255.0f : odd->from_zero ? 1 / 255.0f : 1 / 128.0f;
        write_tensor(b, list + 4 * (size_t)i, &picture, bytes ? MN_TFLITE_UINT8 : MN_TFLITE_FLOAT32,
                     i, scale, i == 0 && !odd->from_zero ? 128 : 0, bytes);
    }
    for (int op = 0; op < OPS; op++)
        for (int which = 0; which < 3; which++) {
            int number = constant_number(op, which);
            struct mn_shape shape = constant_shape(network, odd, op, which);
            bool pool = op == network->layer_count - 2;
            bool source = odd->weights == HALVES && which == 0; /* what DEQUANTIZE makes */
            int type = pool || (bytes && which == 1) ? MN_TFLITE_INT32
                       : which == 1 || source        ? MN_TFLITE_FLOAT32
                                                     : weight_type(odd);
            size_t scales = bytes && !pool ? (odd->by_channel && which == 0 ? 2 : 1) : 0;
            write_tensor(b, list + 4 * (size_t)number, &shape, type, number, 0.5f,
                         which == 1 ? 0 : 3, scales);
        }
}

/* Buffer 0 … OPS are empty. */
static void write_buffer(struct buffer *b, size_t link, const struct mn_network *network,
                         const struct oddity *odd, int number)
{
    size_t start = table(b, link, 1);
    int op = (number - OPS - 1) / 3, which = (number - OPS - 1) % 3;
    struct mn_shape shape = {1, {0}};
    size_t count = 0;
    bool pool = op == network->layer_count - 2;
    if (number > OPS)
        shape = constant_shape(network, odd, op, which);
    mn_shape_count(&shape, &count);
    if (!pool && which == (odd->weights == HALVES ? 0 : 2))
        count = 0;
    size_t bytes = pool || which == 1       ? 4
                   : odd->weights == BYTES  ? 1
                   : odd->weights == HALVES ? 2
                                            : 4;
    size_t data = vector(b, field(start, 0), count * bytes, 1);
    for (size_t i = 0; i < count; i++) {
        int value = pool ? 2 - (int)i : stored(op, (int64_t)i + which % 2);
        float exact = (float)value;
        uint32_t bits;
        memcpy(&bits, &exact, 4);
        bool integer = pool || odd->weights == BYTES;
        put(b, data + i * bytes,
            integer      ? value
            : bytes == 2 ? half_bits(value)
                         : (int64_t)bits,
            (int)bytes);
    }
}

/* Operator codes are numbered as they are: entry c of the list is code c. */
static int op_code(const struct mn_network *network, const struct oddity *odd, int op)
{
    static const int codes[] = {[MN_CONV] = MN_TFLITE_CONV_2D,
                                [MN_DEPTHWISE] = MN_TFLITE_DEPTHWISE_CONV_2D,
                                [MN_POINTWISE] = MN_TFLITE_CONV_2D,
                                [MN_POOL] = MN_TFLITE_AVERAGE_POOL_2D,
                                [MN_LINEAR] = MN_TFLITE_CONV_2D};
    if (odd->code_at == op + 1)
        return odd->code;
    if (op == OPS - 2)
        return MN_TFLITE_RESHAPE;
    if (op == OPS - 1)
        return MN_TFLITE_SOFTMAX;
    enum mn_layer_kind kind = network->layers[op].kind;
    if (kind == MN_LINEAR && odd->dense)
        return MN_TFLITE_FULLY_CONNECTED;
    return kind == MN_POOL && odd->mean ? MN_TFLITE_MEAN : codes[kind];
}

static void write_options(struct buffer *b, size_t link, const struct mn_layer *layer,
                          const struct oddity *odd, int op)
{
    size_t options = table(b, link, 7);
    int relu = odd->plain_activation ? 1 : odd->relu_at == op + 1 ? 0 : 3;
    if (layer->kind == MN_LINEAR) {
        put(b, field(options, odd->dense ? 0 : 3), odd->linear_at ? 3 : 0, 4);
        for (int f = 1; f < (odd->dense ? 0 : 6); f++)
            if (f != 3)
                put(b, field(options, f), 1, 4);
        return;
    }
    if (layer->kind == MN_POOL) {
        int window = odd->pool_window ? odd->pool_window : layer->in_size;
        const int values[] = {1, 2, 2, window, window, 0, 0};
        for (int f = 0; f < 7; f++)
            put(b, field(options, f), values[f], 4);
        return;
    }
    int stride = layer->stride + (odd->stride_at == op + 1);
    int padding = odd->padding_at == op + 1, dilation = 1 + (odd->dilation_at == op + 1);
    const int conv[] = {padding, stride, stride, relu, dilation, dilation, 0};
    const int depthwise[] = {padding, stride, stride, 1, relu, dilation, dilation};
    for (int f = 0; f < 7; f++)
        put(b, field(options, f), layer->kind == MN_DEPTHWISE ? depthwise[f] : conv[f], 4);
}

static void write_op(struct buffer *b, size_t link, const struct mn_network *network,
                     const struct oddity *odd, int op)
{
    bool layer = op < network->layer_count;
    bool pool = layer && network->layers[op].kind == MN_POOL;
    size_t start = table(b, link, layer ? 5 : 3);
    put(b, field(start, 0), op_code(network, odd, op), 4);
    size_t inputs = vector(b, field(start, 1), !layer ? 1 : pool ? 1 + odd->mean : 3, 4);
    put(b, inputs, odd->branch && op == 9 ? 3 : op, 4);
    if (layer && (!pool || odd->mean))
        put(b, inputs + 4, constant_number(op, 0), 4);
    if (layer && !pool)
        put(b, inputs + 8, constant_number(op, 1), 4);
    put(b, vector(b, field(start, 2), 1, 4), odd->circle && op == 12 ? 4 : op + 1, 4);
    if (layer) {
        put(b, field(start, 3), 1, 4);
        write_options(b, field(start, 4), &network->layers[op], odd, op);
    }
}

/* DEQUANTIZE of one layer's weight, for HALVES. */
static void write_dequantize(struct buffer *b, size_t link, int op)
{
    size_t start = table(b, link, 3);
    put(b, field(start, 0), MN_TFLITE_DEQUANTIZE, 4);
    put(b, vector(b, field(start, 1), 1, 4), constant_number(op, 2), 4);
    put(b, vector(b, field(start, 2), 1, 4), constant_number(op, 0), 4);
}

static void write_ops(struct buffer *b, size_t link, const struct mn_network *network,
                      const struct oddity *odd)
{
    int count = OPS - odd->no_softmax, halves = odd->weights == HALVES ? network->layer_count : 0;
    size_t list = vector(b, link, (size_t)(count + (halves ? halves - 1 : 0)), 4);
    for (int op = 0; op < count; op++)
        write_op(b, list + 4 * (size_t)op, network, odd, op);
    for (int op = 0, next = count; op < halves; op++)
        if (network->layers[op].kind != MN_POOL)
            write_dequantize(b, list + 4 * (size_t)next++, op);
}

static struct buffer build(const struct oddity *odd)
{
    struct mn_network network;
    struct buffer b = {0};
    build_network(&network);
    size_t head = reserve(&b, 8);
    memcpy(b.data + 4, "TFL3", 4);
    size_t root = table(&b, head, 5);
    put(&b, field(root, 0), 3, 4);
    size_t codes = vector(&b, field(root, 1), 131, 4);
    for (int c = 0; c < 131; c++) {
        size_t code = table(&b, codes + 4 * (size_t)c, 4);
        put(&b, field(code, 0), odd->new_code ? (c < 127 ? c : 127) : c, 4);
        put(&b, field(code, 3), odd->new_code ? c : 0, 4);
        put(&b, field(code, 2), 1, 4);
        vector(&b, field(code, 1), 0, 1);
    }
    size_t graph = table(&b, vector(&b, field(root, 2), 1, 4), 4);
    write_tensors(&b, vector(&b, field(graph, 0), TENSORS, 4), &network, odd);
    size_t inputs = vector(&b, field(graph, 1), 1 + odd->two_inputs, 4);
    put(&b, inputs, 0, 4);
    put(&b, vector(&b, field(graph, 2), 1, 4), OPS - odd->no_softmax, 4);
    write_ops(&b, field(graph, 3), &network, odd);
    vector(&b, field(root, 3), 0, 1);
    size_t buffers = vector(&b, field(root, 4), TENSORS, 4);
    for (int i = 0; i < TENSORS; i++)
        write_buffer(&b, buffers + 4 * (size_t)i, &network, odd, i);
    return b;
}

#endif
