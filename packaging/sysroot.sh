#!/bin/sh
# sysroot.sh ARCH FOLDER: the libraries that camlabel and its tests need, of another Debian architecture, unpacked into
# FOLDER/root, for cross building and for qemu-user. Does nothing where they are there already.
#
# apt resolves and fetches with a package state of its own in FOLDER. So nothing is installed here, no root is needed, and the
# versions need not be those of this system's packages: with dpkg's foreign architectures they must be the same, and are not
# whenever a mirror is half way through an update.
set -eu

arch=$1 folder=$2
wanted=$(awk -v arch="$arch" '($1 == "build" || $1 == "test") && $2 ~ /^lib/ { print $2 ":" arch }' "$(dirname "$0")/packages")
if [ "$(cat "$folder/complete" 2>/dev/null || true)" = "$wanted" ]; then
    exit 0
fi
echo "sysroot: fetching the libraries of $arch"
rm -rf "$folder"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial" "$folder/root"
folder=$(cd "$folder" && pwd)
touch "$folder/apt/status"

own_apt() {
    apt-get -qq -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$folder/apt" \
        -o Dir::State::status="$folder/apt/status" -o Dir::Cache="$folder/apt" -o Debug::NoLocking=1 \
        -o APT::Sandbox::User= "$@"
}
# A repository without this architecture, or one that is being updated, is no obstacle if another has all packages.
own_apt update || true
# shellcheck disable=SC2086 # the list is meant to be split
own_apt -y --no-install-recommends --download-only install $wanted
for package in "$folder"/apt/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/root"
done
# Programs, data and drivers are not needed.
find "$folder/root/usr/share" -mindepth 1 -maxdepth 1 ! -name pkgconfig -exec rm -r {} +
(cd "$folder/root" && rm -rf bin sbin etc var lib/systemd usr/bin usr/sbin usr/lib/python3* usr/lib/*/dri usr/lib/*/libLLVM*)
# Links that name this system's root are to stay inside.
find "$folder/root" -type l -lname '/*' | while read -r link; do
    ln -sfn "$folder/root$(readlink "$link")" "$link"
done
rm -r "$folder/apt"
echo "$wanted" >"$folder/complete"
