#!/bin/sh
# run.sh BUILD: seeded mutations of every kind of file, through the parsers and through the program. Under `make asan` a byte
# read outside of a file ends the run. COUNT mutations a kind go through the parsers, a fiftieth of them through the program,
# whose exit code must be 0 or 2, and whose complaint must be one line.
set -eu

build=$1
count=${COUNT:-10000}
seeds=$build/seeds
data=${CAMLABEL_DATA:-../shared/data}
rm -rf "$seeds"
"$build/tests/fuzz/seeds" "$seeds"
if [ -d "$data" ]; then
    cp "$data"/weights/mobilenet_v1_0.25_128_quant.tflite "$data"/weights/mobilenet_v1_0.25_128_keras.h5 "$seeds/model/"
    cp "$data"/weights/labels_1001.txt "$seeds/labels/"
    head -c 100000 "$data"/clips/bottle_640x360_nodht.mjpeg >"$seeds/clip/b.mjpeg"
else
    echo "skipped: real files as seeds, because $data is not there"
fi
chmod -R u+w "$seeds"

for kind in model labels picture clip; do
    "$build/tests/fuzz/fuzz_$kind" "$count" "$seeds/$kind"/*
    echo "ok      $count mutated $kind files in the parser"
done

# Runs the program on a mutated file; $1 is the kind.
classify() {
    case $1 in
    model) "$build/camlabel" classify --model "$2" "$seeds/picture/a.png" ;;
    labels) "$build/camlabel" classify --model "$seeds/model/a.safetensors" --labels "$2" "$seeds/picture/a.png" ;;
    picture) "$build/camlabel" classify --model "$seeds/model/a.safetensors" "$2" ;;
    clip) "$build/camlabel" live --model "$seeds/model/a.safetensors" --input "$2" --headless --once --as-fast-as-possible ;;
    esac
}

for kind in model labels picture clip; do
    rm -rf "$seeds/mutated"
    mkdir "$seeds/mutated"
    "$build/tests/fuzz/fuzz_$kind" --write "$seeds/mutated" $((count / 50)) "$seeds/$kind"/[a0]*
    : >"$seeds/mutated/empty"
    refused=0 taken=0
    for file in "$seeds"/mutated/*; do
        code=0
        classify $kind "$file" >"$seeds/out" 2>"$seeds/err" || code=$?
        lines=$(wc -l <"$seeds/err")
        if [ $code -eq 2 ] && [ "$lines" -eq 1 ]; then
            refused=$((refused + 1))
        elif [ $code -eq 0 ] && [ "$lines" -eq 0 ]; then
            taken=$((taken + 1))
        else
            cat "$seeds/err"
            echo "FAILED  $kind $file: exit code $code, $lines lines of explanation"
            exit 1
        fi
    done
    [ $refused -gt 0 ] || { echo "FAILED  no mutated $kind file was refused"; exit 1; }
    echo "ok      mutated $kind files in the program: $refused refused in one line, $taken still valid"
done
