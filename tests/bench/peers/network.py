"""MobileNet-V1 (arXiv 1704.04861, table 1) as a list of layers, for every writer in this folder.

Written from the paper; it shares nothing with the engine. Padding is TensorFlow's "same": a 3x3 layer of
stride 1 has a border of one pixel, one of stride 2 has it below and on the right only.
"""

from collections import namedtuple

# kind: conv, depthwise, pointwise, pool or linear; name: the stem of its tensors' names in timm's state_dict.
Layer = namedtuple("Layer", "kind name in_size in_channels out_size out_channels stride")

# Output channels at width 1, stride, and timm's number of each depthwise separable block.
BLOCKS = [(64, 1, "0.0"), (128, 2, "1.0"), (128, 1, "1.1"), (256, 2, "2.0"), (256, 1, "2.1"), (512, 2, "3.0"),
          (512, 1, "3.1"), (512, 1, "3.2"), (512, 1, "3.3"), (512, 1, "3.4"), (512, 1, "3.5"), (1024, 2, "4.0"),
          (1024, 1, "4.1")]
INPUT, OUTPUT = "input", "classifier"  # the tensors' names in the files
WIDTHS = (1, 0.75, 0.5, 0.25)
RESOLUTIONS = (224, 192, 160, 128)


def mobilenet(width, resolution, classes=1000):
    def scaled(channels):
        return max(8, int(width * channels))

    size, channels = resolution // 2, scaled(32)
    layers = [Layer("conv", "conv_stem", resolution, 3, size, channels, 2)]
    for count, stride, number in BLOCKS:
        stem = f"blocks.{number}.conv_"
        layers.append(Layer("depthwise", stem + "dw", size, channels, size // stride, channels, stride))
        size //= stride
        layers.append(Layer("pointwise", stem + "pw", size, channels, size, scaled(count), 1))
        channels = scaled(count)
    layers.append(Layer("pool", "global_pool", size, channels, 1, channels, 1))
    layers.append(Layer("linear", OUTPUT, 1, channels, 1, classes, 1))
    return layers


def trivial():
    """Next to nothing to compute: what a run of it takes is the cost of asking."""
    return [Layer("pool", "global_pool", 1, 8, 1, 8, 1), Layer("linear", OUTPUT, 1, 8, 1, 8, 1)]


def weight_shape(layer):
    """PyTorch's layout; None where there are no weights."""
    return {"conv": (layer.out_channels, layer.in_channels, 3, 3),
            "depthwise": (layer.out_channels, 1, 3, 3),
            "pointwise": (layer.out_channels, layer.in_channels, 1, 1),
            "linear": (layer.out_channels, layer.in_channels),
            "pool": None}[layer.kind]


def pads(layer):
    """Zero pixels before and after, in both directions."""
    if layer.kind not in ("conv", "depthwise"):
        return 0, 0
    return (1, 1) if layer.stride == 1 else (0, 1)


def mult_adds(layers):
    total = 0
    for layer in layers:
        per_output = {"conv": 9 * layer.in_channels, "depthwise": 9, "pool": 0}.get(layer.kind, layer.in_channels)
        total += per_output * layer.out_channels * layer.out_size ** 2
    return total
