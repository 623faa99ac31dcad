#!/bin/sh
# Boots the emulated board with the working tree on it and runs tests/board/checks.py and pads.py there; see build.sh.
#
#   tests/board/run.sh [FOLDER]        FOLDER: what build.sh filled, default ~/.cache/ghostnote-board
#
# BOARD_CHECKS=pins or pads: only these. BOARD_CYCLES=1000: how often a pad is unplugged and plugged (with a
# BOARD_TIMEOUT=3600, in seconds, that is long enough).
set -eu

cache=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ghostnote-board}
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
"$here/build.sh" "$cache"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/ghostnote/tests"
install -m 755 "$here/init" "$work/tree/init"
(cd "$repository" && cp -r --parents appliance boot/ghostnote.toml pyproject.toml tests/board tests/bridge_checker.py \
    bench/__init__.py bench/freeze_witness.py \
    "$work/tree/ghostnote")
find "$work/tree" -name __pycache__ -prune -exec rm -rf {} +
# The kernel unpacks archives that lie behind one another into one root.
(cd "$work/tree" && find . | cpio --quiet -o -H newc | gzip -1) | cat "$cache/root.cpio.gz" - >"$work/initrd"

accel=tcg,thread=multi
[ -n "${BOARD_KVM:-}" ] && accel=kvm
timeout "${BOARD_TIMEOUT:-600}" qemu-system-x86_64 -M q35 -accel "$accel" -cpu max -smp 4 -m 1536 -display none \
    -serial stdio -monitor none -nic none -no-reboot -kernel "$cache/vmlinuz" -initrd "$work/initrd" \
    -append "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check board_checks=${BOARD_CHECKS:-pins,pads} \
        board_cycles=${BOARD_CYCLES:-50}" | tee "$work/console"
tr -d '\r' <"$work/console" | grep -q '^board: exit status 0$'
