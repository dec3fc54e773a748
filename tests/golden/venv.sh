#!/bin/sh
# venv.sh FOLDER: makes a Python environment with requirements.txt there, unless it is there and up to date.
set -eu
folder=$1
wanted=$(dirname "$0")/requirements.txt

if ! cmp -s "$wanted" "$folder/requirements.txt"; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$folder/requirements.txt"
fi
