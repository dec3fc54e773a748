"""MNN's CPU backend in high precision, which is its word for float32."""

import MNN
import numpy as np


class Mnn:
    version = MNN.version()

    def __init__(self, path, tensor, threads):
        self.interpreter = MNN.Interpreter(path)
        self.session = self.interpreter.createSession(
            {"backend": "CPU", "precision": "high", "memory": "normal", "power": "high", "numThread": threads})
        target = self.interpreter.getSessionInput(self.session)
        planes = np.ascontiguousarray(tensor.transpose(2, 0, 1)[None])
        target.copyFrom(MNN.Tensor(planes.shape, MNN.Halide_Type_Float, planes, MNN.Tensor_DimensionType_Caffe))
        self.output = self.interpreter.getSessionOutput(self.session)
        self.run = lambda: self.interpreter.runSession(self.session)

    def logits(self):
        shape = self.output.getShape()
        values = MNN.Tensor(shape, MNN.Halide_Type_Float, np.zeros(shape, np.float32), MNN.Tensor_DimensionType_Caffe)
        self.output.copyToHostTensor(values)
        return values.getNumpyData()


open_model = Mnn
