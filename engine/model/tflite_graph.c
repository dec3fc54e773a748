#include "tflite_graph.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"

/* Field numbers of the tables, from schema.fbs. */
enum { MODEL_OPERATOR_CODES = 1, MODEL_SUBGRAPHS = 2, MODEL_BUFFERS = 4 };
enum { CODE_DEPRECATED = 0, CODE_CUSTOM = 1, CODE_BUILTIN = 3 };
enum { GRAPH_TENSORS = 0, GRAPH_INPUTS = 1, GRAPH_OUTPUTS = 2, GRAPH_OPERATORS = 3 };
enum { OP_CODE = 0, OP_INPUTS = 1, OP_OUTPUTS = 2, OP_OPTIONS = 4 };
enum { TENSOR_SHAPE = 0, TENSOR_TYPE = 1, TENSOR_BUFFER = 2, TENSOR_NAME = 3, TENSOR_QUANT = 4 };
enum { QUANT_SCALE = 2, QUANT_ZERO_POINT = 3 };
enum { BUFFER_DATA = 0 };

static enum mn_status fail_damaged(struct mn_error *error)
{
    return mn_fail(error, MN_BAD_INPUT,
                   "the TensorFlow Lite file is damaged or incomplete: an offset leads outside it");
}

/* For messages. The numbers are the schema's; a newer operator shows as its number. */
static const char *builtin_name(int64_t code)
{
    static const char *const names[] = {"ADD",
                                        "AVERAGE_POOL_2D",
                                        "CONCATENATION",
                                        "CONV_2D",
                                        "DEPTHWISE_CONV_2D",
                                        "DEPTH_TO_SPACE",
                                        "DEQUANTIZE",
                                        "EMBEDDING_LOOKUP",
                                        "FLOOR",
                                        "FULLY_CONNECTED",
                                        "HASHTABLE_LOOKUP",
                                        "L2_NORMALIZATION",
                                        "L2_POOL_2D",
                                        "LOCAL_RESPONSE_NORMALIZATION",
                                        "LOGISTIC",
                                        "LSH_PROJECTION",
                                        "LSTM",
                                        "MAX_POOL_2D",
                                        "MUL",
                                        "RELU",
                                        "RELU_N1_TO_1",
                                        "RELU6",
                                        "RESHAPE",
                                        "RESIZE_BILINEAR",
                                        "RNN",
                                        "SOFTMAX",
                                        "SPACE_TO_DEPTH",
                                        "SVDF",
                                        "TANH",
                                        "CONCAT_EMBEDDINGS",
                                        "SKIP_GRAM",
                                        "CALL",
                                        "CUSTOM",
                                        "EMBEDDING_LOOKUP_SPARSE",
                                        "PAD",
                                        "UNIDIRECTIONAL_SEQUENCE_RNN",
                                        "GATHER",
                                        "BATCH_TO_SPACE_ND",
                                        "SPACE_TO_BATCH_ND",
                                        "TRANSPOSE",
                                        "MEAN",
                                        "SUB",
                                        "DIV",
                                        "SQUEEZE",
                                        "UNIDIRECTIONAL_SEQUENCE_LSTM",
                                        "STRIDED_SLICE",
                                        "BIDIRECTIONAL_SEQUENCE_RNN",
                                        "EXP",
                                        "TOPK_V2",
                                        "SPLIT",
                                        "LOG_SOFTMAX",
                                        "DELEGATE",
                                        "BIDIRECTIONAL_SEQUENCE_LSTM",
                                        "CAST",
                                        "PRELU",
                                        "MAXIMUM",
                                        "ARG_MAX",
                                        "MINIMUM",
                                        "LESS",
                                        "NEG",
                                        "PADV2",
                                        "GREATER",
                                        "GREATER_EQUAL",
                                        "LESS_EQUAL",
                                        "SELECT",
                                        "SLICE",
                                        "SIN",
                                        "TRANSPOSE_CONV",
                                        "SPARSE_TO_DENSE",
                                        "TILE",
                                        "EXPAND_DIMS",
                                        "EQUAL",
                                        "NOT_EQUAL",
                                        "LOG",
                                        "SUM",
                                        "SQRT",
                                        "RSQRT",
                                        "SHAPE",
                                        "POW",
                                        "ARG_MIN",
                                        "FAKE_QUANT",
                                        "REDUCE_PROD",
                                        "REDUCE_MAX",
                                        "PACK",
                                        "LOGICAL_OR",
                                        "ONE_HOT",
                                        "LOGICAL_AND",
                                        "LOGICAL_NOT",
                                        "UNPACK",
                                        "REDUCE_MIN",
                                        "FLOOR_DIV",
                                        "REDUCE_ANY",
                                        "SQUARE",
                                        "ZEROS_LIKE",
                                        "FILL",
                                        "FLOOR_MOD",
                                        "RANGE",
                                        "RESIZE_NEAREST_NEIGHBOR",
                                        "LEAKY_RELU",
                                        "SQUARED_DIFFERENCE",
                                        "MIRROR_PAD",
                                        "ABS",
                                        "SPLIT_V",
                                        "UNIQUE",
                                        "CEIL",
                                        "REVERSE_V2",
                                        "ADD_N",
                                        "GATHER_ND",
                                        "COS",
                                        "WHERE",
                                        "RANK",
                                        "ELU",
                                        "REVERSE_SEQUENCE",
                                        "MATRIX_DIAG",
                                        "QUANTIZE",
                                        "MATRIX_SET_DIAG",
                                        "ROUND",
                                        "HARD_SWISH"};
    return code >= 0 && code < (int64_t)(sizeof names / sizeof *names) ? names[code] : NULL;
}

