#!/usr/bin/env python3
"""What Arm's cores would make of the NEON kernels: a prediction, made without such a core.

mca.py BUILD: compiles pointwise_neon.c and depthwise_neon.c to AArch64 assembly in BUILD, takes their innermost loops (a
backward branch with no other loop inside), and lets llvm-mca run each on LLVM's model of a core. The limit is what the same
model makes of independent multiply-adds. From that and a memory term follow milliseconds for the Raspberry Pis.

LLVM describes Cortex-A72 and A76 by one model, Cortex-A57's, which issues one 128-bit multiply-add a cycle. A76's own figures
are those of Neoverse N1, the same core for servers, which issues two. In-order A53 is modelled to retire in order, so that each
load waits for the multiply-adds before it."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORES = ["cortex-a53", "cortex-a72", "cortex-a76", "neoverse-n1"]
ITERATIONS = 500
# Loops are known by their multiply-adds: 4 depths x rows x 2 vectors, 9 taps x 4 pixels x 2 vectors.
TILES = {"pointwise": {56: "pointwise 7 x 8", 48: "pointwise 6 x 8", 40: "pointwise 5 x 8"},
         "depthwise": {72: "depthwise 4 x 8"}}

# Board, core, its model, GHz, and what is assumed of its memory, in GB/s: for one thread, for four.
BOARDS = [("Pi 3", "A53", "cortex-a53", 1.2, 2.0, 2.2), ("Pi 4", "A72", "cortex-a72", 1.5, 3.5, 4.0),
          ("Pi 5", "A76", "neoverse-n1", 2.4, 9.0, 11.0)]
NETWORKS = [(1.0, 224), (0.5, 160), (0.25, 128)]
PUBLISHED = {("Pi 4", 1.0, 4): "XNNPACK 72-77 ms, ncnn 61 ms", ("Pi 5", 1.0, 1): "ncnn 20.3 ms (fp16)"}


def assembly(kernel, build):
    target = build / f"{kernel}_neon.s"
    subprocess.run(["aarch64-linux-gnu-gcc", "-std=c11", "-O3", "-ffp-contract=off", "-S", "-o", target,
                    ROOT / f"engine/kernels/{kernel}_neon.c"], check=True)
    return [line.strip() for line in target.read_text().splitlines()]


def innermost_loops(lines):
    labels = {line[:-1]: at for at, line in enumerate(lines) if re.match(r"[.\w]+:$", line)}
    loops = []
    for at, line in enumerate(lines):
        branch = re.match(r"(?:b\.?\w+|cbn?z|tbn?z)\s.*?([.\w]+)$", line)
        if branch and labels.get(branch[1], at) < at:
            loops.append((labels[branch[1]], at))
    for first, last in loops:
        if not any((a, b) != (first, last) and first <= a and b <= last for a, b in loops):
            yield [x for x in lines[first:last + 1] if x and x[0] not in ".#/" and not x.endswith(":")]


def cycles(code, core):
    """Of one round of the loop."""
    run = subprocess.run(["llvm-mca-19", "-mtriple=aarch64-linux-gnu", f"-mcpu={core}", f"-iterations={ITERATIONS}",
                          "-instruction-info=0", "-resource-pressure=0"],
                         input="\n".join(code) + "\n", text=True, capture_output=True, check=True)
    return int(re.search(r"Total Cycles:\s+(\d+)", run.stdout)[1]) / ITERATIONS


def multiply_adds(code):
    return sum(line.startswith("fmla") for line in code)


def best_loops(build):
    """The loop of each tile; where there are several, the shortest: the one without special cases."""
    found = {}
    for kernel, tiles in TILES.items():
        for code in innermost_loops(assembly(kernel, build)):
            name = tiles.get(multiply_adds(code))
            if name and (name not in found or len(code) < len(found[name])):
                found[name] = code
    missing = {name for tiles in TILES.values() for name in tiles.values()} - found.keys()
    if missing:
        sys.exit(f"mca: no loop found for {', '.join(sorted(missing))}: has a tile changed?")
    return found


def print_loops(loops, limits):
    print(f"{'inner loop':17}{'core':13}{'instructions':>13}{'multiply-adds':>15}{'cycles':>8}{'of the limit':>14}")
    for name, code in loops.items():
        for core in CORES:
            took = cycles(code, core)
            print(f"{name:17}{core:13}{len(code):13}{multiply_adds(code):15}{took:8.1f}"
                  f"{100 * multiply_adds(code) * limits[core] / took:12.0f} %")


def layers(width, resolution):
    """(kind, multiply-adds, bytes of weights, bytes of activations read and written) of MobileNet-V1."""
    size, channels = resolution // 2, int(32 * width)
    yield "pointwise", size * size * channels * 27, 27 * channels * 4, (resolution * resolution * 3 + size * size * channels) * 4
    for out, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        before, size, out = size, size // stride, int(out * width)
        yield "depthwise", size * size * channels * 9, 36 * channels, (before * before + size * size) * channels * 4
        yield "pointwise", size * size * channels * out, channels * out * 4, size * size * (channels + out) * 4
        channels = out
    yield "pointwise", channels * 1001, channels * 1001 * 4, 0


def predict(board, network, threads, loops):
    """Sum over the layers of the slower one of arithmetic and memory. All weights come from memory, once; activations only
    where a layer's are more than half a megabyte, about the second-level cache."""
    _, _, model, ghz, one, four = board
    total = 0
    for kind, work, weights, activations in layers(*network):
        code = loops["pointwise 7 x 8" if kind == "pointwise" else "depthwise 4 x 8"]
        compute = work / 4 / multiply_adds(code) * cycles_of(code, model) / (ghz * 1e6) / threads
        moved = weights + (activations if activations > 512 * 1024 else 0)
        total += max(compute, moved / ((one if threads == 1 else four) * 1e6))
    return total


MEMO = {}


def cycles_of(code, model):
    key = (id(code), model)
    if key not in MEMO:
        MEMO[key] = cycles(code, model)
    return MEMO[key]


def main():
    build = pathlib.Path(sys.argv[1])
    build.mkdir(parents=True, exist_ok=True)
    limits = {core: cycles([f"fmla v{i}.4s, v30.4s, v31.s[0]" for i in range(24)], core) / 24 for core in CORES}
    loops = best_loops(build)
    print_loops(loops, limits)
    print("\nPREDICTION, a lower bound, not measured on any board: the inner loops above on all of the work, caches that never miss")
    print("beyond the memory term, no throttling; see predict() and BOARDS in this file for what is assumed.")
    print(f"{'board':7}{'threads':>8}" + "".join(f"{f'{w}/{r} ms':>14}" for w, r in NETWORKS) + "   published by others for 1.0/224")
    for board in BOARDS:
        for threads in 1, 4:
            row = "".join(f"{predict(board, network, threads, loops):14.1f}" for network in NETWORKS)
            print(f"{board[0]:7}{threads:8}{row}   {PUBLISHED.get((board[0], 1.0, threads), '')}")


if __name__ == "__main__":
    main()
