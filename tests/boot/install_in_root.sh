#!/bin/sh
# Installs into a plain Debian root, twice, plays there, and takes it away: nothing may be left but what was there.
#
#   tests/boot/install_in_root.sh ROOT.tar FILE.release ALLOWED_SIGNERS
#
# ROOT.tar: made by mmdebstrap, with systemd, python3, openssh-client and libasound2, for the release's kind of board (on
# another processor by qemu-user). It needs root; no systemd runs in there, so services are enabled and not started.
set -eu
boot=$(cd "$(dirname "$0")/../../boot" && pwd)
work=$(mktemp -d)
root=$work/root
trap 'umount "$root/dev" "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT

mkdir "$root"
tar -C "$root" -xf "$1"
mkdir -p "$root/boot/firmware" "$root/source"
cp -r "$boot" "$root/source/boot"
cp "$2" "$root/source/a.release"
cp "$3" "$root/source/signers"
# No line's end at its end, and a filter that is open: as people leave it.
printf '# mine\ndtparam=audio=on\n[pi4]\narm_boost=1' >"$root/boot/firmware/config.txt"
cp "$root/boot/firmware/config.txt" "$work/config"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

inside() { chroot "$root" "$@"; }
files() { (cd "$root" && find . \( -path ./proc -o -path ./dev -o -path ./source -o -path ./tmp \) -prune -o -print | LC_ALL=C sort); }
fail() { echo "install_in_root: $*" >&2; exit 1; }

files >"$work/before"
inside /source/boot/install.sh /source/a.release /source/signers
files >"$work/once"
cp "$root/boot/firmware/config.txt" "$work/config-once"
inside /source/boot/install.sh /source/a.release /source/signers
files >"$work/twice"
diff "$work/once" "$work/twice" || fail "done twice it is not the same as done once"
cmp "$work/config-once" "$root/boot/firmware/config.txt" || fail "config.txt changed again"
grep -qx 'arm_boost=1' "$root/boot/firmware/config.txt" || fail "a line of the owner's was changed"
inside ghostnote selftest || fail "what was installed does not play"
if inside /source/boot/install.sh /source/a.release /dev/null 2>/dev/null; then fail "a release was taken that nobody may sign"; fi
inside /source/boot/install.sh --uninstall
files >"$work/after"
diff "$work/before" "$work/after" || fail "something was left behind"
cmp "$work/config" "$root/boot/firmware/config.txt" || fail "config.txt is not as it was"
echo "install_in_root: installed, played, gone"
