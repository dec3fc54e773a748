#!/usr/bin/env python3
"""Makes pillow_resize.h: what Pillow's antialiased bilinear resize makes of random pictures.

    pip install pillow numpy; python3 tests/golden/pillow_resize.py > tests/golden/pillow_resize.h

Each channel is resized in mode F (float32, so Pillow rounds nothing) with the crop as its
box. The pixels are the top bytes of splitmix64 with the seed of the case, as test_random() gives them.
Values are stored in thousandths.
"""
import numpy as np
import PIL
from PIL import Image

MASK = (1 << 64) - 1

# seed, width, height, box (left, top, right, bottom), output side, MN_FIT_…, crop fraction
CASES = [
    (1, 40, 30, (6.875, 1.875, 33.125, 28.125), 9, "CROP", 0.875),
    (2, 11, 7, (0, 0, 11, 7), 16, "STRETCH", 1),
    (3, 65, 43, (4.0625, 2.6875, 60.9375, 40.3125), 12, "STRETCH", 0.875),
    (4, 8, 90, (0, 0, 8, 90), 5, "STRETCH", 1),
    (5, 21, 9, (8.25, 2.25, 12.75, 6.75), 8, "CROP", 0.5),
]


def pixels(seed, count):
    out = bytearray()
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out.append((z ^ (z >> 31)) >> 56)
    return np.frombuffer(bytes(out), np.uint8)


def resize(picture, box, side):
    channels = [
        Image.fromarray(picture[:, :, c].astype(np.float32), "F").resize(
            (side, side), Image.Resampling.BILINEAR, box=box
        )
        for c in range(3)
    ]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)


print(f"/* Made by pillow_resize.py with Pillow {PIL.__version__}; do not edit. */")
for seed, width, height, box, side, _, _ in CASES:
    picture = pixels(seed, width * height * 3).reshape(height, width, 3)
    values = np.rint(resize(picture, box, side).ravel() * 1000).astype(int)
    print(f"static const int pillow_{seed}[{values.size}] = {{")
    for i in range(0, values.size, 12):
        print("    " + ", ".join(map(str, values[i : i + 12])) + ",")
    print("};")
print("static const struct pillow_case {")
print("    uint64_t seed;")
print("    int width, height, side;")
print("    enum mn_fit fit;")
print("    double crop_fraction;")
print("    const int *thousandths; /* [side][side][3] */")
print("} pillow_cases[] = {")
for seed, width, height, _, side, fit, fraction in CASES:
    print(f"    {{{seed}, {width}, {height}, {side}, MN_FIT_{fit}, {fraction}, pillow_{seed}}},")
print("};")
