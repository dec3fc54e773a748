"""timm_logits.py CAMLABEL: timm's own mobilenetv1_* with random weights against what `CAMLABEL import` makes of their
state_dict. What is compared are the logits that import stores with their golden input (engine/golden.h).

Needs torch, timm and safetensors, which are several hundred MB: `make golden` leaves it out."""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import timm
import torch
from safetensors import safe_open
from safetensors.torch import save_file

TOLERANCE = 1e-4  # of the largest logit


def golden_input(size, mean, std):
    levels = numpy.empty(size * size * 3)
    random = 1
    for i in range(levels.size):
        random = (random * 1664525 + 1013904223) % 2**32
        levels[i] = random >> 24
    picture = (levels.reshape(size, size, 3) / 255 - mean) / std
    return torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(numpy.float32))


def make(name, classes):
    """The network, its batch norms set so that no layer dies or explodes, then everything shaken."""
    torch.manual_seed(1)
    network = timm.create_model(name, num_classes=classes)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(4, 3, 224, 224))
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                for values in (module.running_mean, module.bias):
                    values.add_(0.3 * torch.randn_like(values))
                for values in (module.running_var, module.weight):
                    values.mul_(0.5 + torch.rand_like(values))
        network.classifier.weight.copy_(torch.randn_like(network.classifier.weight))
        network.classifier.bias.copy_(torch.randn_like(network.classifier.bias))
    return network.eval()


def compare(camlabel, name, classes, folder):
    network = make(name, classes)
    save_file(network.state_dict(), folder / "in.safetensors")
    subprocess.run([camlabel, "import", folder / "in.safetensors", "-o", folder / "out.safetensors"], check=True)
    with safe_open(folder / "out.safetensors", "np") as file:
        metadata = file.metadata()
    settings = [json.loads(metadata[key]) for key in ("resolution", "mean", "std")]
    assert numpy.allclose(settings[1], network.pretrained_cfg["mean"]), settings
    assert numpy.allclose(settings[2], network.pretrained_cfg["std"]), settings
    found = numpy.array(json.loads(metadata["golden"])["logits"])
    with torch.no_grad():
        expected = network(golden_input(*settings))[0].numpy()
    worst = abs(found - expected).max() / abs(expected).max()
    print(f"{name}, {classes} classes: worst difference {worst:.1e} of the largest logit")
    return worst <= TOLERANCE


with tempfile.TemporaryDirectory() as temporary:
    agree = [compare(sys.argv[1], name, classes, pathlib.Path(temporary))
             for name, classes in (("mobilenetv1_100", 1000), ("mobilenetv1_125", 7))]
sys.exit(not all(agree))
