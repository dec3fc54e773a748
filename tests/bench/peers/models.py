"""The files of one network for all contenders, the input, and the answer that they must give."""

import numpy as np

import onnx_writer
import reference
import safetensors_writer
import weights

# A half-precision shortcut anywhere shows as about 1e-3 of the largest logit; float32 as about 1e-6.
TOLERANCE = 1e-4


class Models:
    """path(suffix) is written when it is first asked for; remove() takes all of it off the disk."""

    def __init__(self, folder, layers, width):
        self.layers, self.width, self.folder = layers, width, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.side = layers[0].in_size
        self.weights = weights.make(layers)
        tensor = weights.make_input(layers)
        self.input = folder / "input.f32"
        tensor.tofile(self.input)
        self.answer = reference.logits(layers, self.weights, tensor)

    def path(self, suffix):
        path = self.folder / ("model" + suffix)
        if not path.exists():
            self.write(path, suffix)
        return path

    def write(self, path, suffix):
        # A writer may need its peer's wheel, so it is imported when that peer is there.
        if suffix == ".safetensors":
            safetensors_writer.write(path, self.layers, self.weights, self.width)
        elif suffix == ".onnx":
            onnx_writer.write(path, self.layers, self.weights)
        elif suffix == ".tflite":
            import tflite_writer
            tflite_writer.write(path, self.layers, self.weights)
        elif suffix == ".ncnn":
            import ncnn_writer
            ncnn_writer.write(path, self.layers, self.weights)
            path.touch()
        elif suffix == ".mnn":
            import mnn_writer
            mnn_writer.write(path, self.path(".onnx"))

    def error(self, process):
        """How far the process's logits are off, as a fraction of the largest."""
        found_file = self.folder / "logits.f32"
        process.ask(f"logits {found_file}")
        found = np.fromfile(found_file, np.float32)
        if found.shape != self.answer.shape or not np.isfinite(found).all():
            return float("inf")
        return float(np.abs(found - self.answer).max() / np.abs(self.answer).max())

    def remove(self):
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()
