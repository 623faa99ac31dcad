#!/bin/sh
# Whether a box can be started in a container here; if not, one line says why.
set -eu
no() { echo "$1"; exit 1; }

[ "$(id -u)" = 0 ] || no "this needs root"
command -v dpkg >/dev/null && [ "$(dpkg --print-architecture)" = amd64 ] || no "this needs Debian on amd64"
[ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = bookworm ] || no "this needs Debian 12"
[ -e /dev/fuse ] || no "the kernel has no FUSE, by which a card forgets"
[ -e /dev/loop-control ] || no "the kernel has no loop devices"
for kind in erofs overlay ext4; do
    grep -qw "$kind" /proc/filesystems || no "the kernel has no $kind"
done
work=$(mktemp -d)
trap 'umount "$work/mounted" 2>/dev/null; rm -rf "$work"' EXIT
truncate --size 8M "$work/file"
mke2fs -q -t ext4 "$work/file"
mkdir "$work/mounted"
mount -o loop "$work/file" "$work/mounted" 2>/dev/null || no "nothing may be mounted here"
# A systemd in a container has a control group of its own, by one of the kernel's two ways.
groups=/sys/fs/cgroup
grep -q ' /sys/fs/cgroup cgroup2 ' /proc/mounts || groups=/sys/fs/cgroup/systemd
mkdir "$groups/ghostnote-$$" 2>/dev/null || no "no control group may be made here"
rmdir "$groups/ghostnote-$$"
