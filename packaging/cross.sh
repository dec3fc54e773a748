#!/bin/sh
# cross.sh aarch64|armhf|nehalem FOLDER: builds camlabel and the engine's tests for another processor into FOLDER, and runs them
# under qemu-user. On each of the CPUs named below `camlabel` chooses the kernels behind the colon; the first CPU runs all tests,
# and the others, which are there for that choice, classify one picture. nehalem is this system's own build on an x86 without AVX:
# proof that no instruction leaks into what has to run everywhere.
set -eu

target=$1 build=$2
here=$(dirname "$0")
case $target in
aarch64)
    arch=arm64 triple=aarch64-linux-gnu emulator=qemu-aarch64
    # The cores of Raspberry Pi 3, 4 and 5.
    cpus='cortex-a53:neon cortex-a72:neon cortex-a76:neon'
    ;;
armhf)
    arch=armhf triple=arm-linux-gnueabihf emulator=qemu-arm
    # VFPv4 and NEON: Raspberry Pi 2. NEON without fused multiply-add, and no NEON at all: Debian's baseline.
    cpus='cortex-a7:neon cortex-a9:c cortex-a9,neon=off:c'
    ;;
nehalem)
    arch='' triple='' emulator=qemu-x86_64
    cpus='Nehalem:c'
    ;;
*)
    echo "cross: no target is called $target" >&2
    exit 2
    ;;
esac

# The tests of what depends on the processor: kernels and how they are chosen, atomics, the sizes of types. None starts a program,
# which would not be emulated.
tests="kernels/test_kernels kernels/test_resample unit/test_bitmap unit/test_clip unit/test_engine unit/test_mailbox
       unit/test_network unit/test_numbers unit/test_pool unit/test_safetensors unit/test_split"
mkdir -p "$build"
programs=$(for test in $tests; do echo "$build/tests/$test"; done)

compiler=gcc
if [ -n "$arch" ]; then
    sh "$here/sysroot.sh" "$arch" "$build/sysroot"
    root=$(cd "$build/sysroot/root" && pwd)
    compiler="$triple-gcc --sysroot=$root"
    # pkg-config is to give paths inside the root, and not to see this system's libraries.
    export PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_LIBDIR="$root/usr/lib/$triple/pkgconfig:$root/usr/share/pkgconfig"
    export QEMU_LD_PREFIX="$root"
fi
# shellcheck disable=SC2086 # the list is meant to be split
make --no-print-directory "-j$(nproc)" CC="$compiler" BUILD="$build" "$build/camlabel" $programs >"$build/build.log" ||
    { cat "$build/build.log"; exit 1; }

# Raspberry Pi OS compiles for ARMv6 where it has 32 bits, and needs libatomic then.
if [ "$target" = armhf ]; then
    make --no-print-directory "-j$(nproc)" CC="$compiler -march=armv6 -mfpu=vfp -marm" BUILD="$build/armv6" \
        "$build/armv6/camlabel" >"$build/armv6.log" || { cat "$build/armv6.log"; exit 1; }
    echo "ok      ARMv6: links"
fi

# run.sh starts programs by their names: give it a script for each, which emulates it.
emulated=$build/emulated
for test in $tests; do
    mkdir -p "$emulated/tests/${test%/*}"
    printf '#!/bin/sh\nexec %s -cpu %s %s "$@"\n' "$emulator" "${cpus%%:*}" "$build/tests/$test" >"$emulated/tests/$test"
    chmod +x "$emulated/tests/$test"
done
# shellcheck disable=SC2046,SC2086
CAMLABEL_EMULATED=1 sh "$here/../tests/run.sh" $(for test in $tests; do echo "$emulated/tests/$test"; done)

# The kernels that are chosen, and what the whole program sees in one picture, on every CPU.
data=${CAMLABEL_DATA:-../shared/data}
model=$data/weights/mobilenet_v1_0.25_128_quant.tflite picture=$data/images/named/cat.bmp
for cpu in $cpus; do
    run="$emulator -cpu ${cpu%:*} $build/camlabel"
    isa=$($run bench --width 0.25 --resolution 128 --rounds 1 --json | sed -n 's/.*"isa": *"\([a-z0-9]*\)".*/\1/p' | head -1)
    [ "$isa" = "${cpu##*:}" ] || { echo "FAILED  ${cpu%:*}: runs the kernels of '$isa', not of ${cpu##*:}"; exit 1; }
    if [ -r "$model" ] && [ -r "$picture" ]; then
        # the first class and its per cent
        answer=$($run classify --model "$model" "$picture" | sed -n 2p)
        case $answer in
        *cat*) echo "ok      ${cpu%:*}: kernels of $isa see$answer" ;;
        *) echo "FAILED  ${cpu%:*}: kernels of $isa see no cat:$answer"; exit 1 ;;
        esac
    else
        echo "ok      ${cpu%:*}: kernels of $isa"
        echo "skipped: a picture, because $model and $picture are not there"
    fi
done
