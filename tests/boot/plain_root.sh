#!/bin/sh
# A plain Debian 12 root for one kind of board, into which Ghostnote is installed from a release and from which it is
# taken away again (install_in_root.sh). Another processor's programs run by qemu-user. Root; the first time the network.
#
#   [ARCH=arm64|amd64] tests/boot/plain_root.sh [FOLDER]     FOLDER keeps the root, default ~/.cache/ghostnote-plain
set -eu
arch=${ARCH:-arm64}
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ghostnote-plain}/$arch
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
python=${PYTHON:-$repository/.venv/bin/python}
case $arch in arm64) machine=aarch64 ;; *) machine=x86_64 ;; esac
packages="mmdebstrap qemu-user-static binfmt-support arch-test openssh-client"

[ "$(id -u)" = 0 ] || { echo "this needs root" >&2; exit 2; }
# shellcheck disable=SC2086 # words are meant
dpkg -s $packages >/dev/null 2>&1 || apt-get install -q -y --no-install-recommends $packages >/dev/null
if [ "$arch" != "$(dpkg --print-architecture)" ] && [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    update-binfmts --import
fi

mkdir -p "$folder"
if [ ! -f "$folder/root.tar" ]; then
    echo "plain_root: a Debian for $arch: some minutes" >&2
    mirror=${MIRROR:-$(sed -n 's/^URIs: \(.*\/debian\/\{0,1\}\)$/\1/p' /etc/apt/sources.list.d/debian.sources | head -n 1)}
    # What install.sh asks Debian for is there, since a root without a network cannot fetch it.
    mmdebstrap --quiet --variant=minbase --architectures="$arch" \
        --include=systemd,systemd-sysv,udev,python3,python3-systemd,openssh-client,ca-certificates,libasound2 \
        bookworm "$folder/new.tar" "$mirror"
    mv "$folder/new.tar" "$folder/root.tar"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
echo "ghostnote-release namespaces=\"release@ghostnote\" $(cut -d ' ' -f 1,2 "$work/key.pub")" >"$work/signers"
"$python" "$repository/boot/make_release.py" --machine "$machine" --key "$work/key" -o "$work"
"$here/install_in_root.sh" "$folder/root.tar" "$work"/*.release "$work/signers"
