"""Writes a network for MNN, whose format only its own converter writes: out of our ONNX file."""

import subprocess
import sys
from pathlib import Path


def write(path, onnx_path):
    converter = Path(sys.executable).with_name("mnnconvert")
    command = [converter, "-f", "ONNX", "--modelFile", onnx_path, "--MNNModel", path, "--bizCode", "bench"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 or not path.exists():
        raise RuntimeError(f"mnnconvert failed: {' '.join(done.stdout.split())[-200:]}")
