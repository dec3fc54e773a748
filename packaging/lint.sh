#!/bin/sh
# lint.sh BUILD CFLAGS: format, static analysis, the floors that includes may cross, and shell scripts.
set -u
build=$1 flags=$2
failed=0

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

mkdir -p "$build"
sources=$(git ls-files '*.c')
# shellcheck disable=SC2046,SC2086 # the lists are meant to be split
{
    step clang-format clang-format --dry-run -Werror $(git ls-files '*.[ch]')
    # unusedStructMember: cmocka's and libjpeg's structs. normalCheckLevelMaxBranches is not a finding.
    step cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
        --inline-suppr --suppress=missingIncludeSystem -j2 $sources
    step clang-tidy sh -c "printf '%s\n' \"\$0\" | tr ' ' '\n' | grep . | xargs -P2 -n4 sh -c 'clang-tidy --quiet --warnings-as-errors=* \"\$@\" -- $flags 2>&1 | grep -E \"(warning|error):|^ \" ; [ \$? -eq 1 ]' lint" "$(echo $sources)"
    step includes sh packaging/floors.sh
    step shellcheck shellcheck $(git ls-files '*.sh') .ci/run tests/camera-vm/vmrun
}
exit $((failed > 0))
