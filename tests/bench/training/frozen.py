"""frozen.py BUILD [--weights FILE]: what retraining the head alone costs, with the trunk's features kept and without.

Ten classes of a hundred pictures (drawn cards), a MobileNet-V1 0.25 at 128 x 128: FILE, imported if it is not ours
(for example Keras's mobilenet_1_0_25_128 weights), else one epoch's result of our own, which costs the same. Printed
are the median seconds of an epoch both ways, the time to a finished model, and the peak memory of each process."""

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

CLASSES, PICTURES, SIDE = 10, 100, 256


def must(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def draw(trainer, folder):
    must(trainer, "generate", "cards", folder, "--count", PICTURES, "--val", 10, "--size", SIDE)
    for split in ("train", "val"):
        for extra in sorted((folder / split).iterdir())[CLASSES:]:
            shutil.rmtree(extra)


def trunk(build, room, weights):
    if weights and weights.suffix == ".safetensors":
        return weights
    model = room / "trunk.safetensors"
    if weights:
        must(build / "camlabel", "import", weights, "--output", model)
    else:
        must(build / "camlabel-train", "fit", "--data-dir", room / "data", "--output", room / "first", "--width", 0.25,
             "--img-size", 128, "--epochs", 1)
        shutil.copy(room / "first/model.safetensors", model)
    return model


def fit(build, room, model, name, epochs, *flags):
    """Median seconds of an epoch after the first, seconds from start to exit, peak MiB."""
    words = [build / "camlabel-train", "fit", "--data-dir", room / "data", "--output", room / name,
             "--initial-checkpoint", model, "--freeze", 13, "--epochs", epochs, *flags]
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    whole = time.monotonic() - begin
    if status:
        sys.exit(f"{' '.join(map(str, words))}: failed")
    with open(room / name / "log.csv", newline="") as log:
        seconds = [float(row["seconds"]) for row in csv.DictReader(log)]
    return statistics.median(seconds[1:]), whole, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    build, room = options.build.resolve(), options.build.resolve() / "training/frozen"
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    draw(build / "camlabel-train", room / "data")
    model = trunk(build, room, options.weights)
    rows = {"features kept": fit(build, room, model, "kept", options.epochs),
            "computed anew": fit(build, room, model, "anew", max(3, options.epochs // 4), "--no-feature-cache")}
    print(f"{CLASSES} classes of {PICTURES} pictures, {SIDE} x {SIDE}; trunk: {options.weights or 'our own'}")
    for name, (epoch, whole, memory) in rows.items():
        print(f"  {name}: {epoch:.3f} s an epoch, {whole:.1f} s in all, {memory:.0f} MiB at most")
    print(f"  {rows['computed anew'][0] / rows['features kept'][0]:.1f} times faster an epoch")


if __name__ == "__main__":
    main()
