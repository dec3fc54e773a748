"""Writes a network as TensorFlow Lite, with the schema's object API out of LiteRT's wheel.

TensorFlow's layouts: activations [batch][height][width][channels], kernels [out][height][width][in], depthwise
kernels [1][height][width][channels]. Clamp and "same" padding are options of the layer."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from network import INPUT

BUILTIN = schema.BuiltinOperator
OPERATORS = [BUILTIN.CONV_2D, BUILTIN.DEPTHWISE_CONV_2D, BUILTIN.MEAN, BUILTIN.FULLY_CONNECTED]


class Graph:
    def __init__(self):
        self.buffers, self.tensors, self.operators = [schema.BufferT()], [], []  # buffer 0: no content

    def tensor(self, name, shape, content=None, kind=schema.TensorType.FLOAT32):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), kind, 0
        if content is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(content).tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def operator(self, builtin, inputs, output, options):
        operator = schema.OperatorT()
        operator.opcodeIndex = OPERATORS.index(builtin)
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptions = options
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        self.operators.append(operator)
        return output

    def layer(self, layer, given, current):
        if layer.kind == "pool":
            options = schema.ReducerOptionsT()
            axes = self.tensor("axes", [2], np.array([1, 2], np.int32), schema.TensorType.INT32)
            output = self.tensor(layer.name, [1, layer.out_channels])
            return self.operator(BUILTIN.MEAN, [current, axes], output, options)
        weight, bias = given
        bias = self.tensor(layer.name + ".bias", bias.shape, bias)
        if layer.kind == "linear":
            weight = self.tensor(layer.name + ".weight", weight.shape, weight)
            output = self.tensor(layer.name, [1, layer.out_channels])
            return self.operator(BUILTIN.FULLY_CONNECTED, [current, weight, bias], output,
                                 schema.FullyConnectedOptionsT())
        depthwise = layer.kind == "depthwise"
        weight = weight.transpose((1, 2, 3, 0) if depthwise else (0, 2, 3, 1))
        weight = self.tensor(layer.name + ".weight", weight.shape, weight)
        options = schema.DepthwiseConv2DOptionsT() if depthwise else schema.Conv2DOptionsT()
        if depthwise:
            options.depthMultiplier = 1
        options.padding = schema.Padding.SAME
        options.strideH = options.strideW = layer.stride
        options.dilationHFactor = options.dilationWFactor = 1
        options.fusedActivationFunction = schema.ActivationFunctionType.RELU6
        output = self.tensor(layer.name, [1, layer.out_size, layer.out_size, layer.out_channels])
        return self.operator(BUILTIN.DEPTHWISE_CONV_2D if depthwise else BUILTIN.CONV_2D,
                             [current, weight, bias], output, options)


def write(path, layers, weights):
    graph = Graph()
    first = layers[0]
    begin = current = graph.tensor(INPUT, [1, first.in_size, first.in_size, first.in_channels])
    for layer, given in zip(layers, weights):
        current = graph.layer(layer, given, current)
    subgraph = schema.SubGraphT()
    subgraph.tensors, subgraph.operators = graph.tensors, graph.operators
    subgraph.inputs, subgraph.outputs = [begin], [current]
    model = schema.ModelT()
    model.version, model.subgraphs, model.buffers = 3, [subgraph], graph.buffers
    model.operatorCodes = [code(builtin) for builtin in OPERATORS]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())


def code(builtin):
    operator_code = schema.OperatorCodeT()
    operator_code.builtinCode = operator_code.deprecatedBuiltinCode = builtin
    operator_code.version = 1
    return operator_code
