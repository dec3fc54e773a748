"""MNN's CPU backend in high precision, which is its word for float32.

Through its Module interface: as fast as a Session, which uses the input's memory for something else during a run
and so would have to be fed anew each time."""

import MNN
import MNN.expr
import MNN.nn
import numpy as np

from network import INPUT, OUTPUT


class Mnn:
    version = MNN.version()

    def __init__(self, path, tensor, threads):
        setting = {"backend": "CPU", "precision": "high", "memory": "normal", "power": "high", "numThread": threads}
        self.runtime = MNN.nn.create_runtime_manager((setting,))
        self.module = MNN.nn.load_module_from_file(path, [INPUT], [OUTPUT], runtime_manager=self.runtime)
        self.planes = np.ascontiguousarray(tensor.transpose(2, 0, 1)[None])  # must outlive what refers to it
        self.input = [MNN.expr.const(self.planes, self.planes.shape, MNN.expr.NCHW)]
        self.output = None

    def run(self):
        self.output = self.module.onForward(self.input)

    def logits(self):
        return np.array(self.output[0].read()).ravel()


open_model = Mnn
