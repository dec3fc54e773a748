#!/bin/sh
# No include goes up a floor. A floor is a folder; it may include itself and those listed after it. main.c stands above all.
set -eu

git rev-parse --git-dir >/dev/null
failed=0
allow() {
    floor=$1
    shift
    # shellcheck disable=SC2013 # no name has a space
    for file in $(git ls-files "$floor*.[ch]" | grep -E "^${floor}[^/]*\$" | grep -vx app/main.c); do
        # shellcheck disable=SC2013
        for include in $(sed -n 's/^#include "\(.*\)"/\1/p' "$file"); do
            target=$(realpath -m --relative-to=. "$(dirname "$file")/$include")
            folder=$(dirname "$target")/
            ok=
            for allowed in "$floor" "$@"; do
                [ "$folder" = "$allowed" ] && ok=yes
            done
            if [ -z "$ok" ]; then
                echo "$file includes $target: $floor may include only $floor $*"
                failed=1
            fi
        done
    done
}

allow engine/base/
allow engine/kernels/
allow engine/image/ engine/kernels/ engine/base/
allow engine/model/ engine/image/ engine/base/ engine/
allow engine/run/ engine/model/ engine/kernels/ engine/base/ engine/
allow engine/ engine/run/ engine/model/ engine/image/ engine/kernels/ engine/base/
allow engine/train/base/ engine/run/ engine/base/
allow engine/train/pictures/ engine/train/base/ engine/image/ engine/model/ engine/kernels/ engine/base/
allow engine/train/learner/ engine/train/base/ engine/model/ engine/kernels/ engine/base/ engine/
allow engine/train/ engine/train/pictures/ engine/train/learner/ engine/train/base/ engine/run/ engine/image/ engine/model/ engine/kernels/ engine/base/ engine/
allow app/ engine/ engine/model/ engine/base/
allow app/cards/
allow app/source/ app/ app/cards/ engine/image/ engine/base/
allow app/pipeline/ app/ app/source/ engine/ engine/base/
allow app/screen/ app/pipeline/ engine/ engine/image/ engine/base/
allow app/commands/ app/screen/ app/pipeline/ app/source/ app/ engine/ engine/image/ engine/base/
allow app/train/ app/ app/cards/ engine/train/ engine/train/pictures/ engine/train/learner/ engine/train/base/ engine/ engine/run/ engine/image/ engine/model/ engine/base/

# The rules that are about libraries.
others=$(git grep -lE '#include <SDL' -- 'app/*' 'engine/*' | grep -v '^app/screen/' || true)
[ -z "$others" ] || { echo "only app/screen may include SDL: $others"; failed=1; }
others=$(git grep -lE '#include <(libv4l2|linux/videodev2)' -- 'app/*' 'engine/*' | grep -v '^app/source/' || true)
[ -z "$others" ] || { echo "only app/source may include V4L2: $others"; failed=1; }
others=$(git grep -lE '#include <(cblas|openblas)' -- 'app/*' 'engine/*' | grep -v '^engine/train/' || true)
[ -z "$others" ] || { echo "only engine/train may include OpenBLAS: $others"; failed=1; }
exit $failed
