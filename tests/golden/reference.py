"""MobileNet-V1 by ONNX Runtime, and the random stream that C tests can reproduce.

Everything here is written from the paper (arXiv 1704.04861, table 1) and shares nothing with the engine: the
tests compare the two. Activations are given and returned as [height][width][channels].
"""

import math

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# Output channels at width 1 and stride of the 13 depthwise separable blocks.
BLOCKS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1),
          (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)]
FIRST_CHANNELS = 32
EPSILON = 1e-3


class Stream:
    """splitmix64, as test_random() and test_uniform() of tests/support.h."""

    def __init__(self, seed):
        self.state = np.uint64(seed)

    def random(self, count):
        step = np.uint64(0x9E3779B97F4A7C15)
        with np.errstate(over="ignore"):
            z = self.state + np.arange(1, count + 1, dtype=np.uint64) * step
            self.state = self.state + np.uint64(count) * step
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    def uniform(self, *shape):
        """float32 in [-1, 1), exact."""
        top = (self.random(math.prod(shape)) >> np.uint64(40)).astype(np.float32)
        return (top / np.float32(8388608) - np.float32(1)).reshape(shape)


def channels(width, count):
    return max(8, int(width * count))


def layers(width, classes):
    """A dict a layer: kind, name, weight shape (PyTorch's layout), stride; pool has no weight."""
    found = [dict(kind="conv", name="conv1", shape=(channels(width, FIRST_CHANNELS), 3, 3, 3), stride=2)]
    for number, (count, stride) in enumerate(BLOCKS, 1):
        before = found[-1]["shape"][0]
        found.append(dict(kind="depthwise", name=f"conv_dw_{number}", shape=(before, 1, 3, 3), stride=stride))
        found.append(dict(kind="pointwise", name=f"conv_pw_{number}",
                          shape=(channels(width, count), before, 1, 1), stride=1))
    last = found[-1]["shape"][0]
    found.append(dict(kind="pool", name="pool"))
    found.append(dict(kind="linear", name="conv_preds", shape=(classes, last)))
    return found


class Network:
    """An ONNX graph with every layer's activation as an output; batch norms are nodes of their own."""

    def __init__(self, layer_list, weights, resolution, activation, padding):
        """weights[i]: dict of weight and either gamma, beta, mean, variance or bias."""
        self.nodes, self.constants, self.outputs = [], [], []
        current = "input"
        for i, (layer, given) in enumerate(zip(layer_list, weights)):
            current = self.add_layer(f"layer{i}", current, layer, given, activation, padding)
            self.outputs.append(current)
        graph = helper.make_graph(
            self.nodes, "mobilenet_v1",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, resolution, resolution])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * (2 if layer["kind"] == "linear" else 4))
             for name, layer in zip(self.outputs, layer_list)],
            self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        # Nothing is folded or fused: the reference computes what the paper writes.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                                    providers=["CPUExecutionProvider"])

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name))
        return name

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def add_layer(self, stem, current, layer, given, activation, padding):
        if layer["kind"] == "pool":
            return self.add("GlobalAveragePool", [current], stem)
        if layer["kind"] == "linear":
            flat = self.add("Flatten", [current], stem + ".flat")
            return self.add("Gemm", [flat, self.constant(stem + ".weight", given["weight"]),
                                     self.constant(stem + ".bias", given["bias"])], stem, transB=1)
        kernel, stride = layer["shape"][2], layer["stride"]
        pads = [0, 0, 0, 0]
        if kernel == 3:
            pads = [0, 0, 1, 1] if stride == 2 and padding == "same" else [1, 1, 1, 1]
        group = layer["shape"][0] if layer["kind"] == "depthwise" else 1
        current = self.add("Conv", [current, self.constant(stem + ".weight", given["weight"])], stem + ".conv",
                           kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads, group=group)
        norm = [self.constant(f"{stem}.{part}", given[part]) for part in ("gamma", "beta", "mean", "variance")]
        current = self.add("BatchNormalization", [current] + norm, stem + ".norm", epsilon=EPSILON)
        if activation == "relu6":
            bounds = [self.constant(stem + ".lo", np.float32(0)), self.constant(stem + ".hi", np.float32(6))]
            return self.add("Clip", [current] + bounds, stem)
        return self.add("Relu", [current], stem)

    def run(self, tensor):
        """tensor [resolution][resolution][3]; a list of [height][width][channels], the last one [classes]."""
        feed = np.ascontiguousarray(tensor.transpose(2, 0, 1)[None])
        found = self.session.run(self.outputs, {"input": feed})
        return [a[0] if a.ndim == 2 else a[0].transpose(1, 2, 0) for a in found]
