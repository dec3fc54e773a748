"""Writes a network as ONNX. The file is one protobuf message (onnx/onnx.proto, opset 13); of protobuf's encoding
we need three things: varints, byte strings and float32s, each behind its field number."""

import struct

import numpy as np

from network import INPUT, pads

FLOAT, INT_ATTRIBUTE, INTS_ATTRIBUTE = 1, 2, 7
CLAMP = ["lowest", "highest"]


def write(path, layers, weights):
    nodes, constants = [], [tensor("lowest", np.float32(0)), tensor("highest", np.float32(6))]
    current = INPUT
    for layer, given in zip(layers, weights):
        names = [layer.name + ".weight", layer.name + ".bias"]
        if given is not None:
            constants += [tensor(name, values) for name, values in zip(names, given)]
        nodes += layer_nodes(layer, current, names)
        current = layer.name
    first, last = layers[0], layers[-1]
    graph = (b"".join(message(1, n) for n in nodes) + message(2, "mobilenet_v1")
             + b"".join(message(5, c) for c in constants)
             + message(11, value(INPUT, (1, first.in_channels, first.in_size, first.in_size)))
             + message(12, value(current, (1, last.out_channels))))
    ir_version, opset = number(1, 7), message(8, message(1, "") + number(2, 13))
    path.write_bytes(ir_version + message(7, graph) + opset)


def layer_nodes(layer, current, names):
    if layer.kind == "pool":
        flat = layer.name + ".map"
        return [node("GlobalAveragePool", [current], flat), node("Flatten", [flat], layer.name, axis=1)]
    if layer.kind == "linear":
        return [node("Gemm", [current] + names, layer.name, transB=1)]
    before, after = pads(layer)
    side = 1 if layer.kind == "pointwise" else 3
    group = layer.out_channels if layer.kind == "depthwise" else 1
    linear = layer.name + ".map"
    convolution = node("Conv", [current] + names, linear, kernel_shape=[side] * 2, strides=[layer.stride] * 2,
                       pads=[before, before, after, after], dilations=[1, 1], group=group)
    return [convolution, node("Clip", [linear] + CLAMP, layer.name)]


def varint(value):
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def attribute(name, value):
    if isinstance(value, int):
        return message(1, name) + number(3, value) + number(20, INT_ATTRIBUTE)
    return message(1, name) + b"".join(number(8, v) for v in value) + number(20, INTS_ATTRIBUTE)


def node(operator, inputs, output, **attributes):
    return (b"".join(message(1, name) for name in inputs) + message(2, output) + message(3, output)
            + message(4, operator) + b"".join(message(5, attribute(*item)) for item in attributes.items()))


def tensor(name, values):
    raw = struct.pack("<f", values) if values.ndim == 0 else values.astype("<f4").tobytes()
    return b"".join(number(1, d) for d in values.shape) + number(2, FLOAT) + message(8, name) + message(9, raw)


def value(name, shape):
    dimensions = b"".join(message(1, number(1, d)) for d in shape)
    return message(1, name) + message(2, message(1, number(1, FLOAT) + message(2, dimensions)))
