#!/bin/sh
# Builds what the emulated board is made of beside the card: the kernel modules that stand for its hardware (pins by
# gpio-sim, USB sockets by dummy_hcd), and an archive that the card's initrd takes along. Then the card itself, by
# boot/image/build.sh. Needs root, Debian 12 on amd64, and the first time the network.
#
#   [ARCH=amd64|arm64] tests/appliance_board/build.sh RELEASE FOLDER
#
# RELEASE: a release for that processor. FOLDER is filled: card (the image, as it would be written to a Pi's card),
# kernel, initrd (the card's own, and ours behind it), and on arm64 board.dtb. What is slow is kept in
# ~/.cache/ghostnote-image and ~/.cache/ghostnote-appliance-board.
set -eu

arch=${ARCH:-amd64}
release=$(realpath "$1")
folder=$(realpath -m "$2")
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}
modules=$cache/ghostnote-appliance-board/$arch
debian=$cache/ghostnote-image/$arch/fetched
packages="qemu-system-x86 qemu-system-arm seabios ipxe-qemu mmdebstrap qemu-user-static binfmt-support arch-test e2fsprogs
    kmod cpio xz-utils erofs-utils mtools dosfstools fdisk gcc make linux-source-6.1 linux-kbuild-6.1 device-tree-compiler
    $([ "$arch" = amd64 ] || echo gcc-aarch64-linux-gnu)"

say() { printf 'board: %s\n' "$*" >&2; }

[ "$(id -u)" = 0 ] || { say "building the board needs root"; exit 2; }
[ "$(dpkg --print-architecture)" = amd64 ] || { say "the board is built on amd64 Debian"; exit 2; }

# shellcheck disable=SC2086
if ! dpkg -s $packages >/dev/null 2>&1; then
    say "installing its tools"
    log=$(mktemp)
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages >"$log" 2>&1 ||
        { tail -3 "$log" >&2; exit 2; }
fi

gpio_sim() { # VERSION: the module for that kernel; it is in none of Debian's, and builds beside any of them
    mkdir -p "$work/module" "$work/headers/usr/lib"
    for package in "$debian"/linux-headers-*.deb; do dpkg-deb -x "$package" "$work/headers"; done
    ln -s /usr/lib/linux-kbuild-6.1 "$work/headers/usr/lib/linux-kbuild-6.1"
    build=$work/headers/usr/src/linux-headers-$1
    sed -i "s|/usr/src|$work/headers/usr/src|" "$build/Makefile"
    tar -xf /usr/src/linux-source-6.1.tar.xz --strip-components=3 -C "$work/module" \
        linux-source-6.1/drivers/gpio/gpio-sim.c linux-source-6.1/drivers/gpio/gpiolib.h linux-source-6.1/kernel/irq/irq_sim.c
    # One module of two files: irq_sim is not built into Debian's kernels, and it uses two functions that are not exported.
    sed -i -e '/EXPORT_SYMBOL/d' -e 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' \
        "$work/module/irq_sim.c"
    mv "$work/module/gpio-sim.c" "$work/module/gpio_sim_main.c"
    # A Pi's kernel lets a released output keep its level (pinctrl_bcm2835.persist_gpio_outputs); gpio-sim resets it.
    sed -i '/->free = gpio_sim_free;/d; s/^static void gpio_sim_free(/static void __maybe_unused gpio_sim_free(/' \
        "$work/module/gpio_sim_main.c"
    printf 'obj-m := gpio-sim.o\ngpio-sim-y := gpio_sim_main.o irq_sim.o\n' >"$work/module/Makefile"
    cross=
    [ "$arch" = amd64 ] || cross="ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-"
    # shellcheck disable=SC2086
    make -s -C "$build" M="$work/module" $cross modules >"$work/make.log" 2>&1 || { tail -20 "$work/make.log" >&2; exit 2; }
}

hardware() { # the modules, in the order of loading, once for each of Debian's kernels
    [ -f "$modules/order" ] && [ ! "$here/build.sh" -nt "$modules/order" ] &&
        [ ! "$cache/ghostnote-image/$arch/complete" -nt "$modules/order" ] && return
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/kernel"
    dpkg-deb -x "$debian"/linux-image-*.deb "$work/kernel"
    version=$(ls "$work/kernel/lib/modules")
    say "modules for $version"
    gpio_sim "$version"
    depmod -b "$work/kernel" "$version"
    rm -rf "$modules"
    mkdir -p "$modules"
    for module in configfs dummy_hcd usb_f_midi usb_f_acm virtio_console; do
        modprobe -d "$work/kernel" -S "$version" --show-depends "$module" 2>/dev/null
    done | sed -n 's/^insmod //p' | awk '{ print $1 }' | awk '!seen[$0]++' | while read -r file; do
        cp "$file" "$modules/"
        basename "$file"
    done >"$work/order"
    cp "$work/module/gpio-sim.ko" "$modules/"
    echo gpio-sim.ko >>"$work/order"
    cp "$work/order" "$modules/order"
}

kernel() { # QEMU starts an unpacked amd64 kernel without its BIOS (PVH), which saves a quarter of the start
    mv "$folder/card.kernel" "$folder/kernel"
    [ "$arch" = amd64 ] || return 0
    start=$(grep -abo "$(printf '\3757zXZ')" "$folder/kernel" | head -n 1 | cut -d : -f 1)
    # Behind the kernel there is more in the file, of which xz complains.
    tail -c "+$((start + 1))" "$folder/kernel" | xz -dc >"$folder/kernel.elf" 2>/dev/null || true
    mv "$folder/kernel.elf" "$folder/kernel"
}

archive() { # what the card's initrd takes along: the hardware, and somebody who watches it
    tree=$(mktemp -d)
    mkdir -p "$tree/beside/board"
    cp -rT "$here/beside" "$tree/beside"
    cp -r "$modules" "$tree/beside/board/modules"
    cp "$here/watcher.py" "$tree/beside/board/watcher.py"
    mv "$tree/beside/hardware" "$tree/beside.sh"
    [ "$arch" = amd64 ] || rm -rf "$tree/beside/etc/systemd/system/ghostnote-striker.service.d"
    find "$tree" -name __pycache__ -prune -exec rm -rf {} +
    chown -R 0:0 "$tree"
    (cd "$tree" && find . | LC_ALL=C sort | cpio --quiet -R 0:0 -o -H newc | gzip -1) >"$folder/hardware"
    rm -rf "$tree"
    # The kernel unpacks archives that lie behind one another into one root.
    cat "$folder/card.initrd" "$folder/hardware" >"$folder/initrd"
}

device_tree() { # QEMU's machine `virt`, that says of itself what gpiozero asks a Pi for
    [ "$arch" = arm64 ] || return 0
    qemu-system-aarch64 -M "virt,gic-version=3,dumpdtb=$folder/board.dtb" -cpu cortex-a72 -smp 1 -m 1024 >/dev/null 2>&1
    fdtput -t s "$folder/board.dtb" /pl061@9030000 status disabled
    fdtput -c "$folder/board.dtb" /system
    fdtput -t x "$folder/board.dtb" /system linux,revision c03115
    fdtput -t s "$folder/board.dtb" / model "Raspberry Pi 4 Model B Rev 1.5"
}

mkdir -p "$folder"
ARCH=$arch "$repository/boot/image/build.sh" "$release" "$folder/card"
hardware
kernel
archive
device_tree
say "ready in $folder"
