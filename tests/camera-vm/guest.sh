#!/bin/sh
# guest.sh BUILD [MODEL LABELS]: runs inside the guest. Two vivid cameras and one uvcvideo camera are looked at by the
# pattern program; with a model the program itself classifies 50 frames of each of four formats, and its lines go to
# $VM_OUT/live-FORMAT.jsonl for run.sh to read.
set -u
# Arithmetic is slow here, so pictures are compared in no more frames than it takes.
frames=12
few=8

build=$1 model=${2:-} labels=${3:-}
pattern=$build/tests/camera-vm/pattern

# Background jobs fail too, so this is a file and no variable.
note_failure() {
    : >/run/failed
}

try() {
    "$@" || note_failure
}

# The number of the camera whose driver calls it $1.
camera_named() {
    grep -l "$1" /sys/class/video4linux/video*/name | grep -o '[0-9]*/name' | cut -d/ -f1 | sort -n | head -n 1
}

wait_for_camera() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -z "$(camera_named "$1")" ] || return 0
        sleep 0.2
    done
    echo "FAILED  no camera called $1 came up"
    exit 1
}

set_control() {
    v4l2-ctl -d "$1" -c "$2" || { echo "FAILED  $1 has no control $2"; note_failure; }
}

# Colour bars and nothing else: no text over them, no movement.
prepare_vivid() {
    set_control "$1" test_pattern=1,osd_text_mode=2,horizontal_movement=3,vertical_movement=3
}

start_uvc() {
    mkdir /run/pictures
    try "$pattern" make /run/pictures
    mkfifo /run/uvc
    "$build/tests/camera-vm/uvcsim" 30 /run/pictures/*.jpg </run/uvc &
    exec 3>/run/uvc
    wait_for_camera "Simulated UVC"
}

tell_uvc() {
    echo "$*" >&3
}

check_bars() {
    for format in YUYV NV12 RGB3; do
        try "$pattern" bars "$vivid" $format $frames
    done
    for format in UYVY YU12 BGR3 GREY; do
        try "$pattern" bars "$vivid" $format $few
    done
    echo "        more frames kept than the camera has buffers"
    try "$pattern" bars "$vivid" NV12 $frames 12
    echo "        in BT.709, full range"
    set_control "$vivid" y_cbcr_encoding=2,quantization=1
    try "$pattern" bars "$vivid" YUYV $few
    try "$pattern" bars "$vivid" NV12 $few
    set_control "$vivid" y_cbcr_encoding=0,quantization=0
}

check_errors_at_open() {
    try "$pattern" fails /dev/video99 any "no such device"
    try "$pattern" fails /dev/null any "not a video device"
    try "$pattern" fails "$vivid" MJPG "it has"
    v4l2-ctl -d "$vivid" --stream-mmap --stream-count=1000 >/dev/null 2>&1 &
    streamer=$!
    sleep 1
    try "$pattern" fails "$vivid" NV12 "another program"
    kill $streamer
    wait $streamer 2>/dev/null
}

check_faults_of_vivid() {
    set_control "$vivid" percentage_of_dropped_buffers=100
    try "$pattern" silent "$vivid"
    set_control "$vivid" percentage_of_dropped_buffers=0
    (sleep 1.5; v4l2-ctl -d "$vivid" -c disconnect=1) &
    try "$pattern" fails "$vivid" YUYV "went away"
    echo "        over the wrap of the driver's frame counter, which starts 128 below it; three frames of five are lost"
    set_control "$other" wrap_sequence_number=1,percentage_of_dropped_buffers=60
    try "$pattern" bars "$other" YUYV 80
}

check_uvc() {
    try "$pattern" pictures "$uvc" MJPG $frames
    echo "        RGB3, which libv4l2 makes of the camera's YUYV"
    try "$pattern" slope "$uvc" RGB3 $few
    echo "        the first frames are broken"
    tell_uvc trunc 5
    tell_uvc garbage 5
    try "$pattern" pictures "$uvc" MJPG $few
    tell_uvc trunc 100000
    try "$pattern" fails "$uvc" MJPG "nothing but broken frames"
    tell_uvc trunc 0
    (sleep 1.5; tell_uvc unplug) &
    try "$pattern" fails "$uvc" MJPG "went away"
}

# $1: device, $2: format. A small input of the network: what is tested is the way from the camera to the answer.
live() {
    "$build/camlabel" live --model "$model" --labels "$labels" --device "$1" --format "$2" --headless --frames 50 \
        --resolution 64 >"$VM_OUT/live-$2.jsonl" || { echo "FAILED  camlabel live, $2: exit code $?"; note_failure; }
}

live_on_vivid() {
    live "$vivid" YUYV
    live "$vivid" NV12
}

live_on_others() {
    live "$other" RGB3
    live "$uvc" MJPG
}

check_vivid() {
    check_bars
    check_errors_at_open
    check_faults_of_vivid
}

# Runs both at once, one on each of the guest's processors.
both() {
    "$1" &
    background=$!
    "$2"
    wait $background
}

vivid=/dev/video$(camera_named vivid-000)
other=/dev/video$(camera_named vivid-001)
prepare_vivid "$vivid"
prepare_vivid "$other"
start_uvc
uvc=/dev/video$(camera_named "Simulated UVC")

[ -z "$model" ] || both live_on_vivid live_on_others
both check_vivid check_uvc
tell_uvc quit
[ ! -e /run/failed ]