/* For messages: what is not plain ASCII shows as '?'. */
static void copy_text(const struct mn_flat *flat, struct mn_flat_vector text,
                      char to[MN_TFLITE_NAME])
{
    size_t length = text.count < MN_TFLITE_NAME - 1 ? text.count : MN_TFLITE_NAME - 1;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = flat->data[text.start + i];
        to[i] = byte >= ' ' && byte < 127 ? (char)byte : '?';
    }
    to[length] = '\0';
}

/* Old files have the code in a byte, which ends at 127; newer ones have it in a second field, too.
 */
static void read_code(struct mn_flat *flat, struct mn_flat_table code, struct mn_tflite_op *op)
{
    int64_t old = mn_flat_int(flat, code, CODE_DEPRECATED, 1, 0);
    int64_t builtin = mn_flat_int(flat, code, CODE_BUILTIN, 4, 0);
    op->code = (int)(builtin > old ? builtin : old);
    if (op->code == MN_TFLITE_CUSTOM)
        copy_text(flat, mn_flat_vector(flat, code, CODE_CUSTOM, 1), op->name);
    else if (builtin_name(op->code))
        snprintf(op->name, sizeof op->name, "%s", builtin_name(op->code));
    else
        snprintf(op->name, sizeof op->name, "number %d", op->code);
}

/* Tensor numbers of an operator. False if there are too many. */
static bool read_operands(struct mn_flat *flat, struct mn_flat_table op, int field,
                          int operands[MN_TFLITE_MAX_OPERANDS], int *count)
{
    struct mn_flat_vector vector = mn_flat_vector(flat, op, field, 4);
    if (vector.count > MN_TFLITE_MAX_OPERANDS)
        return false;
    *count = (int)vector.count;
    for (size_t i = 0; i < vector.count; i++)
        operands[i] = (int)mn_flat_int_at(flat, vector, i);
    return true;
}

static enum mn_status read_op(struct mn_tflite_graph *graph, struct mn_flat_table table,
                              struct mn_flat_vector codes, int index, struct mn_error *error)
{
    struct mn_tflite_op *op = &graph->ops[index];
    int64_t code = mn_flat_int(&graph->flat, table, OP_CODE, 4, 0);
    if (code < 0 || (uint64_t)code >= codes.count)
        return mn_fail(error, MN_BAD_INPUT, "operator %d has no valid operator code", index);
    read_code(&graph->flat, mn_flat_table_at(&graph->flat, codes, (size_t)code), op);
    op->options = mn_flat_table(&graph->flat, table, OP_OPTIONS);
    if (!read_operands(&graph->flat, table, OP_INPUTS, op->inputs, &op->input_count) ||
        !read_operands(&graph->flat, table, OP_OUTPUTS, op->outputs, &op->output_count))
        return mn_fail(error, MN_BAD_INPUT,
                       "operator %d is %s with more operands than MobileNet-V1 needs", index,
                       op->name);
    return graph->flat.damaged ? fail_damaged(error) : MN_OK;
}

