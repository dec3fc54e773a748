"""run.py BUILD [--sizes 32,64] [--batch-size 128] [--threads N] [--rounds 7]: training beside PyTorch.

Every contender is a process of its own on the same cores; they take turns, so that a noisy machine is noisy for
all. Printed are pictures per second of forward, loss, backward and update, by the median step and by the fastest,
and our median by that of the fastest PyTorch. PyTorch comes from PyPI into BUILD/training/venv (a gigabyte and a
half; remove the folder to get a newer one)."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "peers"))
from process import ContenderFailed, Process, one_cpu_a_core  # noqa: E402  (shared with bench-peers)

WAYS = ("default", "channels_last", "compile")
TURN_MS = 1500


def environment(folder):
    python = folder / "venv/bin/python"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        print("installing PyTorch from PyPI …", flush=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--only-binary=:all:", "torch", "numpy"], check=True)
        (folder / "installed").touch()
    return python


def start(build, python, side, options, cpus):
    words = [str(side), str(options.batch_size), str(options.threads)]
    commands = {"camlabel": [build / "tests/bench/training/step", *words]}
    commands |= {f"torch {way}": [python, HERE / "torch_step.py", *words, way] for way in WAYS}
    contenders = {}
    for name, command in commands.items():
        try:
            contenders[name] = Process(name, command, cpus, build / "training" / f"{name.replace(' ', '-')}.log")
            contenders[name].rest()
        except ContenderFailed as reason:
            print(f"  left out: {reason}")
            if name == "camlabel":
                sys.exit("without us there is nothing to compare")
    return contenders


def measure(contenders, rounds):
    """Milliseconds of every step, by name; and OpenBLAS's GFLOP/s in the same rounds."""
    counts, times, sgemm = {}, {name: [] for name in contenders}, []
    for name, contender in contenders.items():
        once = min(contender.times_ms(1, 2))
        counts[name] = max(2, round(TURN_MS / once))
        contender.rest()
    names = list(contenders)
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            times[name] += contenders[name].times_ms(1, counts[name])
            if name == "camlabel":
                sgemm.append(float(contenders[name].ask("sgemm")[1]))
            contenders[name].rest()
    return times, sgemm


def report(side, batch, times, sgemm, mult_adds):
    rate = {name: batch / statistics.median(t) * 1e3 for name, t in times.items()}
    print(f"\n{side} x {side}, batches of {batch}: pictures per second, median (fastest; middle half)")
    for name, steps in times.items():
        low, _, high = statistics.quantiles(steps, n=4)
        print(f"  {name:20} {rate[name]:7.0f}  ({batch / min(steps) * 1e3:.0f}; "
              f"{batch / high * 1e3:.0f} to {batch / low * 1e3:.0f})")
    gflops = 6 * mult_adds * batch / statistics.median(times["camlabel"]) / 1e6
    limit = statistics.median(sgemm)
    print(f"  the step reaches {gflops:.0f} GFLOP/s, {100 * gflops / limit:.0f} % of OpenBLAS's {limit:.0f} "
          "with large squares")
    peers = {name: r for name, r in rate.items() if name != "camlabel"}
    if not peers:
        sys.exit("no PyTorch ran: nothing was compared")
    best = max(peers, key=peers.get)
    print(f"  {rate['camlabel'] / peers[best]:.2f} times {best}")


def mult_adds(build, side):
    """Of one picture, forward, as the program counts them."""
    line = subprocess.run([build / "camlabel", "info", "--width", "1", "--resolution", str(side), "--classes", "10", "--json"],
                          check=True, capture_output=True, text=True).stdout
    return json.loads(line)["mult_adds"]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--sizes", default="32,64")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--threads", type=int, default=len(one_cpu_a_core()))
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    cpus = one_cpu_a_core()[:options.threads]
    python = environment(options.build.resolve() / "training")
    for side in map(int, options.sizes.split(",")):
        contenders = start(options.build.resolve(), python, side, options, cpus)
        times, sgemm = measure(contenders, options.rounds)
        for contender in contenders.values():
            contender.close()
        report(side, options.batch_size, times, sgemm, mult_adds(options.build.resolve(), side))


if __name__ == "__main__":
    main()
