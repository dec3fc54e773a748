#!/usr/bin/env python3
"""Makes keras.bin: logits of Keras' MobileNet-V1 0.25/128 (mobilenet_v1_0.25_128_keras.h5) by ONNX Runtime.

    keras.py DATA            writes keras.bin beside this script; DATA is the data folder
    keras.py DATA --check    computes again and compares with the file

The weights are read by h5py and the graph is built from the paper: stride 2 pads one pixel below and right, epsilon
is 1e-3, ReLU6, and the logits are taken before the softmax.

Input n, [128][128][3], is drawn from Stream(SEED + n), all arithmetic float32: a grid of 9 x 9 x 3 uniform numbers g,
then 128 x 128 x 3 of noise. With cy, cx = y / 16, x / 16 and fy, fx the remainders,
    a = g[cy][cx] * (16 - fx) + g[cy][cx + 1] * fx            b = the same in row cy + 1
    value = (a * (16 - fy) + b * fy) / 256 + noise / 8
so that there are blobs for the deep layers and detail for the first ones.

keras.bin is little-endian float32: inputs, classes, then the logits [inputs][classes].
"""

import argparse
import pathlib
import sys

import h5py
import numpy as np

import reference

FILE = pathlib.Path(__file__).parent / "keras.bin"
SEED, INPUTS, RESOLUTION, CLASSES, CELL = 1704, 4, 128, 1000, 16


def make_input(number):
    stream = reference.Stream(SEED + number)
    grid = stream.uniform(RESOLUTION // CELL + 1, RESOLUTION // CELL + 1, 3)
    noise = stream.uniform(RESOLUTION, RESOLUTION, 3)
    place = np.arange(RESOLUTION)
    cell, part = place // CELL, (place % CELL).astype(np.float32)
    fx, fy, size = part[None, :, None], part[:, None, None], np.float32(CELL)
    above, below = grid[cell], grid[cell + 1]
    a = above[:, cell] * (size - fx) + above[:, cell + 1] * fx
    b = below[:, cell] * (size - fx) + below[:, cell + 1] * fx
    return (a * (size - fy) + b * fy) / (size * size) + noise / np.float32(8)


def read_weights(path, layers):
    """A dict a layer, in PyTorch's layouts."""
    found = {}
    with h5py.File(path) as file:
        def remember(name, item):
            if isinstance(item, h5py.Dataset):
                layer, _, part = name.removeprefix("model_weights/").split("/")
                found[layer, part.removesuffix(":0")] = item[()]
        file.visititems(remember)
    weights = []
    for layer in layers:
        name, kind = layer["name"], layer["kind"]
        if kind == "pool":
            weights.append({})
        elif kind == "linear":
            weights.append(dict(weight=found[name, "kernel"][0, 0].T, bias=found[name, "bias"]))
        else:
            order = (2, 3, 0, 1) if kind == "depthwise" else (3, 2, 0, 1)
            kernel = found[name, "depthwise_kernel" if kind == "depthwise" else "kernel"].transpose(order)
            norm = {ours: found[name + "_bn", theirs] for ours, theirs in
                    dict(gamma="gamma", beta="beta", mean="moving_mean", variance="moving_variance").items()}
            weights.append(dict(weight=kernel, **norm))
    for layer, given in zip(layers, weights):
        assert "shape" not in layer or given["weight"].shape == layer["shape"], layer
    return weights


def make(data):
    layers = reference.layers(0.25, CLASSES)
    weights = read_weights(data / "weights/mobilenet_v1_0.25_128_keras.h5", layers)
    network = reference.Network(layers, weights, RESOLUTION, "relu6", "same")
    logits = [network.run(make_input(number))[-1] for number in range(INPUTS)]
    for number, values in enumerate(logits):
        print(f"input {number}: class {values.argmax()} first, logits {values.min():.3f} to {values.max():.3f}")
    return np.concatenate([[INPUTS, CLASSES], *logits]).astype("<f4")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    arguments = parser.parse_args()
    found = make(arguments.data)
    if not arguments.check:
        FILE.write_bytes(found.tobytes())
        return 0
    stored = np.fromfile(FILE, dtype="<f4")
    if stored.shape != found.shape or not np.allclose(stored, found, rtol=0, atol=1e-4):
        print(f"{FILE} differs from what this script computes", file=sys.stderr)
        return 1
    print(f"{FILE} is what this script computes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
