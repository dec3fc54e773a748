#!/bin/sh
# Runs the test programs named and closes with "N passed, N failed, N skipped". A failing program's output is shown whole, a
# skipped test's reason always. Fails if anything failed, or if nothing ran.
set -u

passed=0 failed=0 skipped=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# How many tests have this mark; cmocka lists skipped and failed ones twice.
count() {
    grep -a -E "^\[ *$1 *\] [^:]*\$" "$output" | sort -u | wc -l
}

for program; do
    "$program" >"$output" 2>&1 </dev/null
    code=$?
    ok=$(count OK) bad=$(count FAILED) out=$(count SKIPPED)
    name=${program#*/tests/}
    if [ $code -ne 0 ]; then
        cat "$output"
        [ "$bad" -gt 0 ] || bad=1
        echo "FAILED  $name (exit code $code)"
    else
        echo "ok      $name: $ok passed$([ "$out" -eq 0 ] || echo ", $out skipped")"
        grep -a -E '^(skipped|measured): ' "$output" | sort -u | sed 's/^/        /'
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + out))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
