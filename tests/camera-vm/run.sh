#!/bin/bash
# run.sh BUILD [MODEL [LABELS]]: the camera source, and the program, against the kernel's own camera drivers in a guest.
# Compares pictures with what the drivers were told to show, and with a model classifies 50 frames of each of four
# formats. A summary of each step goes to standard output; the guest's logs stay in BUILD/camera-vm.
set -euo pipefail

here=$(dirname "$0")
build=$1
data=${CAMLABEL_DATA:-../shared/data}
model=${2:-$data/weights/mobilenet_v1_0.25_128_quant.tflite}
labels=${3:-$data/weights/labels_1001.txt}
out=$build/camera-vm

# 50 valid lines, each with the keys of the program's machine output, frames counting up.
check_lines() {
    python3 - "$@" <<'PYTHON'
import json, sys
KEYS = {"frame", "time_ms", "age_ms", "label", "p", "top", "capture_fps", "classify_fps"}
failed = False
for path in sys.argv[1:]:
    try:
        lines = [json.loads(line) for line in open(path)]
        assert len(lines) == 50, f"{len(lines)} lines, expected 50"
        for before, line in zip([None] + lines, lines):
            assert KEYS <= line.keys(), f"missing: {KEYS - line.keys()}"
            assert not before or line["frame"] > before["frame"], "frames do not count up"
        last = lines[-1]
        print(f"ok      {path}: 50 lines; captured {last['capture_fps']}, classified {last['classify_fps']} a second")
    except (OSError, ValueError, AssertionError) as error:
        print(f"FAILED  {path}: {error}")
        failed = True
sys.exit(failed)
PYTHON
}

if [ ! -x "$build/camlabel" ] || [ ! -r "$model" ] || [ ! -r "$labels" ]; then
    echo "skipped: classifying in the guest, because one of $build/camlabel, $model and $labels is not there"
    model='' labels=''
fi

mkdir -p "$out"
rm -f "$out"/live-*.jsonl
command=(sh "$here/guest.sh" "$build" "$model" "$labels")
code=0
"$here/vmrun" -t 240 -o "$out" -m "vivid vhci-hcd uvcvideo" \
    -p "n_devs=2 node_types=0x1,0x1 num_inputs=1,1 input_types=0,0" -- "${command[*]@Q}" || code=$?
if [ -n "$model" ]; then
    check_lines "$out"/live-{YUYV,NV12,RGB3,MJPG}.jsonl || code=1
fi
exit $code