static enum mn_status read_ends(struct mn_tflite_graph *graph, struct mn_flat_table subgraph,
                                struct mn_error *error)
{
    struct mn_flat_vector inputs = mn_flat_vector(&graph->flat, subgraph, GRAPH_INPUTS, 4);
    struct mn_flat_vector outputs = mn_flat_vector(&graph->flat, subgraph, GRAPH_OUTPUTS, 4);
    if (graph->flat.damaged)
        return fail_damaged(error);
    if (inputs.count != 1 || outputs.count != 1)
        return mn_fail(error, MN_BAD_INPUT,
                       "the network has %zu inputs and %zu outputs; MobileNet-V1 has one of each",
                       inputs.count, outputs.count);
    graph->input = (int)mn_flat_int_at(&graph->flat, inputs, 0);
    graph->output = (int)mn_flat_int_at(&graph->flat, outputs, 0);
    return MN_OK;
}

enum mn_status mn_tflite_open(struct mn_tflite_graph *graph, const uint8_t *data, size_t size,
                              struct mn_error *error)
{
    *graph = (struct mn_tflite_graph){.flat = {.data = data, .size = size}};
    struct mn_flat *flat = &graph->flat;
    struct mn_flat_table root = mn_flat_root(flat);
    struct mn_flat_vector codes = mn_flat_vector(flat, root, MODEL_OPERATOR_CODES, 4);
    struct mn_flat_vector subgraphs = mn_flat_vector(flat, root, MODEL_SUBGRAPHS, 4);
    graph->buffers = mn_flat_vector(flat, root, MODEL_BUFFERS, 4);
    if (flat->damaged)
        return fail_damaged(error);
    if (subgraphs.count != 1)
        return mn_fail(error, MN_BAD_INPUT, "the file has %zu graphs; MobileNet-V1 has one",
                       subgraphs.count);

    struct mn_flat_table subgraph = mn_flat_table_at(flat, subgraphs, 0);
    struct mn_flat_vector ops = mn_flat_vector(flat, subgraph, GRAPH_OPERATORS, 4);
    graph->tensors = mn_flat_vector(flat, subgraph, GRAPH_TENSORS, 4);
    if (read_ends(graph, subgraph, error))
        return error->status;
    if (ops.count > MN_TFLITE_MAX_OPS)
        return mn_fail(error, MN_BAD_INPUT, "%zu operators are more than MobileNet-V1 has",
                       ops.count);
    graph->op_count = (int)ops.count;
    for (int i = 0; i < graph->op_count; i++)
        if (read_op(graph, mn_flat_table_at(flat, ops, (size_t)i), codes, i, error))
            return error->status;
    return MN_OK;
}

static size_t type_bytes(int type)
{
    switch (type) {
    case MN_TFLITE_FLOAT32:
    case MN_TFLITE_INT32:
        return 4;
    case MN_TFLITE_FLOAT16:
        return 2;
    case MN_TFLITE_UINT8:
        return 1;
    default:
        return 0;
    }
}

static enum mn_status read_quantisation(struct mn_flat *flat, struct mn_flat_table table,
                                        struct mn_tflite_tensor *tensor, struct mn_error *error)
{
    struct mn_flat_vector scale = mn_flat_vector(flat, table, QUANT_SCALE, 4);
    struct mn_flat_vector zero_point = mn_flat_vector(flat, table, QUANT_ZERO_POINT, 8);
    if (flat->damaged)
        return fail_damaged(error);
    if (scale.count == 0)
        return MN_OK;
    if (scale.count > 1 || zero_point.count > 1)
        return mn_fail(error, MN_BAD_INPUT,
                       "tensor %s is quantised per channel; only per tensor can be read",
                       tensor->name);
    tensor->quantised = true;
    tensor->scale = mn_flat_float_at(flat, scale, 0);
    tensor->zero_point = zero_point.count ? mn_flat_int_at(flat, zero_point, 0) : 0;
    if (!(tensor->scale > 0) || !isfinite(tensor->scale) || tensor->zero_point < -255 ||
        tensor->zero_point > 255)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s has no valid quantisation", tensor->name);
    return MN_OK;
}

static enum mn_status read_shape(struct mn_flat *flat, struct mn_flat_table table,
                                 struct mn_tflite_tensor *tensor, struct mn_error *error)
{
    struct mn_flat_vector sizes = mn_flat_vector(flat, table, TENSOR_SHAPE, 4);
    bool valid = sizes.count <= MN_MAX_RANK;
    if (valid) {
        tensor->shape.rank = (int)sizes.count;
        for (size_t i = 0; i < sizes.count; i++)
            tensor->shape.size[i] = mn_flat_int_at(flat, sizes, i);
        valid = mn_shape_count(&tensor->shape, &tensor->count);
    }
    return valid ? MN_OK
                 : mn_fail(error, MN_BAD_INPUT, "tensor %s has no valid shape", tensor->name);
}

