"""ONNX Runtime's CPU provider. Input and output are bound once; its threads may spin during a run."""

import numpy as np
import onnxruntime

from network import INPUT, OUTPUT


class OnnxRuntime:
    version = onnxruntime.__version__

    def __init__(self, path, tensor, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        binding = session.io_binding()
        planes = np.ascontiguousarray(tensor.transpose(2, 0, 1)[None])
        binding.bind_ortvalue_input(INPUT, onnxruntime.OrtValue.ortvalue_from_numpy(planes))
        shape = session.get_outputs()[0].shape
        self.output = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape, np.float32))
        binding.bind_ortvalue_output(OUTPUT, self.output)
        self.run = lambda: session.run_with_iobinding(binding)

    def logits(self):
        return self.output.numpy()


open_model = OnnxRuntime
