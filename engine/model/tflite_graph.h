/* The parts of a TensorFlow Lite file (schema version 3, tensorflow/lite/schema/schema.fbs) that an
 * importer needs: the operators of its one graph, and its tensors with their constants. It checks
 * that they are well-formed; what network they make is for tflite.h. */
#ifndef MN_TFLITE_GRAPH_H
#define MN_TFLITE_GRAPH_H

#include "../base/error.h"
#include "flatbuffer.h"
#include "shape.h"

/* BuiltinOperator: those that a MobileNet-V1 can have. */
enum mn_tflite_code {
    MN_TFLITE_AVERAGE_POOL_2D = 1,
    MN_TFLITE_CONV_2D = 3,
    MN_TFLITE_DEPTHWISE_CONV_2D = 4,
    MN_TFLITE_DEQUANTIZE = 6,
    MN_TFLITE_FULLY_CONNECTED = 9,
    MN_TFLITE_RESHAPE = 22,
    MN_TFLITE_SOFTMAX = 25,
    MN_TFLITE_CUSTOM = 32,
    MN_TFLITE_MEAN = 40,
    MN_TFLITE_SQUEEZE = 43,
    MN_TFLITE_QUANTIZE = 114,
};

/* TensorType: those that can be read. */
enum mn_tflite_type {
    MN_TFLITE_FLOAT32 = 0,
    MN_TFLITE_FLOAT16 = 1,
    MN_TFLITE_INT32 = 2,
    MN_TFLITE_UINT8 = 3,
};

enum {
    MN_TFLITE_MAX_OPS = 256,    /* MobileNet-V1 has some 31, and with float16 weights 85 */
    MN_TFLITE_MAX_OPERANDS = 8, /* of one operator */
    MN_TFLITE_NAME = 64,
};

struct mn_tflite_op {
    int code;
    char name[MN_TFLITE_NAME];          /* as the schema has it: "CONV_2D" */
    int input_count, output_count;      /* of the two below */
    int inputs[MN_TFLITE_MAX_OPERANDS]; /* tensor numbers; -1 where an optional one is left out */
    int outputs[MN_TFLITE_MAX_OPERANDS];
    struct mn_flat_table options;
    bool used; /* for the importer's walk */
};

struct mn_tflite_tensor {
    char name[MN_TFLITE_NAME];
    struct mn_shape shape;
    int type;
    const uint8_t *data; /* in the file's bytes; NULL if it is not a constant */
    size_t count;        /* elements */
    bool quantised;      /* per tensor: real = (stored - zero_point) * scale */
    float scale;
    int64_t zero_point;
};

struct mn_tflite_graph {
    struct mn_flat flat;
    struct mn_flat_vector tensors, buffers;
    int input, output; /* tensor numbers */
    int op_count;
    struct mn_tflite_op ops[MN_TFLITE_MAX_OPS];
};

/* `data` is borrowed and must outlive the graph, which owns nothing. Errors: MN_BAD_INPUT. */
enum mn_status mn_tflite_open(struct mn_tflite_graph *graph, const uint8_t *data, size_t size,
                              struct mn_error *error);

/* Reads one tensor. Errors: MN_BAD_INPUT if it is not there, not well-formed, or quantised by
 * channel. */
enum mn_status mn_tflite_tensor(struct mn_tflite_graph *graph, int number,
                                struct mn_tflite_tensor *tensor, struct mn_error *error);

/* The same for a constant, which may hide behind a DEQUANTIZE operator (marked used then).
 * Errors: MN_BAD_INPUT also if it is no constant. */
enum mn_status mn_tflite_constant(struct mn_tflite_graph *graph, int number,
                                  struct mn_tflite_tensor *tensor, struct mn_error *error);

/* All values of a constant as float32, dequantised. Errors: MN_BAD_INPUT for other types. */
enum mn_status mn_tflite_floats(const struct mn_tflite_tensor *tensor, float *values,
                                struct mn_error *error);

#endif
