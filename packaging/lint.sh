#!/bin/sh
# lint.sh BUILD: format, static analysis, the floors that includes may cross, and shell scripts.
set -u
# The compiler's flags come in LINT_FLAGS as make writes them; without a shell in between their quotes are no syntax.
build=$1
flags=$(printf %s "$LINT_FLAGS" | tr -d "'")
failed=0
mkdir -p "$build"

step() {
    name=$1
    shift
    if "$@" >"$build/lint.txt" 2>&1; then
        echo "ok      $name"
    else
        cat "$build/lint.txt"
        echo "FAILED  $name"
        failed=$((failed + 1))
    fi
}

# One file at a time: the analyzer of clang 14 takes a va_list for uninitialised in the second one. It exits 0 on warnings unless told
# otherwise; .clang-tidy says which checks are off, and why.
# shellcheck disable=SC2016,SC2317 # $@ belongs to the inner shell; step calls this function
tidy() {
    run='flags=$0; clang-tidy --quiet --warnings-as-errors="*" "$@" -- $flags'
    git ls-files '*.c' ':!*_avx2.c' ':!*_avx512.c' ':!*_neon.c' | xargs -P2 -n1 sh -c "$run" "$flags" &&
        git ls-files '*_avx2.c' | xargs -P2 -n1 sh -c "$run" "$flags -mavx2 -mfma" &&
        git ls-files '*_avx512.c' | xargs -P2 -n1 sh -c "$run" "$flags -mavx512f -mavx2 -mfma" &&
        if [ -d /usr/aarch64-linux-gnu/include ]; then # see the kind "cross" in packaging/packages
            git ls-files '*_neon.c' | xargs -P2 -n1 sh -c "$run" "$flags --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include"
        fi
}

# shellcheck disable=SC2046 # the lists are meant to be split
{
    step clang-format clang-format --dry-run -Werror $(git ls-files '*.[ch]')
    step cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 -D_GNU_SOURCE --enable=warning,performance,portability \
        --inline-suppr --suppress=missingIncludeSystem -j2 $(git ls-files '*.c')
    step clang-tidy tidy
    step floors sh packaging/floors.sh
    step shellcheck shellcheck $(git ls-files '*.sh') .ci/run tests/camera-vm/vmrun
}
exit $((failed > 0))
