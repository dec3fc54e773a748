"""Random weights. Batch norm counts as folded in already: a weight and a bias a layer.

He et al. 2015 (arXiv 1502.01852): with a variance of 2 / fan-in activations keep their size through ReLU
layers, so there are no denormals, which would slow some contenders down, and few values at the clamp.
"""

import math

import numpy as np

from network import weight_shape


def make(layers, seed=1):
    """A (weight, bias) of float32 for each layer, in PyTorch's layout; None for those without weights."""
    random = np.random.default_rng(seed)
    return [None if weight_shape(layer) is None else one_layer(layer, random) for layer in layers]


def one_layer(layer, random):
    shape = weight_shape(layer)
    gain = 1 if layer.kind == "linear" else 2
    weight = random.standard_normal(shape, dtype=np.float32) * np.float32(math.sqrt(gain / math.prod(shape[1:])))
    return weight, random.standard_normal(shape[0], dtype=np.float32) * np.float32(0.1)


def make_input(layers, seed=2):
    """[height][width][channels] in [-1, 1)."""
    first = layers[0]
    values = np.random.default_rng(seed).random((first.in_size, first.in_size, first.in_channels), dtype=np.float32)
    return 2 * values - 1
