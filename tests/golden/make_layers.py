#!/usr/bin/env python3
"""Makes layers.bin: what ONNX Runtime computes in every layer of 16 random MobileNets.

    make_layers.py            writes layers.bin beside this script
    make_layers.py --check    computes again and compares with the file

The networks: width 1, 0.75, 0.5, 0.25 by resolution 224, 192, 160, 128, in this order; 1001 classes. Network n
pads SAME where n + n / 4 is even, else symmetrically, and has ReLU6 where n / 2 is even, else ReLU.

Network n draws from Stream(SEED + n), u being the next uniform number, all arithmetic float32:
    input     [resolution][resolution][3]: u
    each layer with weights, in order:
      weight  u * float32(sqrt(6 / fan_in)), fan_in = inputs of one output; PyTorch's layout, see engine/model/model.h
      gamma   1 + u / 4; then beta u / 2; mean u / 4; variance 1 + u / 2: each [out]. The linear layer: bias u
    each layer, pool and linear too: SAMPLES places: y, x, channel = random() % size each, but the first four are
      in the corners: (y, x) = (0, 0), (0, end), (end, 0), (end, end)

layers.bin is little-endian float32: networks, layers, samples, classes; for each network: width, resolution,
1 for ReLU6, 1 for symmetric padding, and for each layer the largest absolute value and the samples; then all
logits of network 0.
"""

import argparse
import math
import pathlib
import sys

import numpy as np

import reference

FILE = pathlib.Path(__file__).parent / "layers.bin"
SEED, SAMPLES, CLASSES = 20170417, 24, 1001
WIDTHS, RESOLUTIONS = (1.0, 0.75, 0.5, 0.25), (224, 192, 160, 128)


def draw_weights(stream, layer):
    if "shape" not in layer:
        return {}
    shape = layer["shape"]
    scale = np.float32(math.sqrt(6.0 / math.prod(shape[1:])))
    given = dict(weight=stream.uniform(*shape) * scale)
    if layer["kind"] == "linear":
        given["bias"] = stream.uniform(shape[0])
        return given
    one, half, quarter = np.float32(1), np.float32(0.5), np.float32(0.25)
    given["gamma"] = one + stream.uniform(shape[0]) * quarter
    given["beta"] = stream.uniform(shape[0]) * half
    given["mean"] = stream.uniform(shape[0]) * quarter
    given["variance"] = one + stream.uniform(shape[0]) * half
    return given


def samples(stream, activation):
    height, width, depth = activation.shape
    places = stream.random(3 * SAMPLES).reshape(SAMPLES, 3) % np.array([height, width, depth], dtype=np.uint64)
    places[:4, 0] = [0, 0, height - 1, height - 1]
    places[:4, 1] = [0, width - 1, 0, width - 1]
    y, x, channel = places.astype(np.int64).T
    return activation[y, x, channel]


def evaluate(number, width, resolution):
    """The numbers of one network for the file, and its logits."""
    activation = "relu6" if number // 2 % 2 == 0 else "relu"
    padding = "same" if (number + number // 4) % 2 == 0 else "symmetric"
    stream = reference.Stream(SEED + number)
    tensor = stream.uniform(resolution, resolution, 3)
    layers = reference.layers(width, CLASSES)
    weights = [draw_weights(stream, layer) for layer in layers]
    outputs = reference.Network(layers, weights, resolution, activation, padding).run(tensor)
    numbers = [width, resolution, activation == "relu6", padding == "symmetric"]
    for output in outputs:
        numbers += [np.abs(output).max(), *samples(stream, output.reshape((1,) * (3 - output.ndim) + output.shape))]
    largest = [float(np.abs(output).max()) for output in outputs]
    print(f"width {width} resolution {resolution} {activation} {padding}: largest value of a layer "
          f"{min(largest):.3g} to {max(largest):.3g}", flush=True)
    return numbers, outputs[-1]


def make():
    numbers = [len(WIDTHS) * len(RESOLUTIONS), len(reference.layers(1.0, CLASSES)), SAMPLES, CLASSES]
    pairs = [(width, resolution) for width in WIDTHS for resolution in RESOLUTIONS]
    all_logits = []
    for number, (width, resolution) in enumerate(pairs):
        found, logits = evaluate(number, width, resolution)
        numbers += found
        all_logits.append(logits)
    return np.concatenate([np.array(numbers, dtype="<f4"), all_logits[0].astype("<f4")])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    check = parser.parse_args().check
    found = make()
    if not check:
        FILE.write_bytes(found.tobytes())
        return 0
    stored = np.fromfile(FILE, dtype="<f4")
    if stored.shape != found.shape or not np.allclose(stored, found, rtol=1e-4, atol=1e-4):
        print(f"{FILE} differs from what this script computes", file=sys.stderr)
        return 1
    print(f"{FILE} is what this script computes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
