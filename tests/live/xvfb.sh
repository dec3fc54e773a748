#!/bin/sh
# xvfb.sh BUILD: `make run` on a real (virtual) X screen, as a user with a desktop starts it, and the picture it leaves. The
# screenshot must show what assets/window.png shows: video, five labelled bars, three rates (see test_expectation.c).
# Without the data folder there is no model to run, and the reason is printed.
set -eu
build=$1
data=${CAMLABEL_DATA:-../shared/data}
model=$data/weights/mobilenet_v1_0.5_160_quant.tflite
shot=$build/xvfb.png
if ! [ -f "$model" ]; then
    echo "skipped: the window under Xvfb, because $model is not there"
    exit 0
fi
rm -f "$shot"
xvfb-run -a -s '-screen 0 1280x800x24' make --no-print-directory run BUILD="$build" MODEL="$model" \
    ARGS="--input demo --frames 40 --as-fast-as-possible --screenshot $shot"
make --no-print-directory "$build/tests/live/test_expectation"
CAMLABEL_SHOT=$shot "$build/tests/live/test_expectation"
