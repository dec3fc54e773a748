#!/bin/sh
# Runs the test programs named, as many at a time as there are cores, and closes with "N passed, N failed, N skipped". A failing
# program's output is shown whole, a skipped test's reason always. Fails if anything failed, or if nothing ran.
set -u

# How many tests have this mark; cmocka lists skipped and failed ones twice.
count() {
    grep -a -E "^\[ *$1 *\] [^:]*\$" "$output" | sort -u | wc -l
}

# One program, with its output to file $2 and what came of it to $2.told. Its counts are appended to $3.
run_one() {
    program=$1 output=$2 tally=$3
    timeout 1200 "$program" >"$output" 2>&1 </dev/null
    code=$?
    ok=$(count OK) bad=$(count FAILED) out=$(count SKIPPED)
    name=${program#*/tests/}
    if [ $code -ne 0 ] || [ $((ok + out)) -eq 0 ]; then
        cat "$output"
        [ "$bad" -gt 0 ] || bad=1
        echo "FAILED  $name (exit code $code)"
    else
        echo "ok      $name: $ok passed$([ "$out" -eq 0 ] || echo ", $out skipped")"
        grep -a -E '^(skipped|measured): ' "$output" | sort -u | sed 's/^/        /'
    fi >"$output.told"
    echo "$ok $bad $out" >>"$tally"
    flock "$tally" cat "$output.told" # not between the lines of another
    rm "$output" "$output.told"
}

if [ "${1-}" = --one ]; then
    run_one "$2" "$(mktemp "$3.XXXXXX")" "$3"
    exit
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM # dash does nothing at EXIT otherwise
tally=$folder/tally
: >"$tally"
for program; do echo "$program"; done | xargs -P "$(nproc)" -I '{}' sh "$0" --one '{}' "$tally" ||
    echo 0 1 0 >>"$tally" # not all were run
awk '{ passed += $1; failed += $2; skipped += $3 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 || passed == 0 }' "$tally"
