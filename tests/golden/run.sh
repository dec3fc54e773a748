#!/bin/sh
# run.sh BUILD: what `make golden` does. The stored numbers must be those that their scripts compute, and BUILD/camlabel
# must agree with independent implementations on the photos.
set -eu
build=$1
here=$(dirname "$0")
data=${CAMLABEL_DATA:-../shared/data}

sh "$here/venv.sh" "$build/venv"
export PYTHONDONTWRITEBYTECODE=1
"$build/venv/bin/python" "$here/make_layers.py" --check
# the stored one was formatted
computed=$("$build/venv/bin/python" "$here/pillow_resize.py" | tr -d ' \n')
[ "$computed" = "$(tr -d ' \n' <"$here/pillow_resize.h")" ] || {
    echo "pillow_resize.h has other numbers than pillow_resize.py computes" >&2
    exit 1
}
if ! [ -d "$data" ]; then
    echo "skipped: $data is not there (CAMLABEL_DATA names the data folder): neither Keras nor photos are compared"
    exit 0
fi
"$build/venv/bin/python" "$here/keras.py" "$data" --check
"$build/venv/bin/python" "$here/photos.py" "$build/camlabel" "$data"
