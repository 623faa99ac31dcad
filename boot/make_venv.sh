#!/bin/sh
# make_venv.sh PYTHON FOLDER: a virtual environment with pip, by whatever this machine has for that.
python="$1"
folder="$2"
[ -n "$python" ] || exit 1
# Debian keeps ensurepip in a package of its own; a half-made environment would look whole to make.
"$python" -m venv "$folder" >/dev/null 2>&1 && exit 0
rm -rf "$folder"
if command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --python "$python" "$folder"; then exit 0; fi
if "$python" -m virtualenv --quiet "$folder" 2>/dev/null; then exit 0; fi
if "$python" -m venv --without-pip "$folder" 2>/dev/null &&
    "$python" -m pip --python "$folder/bin/python" install --quiet pip 2>/dev/null; then exit 0; fi
rm -rf "$folder"
echo "This machine's Python makes no virtual environments: sudo apt install python3-venv, and try again." >&2
exit 1
