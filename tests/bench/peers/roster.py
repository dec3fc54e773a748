"""Who takes part: camlabel and its peers, what to install for each, and the file that each reads."""

from collections import namedtuple

# name: of its module in contenders/; wheels: from PyPI; suffix: of the model file it reads.
Peer = namedtuple("Peer", "name wheels suffix")

CAMLABEL = Peer("camlabel", (), ".safetensors")
OURS = CAMLABEL.name
PEERS = [
    Peer("litert", ("ai-edge-litert", "flatbuffers"), ".tflite"),
    Peer("onnxruntime", ("onnxruntime",), ".onnx"),
    Peer("openvino", ("openvino",), ".onnx"),
    Peer("ncnn", ("ncnn",), ".ncnn"),
    Peer("mnn", ("MNN",), ".mnn"),
]
NOTHING = Peer("nothing", (), ".onnx")
EVERYONE_NEEDS = "numpy"
