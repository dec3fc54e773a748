"""ncnn, set up as its own benchncnn does: pooled memory, packed layouts, Winograd and sgemm."""

import ncnn
import numpy as np

from network import INPUT, OUTPUT


class Ncnn:
    version = ncnn.__version__

    def __init__(self, path, tensor, threads):
        self.net = ncnn.Net()
        options = self.net.opt
        # The options keep bare pointers, so the allocators must live as long as the network.
        self.allocators = ncnn.UnlockedPoolAllocator(), ncnn.PoolAllocator()
        options.blob_allocator, options.workspace_allocator = self.allocators
        options.num_threads = threads
        options.lightmode = True
        options.use_packing_layout = True
        for shortcut in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage",
                         "use_bf16_packed"):
            setattr(options, shortcut, False)
        stem = path.removesuffix(".ncnn")
        if self.net.load_param(stem + ".param") or self.net.load_model(stem + ".bin"):
            raise RuntimeError(f"ncnn does not read {path}")
        self.planes = np.ascontiguousarray(tensor.transpose(2, 0, 1))  # must outlive what refers to it
        self.input = ncnn.Mat(self.planes)
        self.result = None

    def run(self):
        extractor = self.net.create_extractor()
        extractor.input(INPUT, self.input)
        self.result = extractor.extract(OUTPUT)[1]

    def logits(self):
        return np.array(self.result)


open_model = Ncnn
