#!/bin/sh
# kills.sh BUILD [KILLS]: a training that is killed (SIGKILL) at a random moment and resumed ends with the same
# bytes as one that never was, again and again. It saves after each step, so that some kills hit the saving.
set -eu
build=$1 kills=${2:-20} room=$1/kills
run() {
    "$build/camlabel-train" fit "$@" >"$room/log" 2>&1 || {
        cat "$room/log" >&2
        exit 1
    }
}
recipe="--data-dir $room/data --width 0.25 --img-size 32 --epochs 4 --batch-size 16 --threads 2 --checkpoint-minutes 0"

rm -rf "$room"
mkdir -p "$room"
"$build/camlabel-train" generate cards "$room/data" --count 40 --val 10 --size 48 >/dev/null 2>&1
began=$(date +%s%N)
# shellcheck disable=SC2086 # the recipe is words
run $recipe --output "$room/whole"
whole=$(($(date +%s%N) - began))
before=0 moments=
for number in $(seq "$kills"); do
    moment=$(awk -v part="$(shuf -i 0-9999 -n 1)" -v ns="$whole" 'BEGIN { printf "%.3f", part / 1e4 * ns / 1e9 }')
    moments="$moments $moment"
    # shellcheck disable=SC2086
    "$build/camlabel-train" fit $recipe --output "$room/killed" --overwrite >"$room/log" 2>&1 &
    sleep "$moment"
    kill -KILL $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    if [ -e "$room/killed/last.ckpt" ]; then
        run --data-dir "$room/data" --output "$room/killed" --resume
    else
        before=$((before + 1)) # nothing was saved yet, so it begins again
        # shellcheck disable=SC2086
        run $recipe --output "$room/killed" --overwrite
    fi
    for file in model.safetensors best.safetensors; do
        cmp "$room/whole/$file" "$room/killed/$file" || {
            echo "kill $number, after $moment s: the resumed run ended with another $file" >&2
            exit 1
        }
    done
done
echo "killed after$moments s of $(awk -v ns="$whole" 'BEGIN { printf "%.1f", ns / 1e9 }')"
echo "$kills kills, $before of them before the first checkpoint: byte-identical models each time"
