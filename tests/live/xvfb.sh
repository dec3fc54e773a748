#!/bin/sh
# xvfb.sh BUILD: `make run` on a real (virtual) X screen, as a user with a desktop starts it, and the picture it leaves. The
# screenshot must show what assets/window.png shows: video, five labelled bars, three rates (see test_expectation.c).
set -eu
build=$1
shot=$build/xvfb.png
rm -f "$shot"
xvfb-run -a -s '-screen 0 1280x800x24' make --no-print-directory run BUILD="$build" \
    ARGS="--input demo --frames 40 --as-fast-as-possible --screenshot $shot"
make --no-print-directory "$build/tests/live/test_expectation"
CAMLABEL_SHOT=$shot "$build/tests/live/test_expectation"
