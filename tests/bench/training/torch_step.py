"""torch_step.py SIDE BATCH THREADS default|channels_last|compile: step.c's training in PyTorch, by worker.py's protocol.

default keeps tensors as PyTorch lays them out, channels_last as its manual advises for CPUs; compile is
channels_last through torch.compile."""

import os
import sys
import time

import torch
from torch import nn

CHANNELS = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]


def network():
    layers = [nn.Conv2d(3, CHANNELS[0], 3, 2, 1, bias=False), nn.BatchNorm2d(CHANNELS[0]), nn.ReLU(inplace=True)]
    for stride, wide, out in zip(STRIDES, CHANNELS, CHANNELS[1:]):
        layers += [nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.ReLU(inplace=True),
                   nn.Conv2d(wide, out, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS[-1], 10))


def stepper(side, batch, how):
    layout = torch.contiguous_format if how == "default" else torch.channels_last
    model = network().to(memory_format=layout).train()
    pictures = torch.randn(batch, 3, side, side).to(memory_format=layout)
    labels = torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)
    forward = torch.compile(model) if how == "compile" else model

    def step():
        loss = nn.functional.cross_entropy(forward(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return step


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    side, batch, threads = map(int, sys.argv[1:4])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    step = stepper(side, batch, sys.argv[4])
    step()
    print("first", time.monotonic_ns(), 0, torch.__version__, file=answers, flush=True)
    for line in sys.stdin:
        _, warm, count = line.split()
        for _ in range(int(warm)):
            step()
        times = []
        for _ in range(int(count)):
            begin = time.perf_counter_ns()
            step()
            times.append(time.perf_counter_ns() - begin)
        print("ns", *times, file=answers, flush=True)


if __name__ == "__main__":
    main()
