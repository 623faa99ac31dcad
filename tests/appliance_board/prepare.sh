#!/bin/sh
# A release of this tree and all that a box is started from, in FOLDER, unless they are there and newer than the tree.
#
#   [ARCH=amd64|arm64] tests/appliance_board/prepare.sh FOLDER
set -eu
arch=${ARCH:-amd64}
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
python=${PYTHON:-$repository/.venv/bin/python}
case $arch in arm64) machine=aarch64 ;; *) machine=x86_64 ;; esac

changed=$(find "$repository/appliance" "$repository/boot" "$repository/models" "$repository/pyproject.toml" "$here/beside" \
    "$here/watcher.py" "$here/build.sh" "$here/prepare.sh" -type f -newer "$folder/ready" ! -path '*/__pycache__/*' \
    -print -quit 2>/dev/null || echo new)
[ -e "$folder/ready" ] && [ -z "$changed" ] && exit 0

mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
printf 'board: a release for %s\n' "$machine" >&2
"$python" "$repository/boot/make_release.py" --machine "$machine" --key "$work/key" -o "$work" >&2
mv "$work"/*.release "$folder/release"
ARCH=$arch "$here/build.sh" "$folder/release" "$folder"
touch "$folder/ready"
