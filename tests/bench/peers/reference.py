"""The network in float64 by NumPy: what every contender's logits must agree with before it is timed."""

import numpy as np

from network import pads


def logits(layers, weights, tensor):
    """tensor [height][width][channels]; the result [classes]."""
    x = tensor.astype(np.float64)
    for layer, given in zip(layers, weights):
        if layer.kind == "pool":
            x = x.mean(axis=(0, 1))
            continue
        weight, bias = (part.astype(np.float64) for part in given)
        if layer.kind == "linear":
            x = weight @ x + bias
            continue
        x = np.clip(convolved(layer, weight, x) + bias, 0, 6)
    return x


def convolved(layer, weight, x):
    if layer.kind == "pointwise":
        return x @ weight[:, :, 0, 0].T
    x = np.pad(x, (pads(layer), pads(layer), (0, 0)))
    total = np.zeros((layer.out_size, layer.out_size, layer.out_channels))
    reach = layer.stride * (layer.out_size - 1) + 1
    for row in range(3):
        for column in range(3):
            pixels = x[row:row + reach:layer.stride, column:column + reach:layer.stride]
            tap = weight[:, :, row, column]
            total += pixels * tap[:, 0] if layer.kind == "depthwise" else pixels @ tap.T
    return total
