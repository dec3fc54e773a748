"""Writes a network as camlabel's own model file; engine/model/safetensors.h and metadata.h say what is in it."""

import json
import struct


def write(path, layers, weights, width):
    header, tensors, end = {"__metadata__": metadata(layers, width)}, [], 0
    for layer, given in zip(layers, weights):
        for leaf, values in zip(("weight", "bias"), given or ()):
            begin, end = end, end + values.nbytes
            header[f"{layer.name}.{leaf}"] = {"dtype": "F32", "shape": values.shape, "data_offsets": [begin, end]}
            tensors.append(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors:
            file.write(values.astype("<f4").tobytes())


def metadata(layers, width):
    """Every value is a string."""
    return {"format": "camlabel-1", "architecture": "mobilenet_v1", "width": str(width), "channel_divisor": "1",
            "resolution": str(layers[0].in_size), "classes": str(layers[-1].out_channels), "activation": "relu6",
            "padding": "same", "norm_epsilon": "0.001", "fit": "crop", "crop_fraction": "0.875",
            "mean": "[0.5,0.5,0.5]", "std": "[0.5,0.5,0.5]", "background": "false", "name": "random",
            "origin": "random weights, made by tests/bench/peers"}
