"""worker.py CONTENDER MODEL INPUT SIDE THREADS: one peer in a process of its own, so that no two disturb each other.

It opens the model, runs it once, and then obeys lines on standard input. contender.c speaks the same protocol:

    (at the start)      first CLOCK_MONOTONIC-ns VmHWM-KiB VERSION
    run WARM COUNT      ns TIME TIME …          WARM runs that are not timed, then COUNT that are
    logits FILE         done                    writes the last run's logits, float32

The clock is read directly around the inference; reading and checking are not in it."""

import gc
import os
import sys
import time
from importlib import import_module

import numpy as np


def peak_kib():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM"))


def run(contender, warm, count):
    infer, clock = contender.run, time.perf_counter_ns
    times = []
    for _ in range(warm):
        infer()
    for _ in range(count):
        begin = clock()
        infer()
        times.append(clock() - begin)
    return "ns " + " ".join(map(str, times))


def answer(contender, words):
    if words[0] == "run":
        return run(contender, int(words[1]), int(words[2]))
    if words[0] == "logits":
        np.asarray(contender.logits(), dtype=np.float32).tofile(words[1])
        return "done"
    raise ValueError(f"no such request: {words}")


def main():
    # Some peers print to standard output; answers go past them, what they say goes to the log.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    name, model, tensor, side, threads = sys.argv[1:6]
    tensor = np.fromfile(tensor, np.float32).reshape(int(side), int(side), -1)
    contender = import_module("contenders." + name).open_model(model, tensor, int(threads))
    contender.run()
    print("first", time.monotonic_ns(), peak_kib(), contender.version, file=answers, flush=True)
    gc.disable()
    for line in sys.stdin:
        print(answer(contender, line.split()), file=answers, flush=True)


if __name__ == "__main__":
    main()
