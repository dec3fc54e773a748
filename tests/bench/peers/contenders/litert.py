"""LiteRT (TensorFlow Lite) with XNNPACK, which it uses by itself for float networks."""

from importlib.metadata import version

from ai_edge_litert.interpreter import Interpreter


class LiteRt:
    version = version("ai-edge-litert")

    def __init__(self, path, tensor, threads):
        self.interpreter = Interpreter(model_path=path, num_threads=threads)
        self.interpreter.allocate_tensors()
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], tensor[None])
        self.output = self.interpreter.get_output_details()[0]["index"]
        self.run = self.interpreter.invoke

    def logits(self):
        return self.interpreter.get_tensor(self.output)


open_model = LiteRt
