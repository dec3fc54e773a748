"""compilers.py BUILD OTHER [--rounds 7]: two builds of the same source by two compilers, side by side.

The kernels are written so that a compiler keeps small arrays in registers and makes vectors of loops. Where one does
not, every test still passes, at half the speed. Printed are both builds' medians, and OTHER's time by BUILD's: the
median and the middle half of the rounds' ratios."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from process import Process, one_cpu_a_core  # noqa: E402  (shared with bench-peers)

BATCH = 32
LEVELS = ("best", "c")


def inference(level):
    def times(build):
        command = [build / "camlabel", "bench", "--json", "--threads", "1", "--rounds", "12"]
        if level != "best":
            command += ["--isa", level]
        line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return [line["ms_median"]]
    return times


def training(build):
    process = Process("step", [build / "tests/bench/training/step", "32", str(BATCH), "1"], one_cpu_a_core()[:1],
                      build / "step.log")
    try:
        return process.times_ms(1, 6)
    finally:
        process.close()


def compare(what, times, builds, rounds):
    """Each round in the other order: what changes with time meets both alike."""
    medians = {build: [] for build in builds}
    for number in range(rounds):
        for build in builds if number % 2 else reversed(builds):
            medians[build].append(statistics.median(times(build)))
    ours, others = (medians[build] for build in builds)
    ratios = [other / our for our, other in zip(ours, others)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    print(f"{what:46} {statistics.median(ours):9.3f} {statistics.median(others):9.3f}   {middle:.2f}"
          f" ({low:.2f} … {high:.2f})", flush=True)


def compiler(build):
    return (build / "flags").read_text().split()[0]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("builds", type=Path, nargs=2)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    builds = [build.resolve() for build in options.builds]
    print(f"{'ms, median; one thread':46} " + " ".join(f"{compiler(build):>9}" for build in builds) + "   ratio")
    for level in LEVELS:
        compare(f"1.0/224, kernels: {level}", inference(level), builds, options.rounds)
    compare(f"a training step, 32 x 32, batches of {BATCH}", training, builds, options.rounds)


if __name__ == "__main__":
    main()