static enum mn_status read_data(struct mn_tflite_graph *graph, struct mn_flat_table table,
                                struct mn_tflite_tensor *tensor, struct mn_error *error)
{
    struct mn_flat *flat = &graph->flat;
    int64_t number = mn_flat_int(flat, table, TENSOR_BUFFER, 4, 0);
    if (number < 0 || (uint64_t)number >= graph->buffers.count)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s has no valid buffer", tensor->name);
    struct mn_flat_table buffer = mn_flat_table_at(flat, graph->buffers, (size_t)number);
    struct mn_flat_vector data = mn_flat_vector(flat, buffer, BUFFER_DATA, 1);
    if (flat->damaged)
        return fail_damaged(error);
    if (data.count == 0)
        return MN_OK;

    size_t bytes = type_bytes(tensor->type);
    if (!bytes)
        return mn_fail(error, MN_BAD_INPUT,
                       "tensor %s has type %d; float32, float16, int32 and uint8 can be read",
                       tensor->name, tensor->type);
    if (__builtin_mul_overflow(bytes, tensor->count, &bytes) || bytes != data.count)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s has %zu bytes, which is not its shape",
                       tensor->name, data.count);
    tensor->data = flat->data + data.start;
    return MN_OK;
}

enum mn_status mn_tflite_tensor(struct mn_tflite_graph *graph, int number,
                                struct mn_tflite_tensor *tensor, struct mn_error *error)
{
    struct mn_flat *flat = &graph->flat;
    *tensor = (struct mn_tflite_tensor){0};
    if (number < 0 || (size_t)number >= graph->tensors.count)
        return mn_fail(error, MN_BAD_INPUT, "an operator uses tensor %d, which is not there",
                       number);
    struct mn_flat_table table = mn_flat_table_at(flat, graph->tensors, (size_t)number);
    copy_text(flat, mn_flat_vector(flat, table, TENSOR_NAME, 1), tensor->name);
    tensor->type = (int)mn_flat_int(flat, table, TENSOR_TYPE, 1, 0);
    if (flat->damaged)
        return fail_damaged(error);
    if (read_shape(flat, table, tensor, error) ||
        read_quantisation(flat, mn_flat_table(flat, table, TENSOR_QUANT), tensor, error))
        return error->status;
    return read_data(graph, table, tensor, error);
}

enum mn_status mn_tflite_constant(struct mn_tflite_graph *graph, int number,
                                  struct mn_tflite_tensor *tensor, struct mn_error *error)
{
    if (mn_tflite_tensor(graph, number, tensor, error))
        return error->status;
    for (int i = 0; i < graph->op_count && !tensor->data; i++) {
        struct mn_tflite_op *op = &graph->ops[i];
        if (op->code != MN_TFLITE_DEQUANTIZE || op->input_count != 1 || op->output_count != 1 ||
            op->outputs[0] != number)
            continue;
        op->used = true;
        if (mn_tflite_tensor(graph, op->inputs[0], tensor, error))
            return error->status;
        break;
    }
    if (!tensor->data)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s should be a constant and has no data",
                       tensor->name);
    return MN_OK;
}

enum mn_status mn_tflite_floats(const struct mn_tflite_tensor *tensor, float *values,
                                struct mn_error *error)
{
    bool integer = tensor->type == MN_TFLITE_INT32 || tensor->type == MN_TFLITE_UINT8;
    if (integer && !tensor->quantised)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s is of integers without a scale",
                       tensor->name);
    struct mn_source source =
        mn_source_memory(tensor->data, tensor->count * type_bytes(tensor->type));
    if (!integer) {
        bool half = tensor->type == MN_TFLITE_FLOAT16;
        struct mn_numbers numbers = {.source = source, .type = half ? MN_FLOAT16 : MN_FLOAT32};
        return mn_numbers_read(&numbers, 0, tensor->count, values, error);
    }
    if (tensor->type == MN_TFLITE_UINT8) {
        for (size_t i = 0; i < tensor->count; i++)
            values[i] = (float)(tensor->data[i] - tensor->zero_point) * tensor->scale;
        return MN_OK;
    }
    for (size_t i = 0; i < tensor->count; i++) {
        int32_t stored;
        memcpy(&stored, tensor->data + i * sizeof stored, sizeof stored);
        /* of a bias: up to 2^31, so the difference is taken in double */
        values[i] = (float)((double)(stored - tensor->zero_point) * (double)tensor->scale);
    }
    return MN_OK;
}
