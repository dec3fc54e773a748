#!/bin/sh
# Installs the Debian packages that are missing, of the kinds named ("build test"), from packaging/packages.
# Does nothing, and needs no root, when all are there.
set -eu

list=$(dirname "$0")/packages
missing=
for kind; do
    # shellcheck disable=SC2013 # one word a line
    for package in $(awk -v kind="$kind" '$1 == kind { print $2 }' "$list"); do
        # a line for each architecture it is installed for
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing="$missing $package"
    done
done

if [ -z "$missing" ]; then
    echo "deps: all packages are installed"
    exit 0
fi
echo "deps: installing$missing"
root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "deps: installing needs root; as root run: apt-get install$missing" >&2
        exit 1
    }
    root=sudo
fi
$root apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
