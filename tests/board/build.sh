#!/bin/sh
# Builds what the emulated board boots from: a kernel, its gpio-sim module, the modules of a USB drum pad, and a root
# filesystem with Python, gpiozero, lgpio and python-rtmidi. Needs root, Debian's packages and the network, once; everything is kept in the folder named below.
#
#   tests/board/build.sh [FOLDER]        FOLDER: default ~/.cache/ghostnote-board
#
# gpio-sim is in no Debian kernel (bookworm, trixie), but the sources build it in seconds against the kernel's headers.
set -eu

cache=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ghostnote-board}
here=$(cd "$(dirname "$0")" && pwd)
packages="qemu-system-x86 seabios mmdebstrap kmod cpio xz-utils gcc make linux-headers-amd64 linux-source"

[ -e "$cache/ready" ] && [ ! "$here/build.sh" -nt "$cache/ready" ] && exit 0
[ "$(id -u)" = 0 ] || { echo "build.sh: building the board needs root" >&2; exit 2; }
[ "$(dpkg --print-architecture)" = amd64 ] || { echo "build.sh: the board is built on amd64 Debian" >&2; exit 2; }
rm -rf "$cache"
mkdir -p "$cache/deb" "$cache/module" "$cache/wheels"
cd "$cache"

echo "board: packages" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
apt-get install -q -y --no-install-recommends $packages >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
headers=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 | grep -o 'linux-headers-[^ ,]*-amd64')
version=${headers#linux-headers-}
series=$(echo "$version" | grep -o '^[0-9]*\.[0-9]*')

echo "board: kernel $version" >&2
(cd deb && apt-get download -q "linux-image-$version" >../apt.log 2>&1 && dpkg-deb -x ./linux-image-*.deb ../kernel)
cp kernel/boot/vmlinuz-* vmlinuz

echo "board: gpio-sim" >&2
tar -xf "/usr/src/linux-source-$series.tar.xz" --strip-components=3 -C module \
    "linux-source-$series/drivers/gpio/gpio-sim.c" "linux-source-$series/drivers/gpio/gpiolib.h" \
    "linux-source-$series/kernel/irq/irq_sim.c"
# One module of two files: irq_sim is not built into Debian's kernels, and it uses two functions that are not exported.
sed -i -e '/EXPORT_SYMBOL/d' -e 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' module/irq_sim.c
mv module/gpio-sim.c module/gpio_sim_main.c
# A Pi's kernel lets a released output keep its level (pinctrl_bcm2835.persist_gpio_outputs); gpio-sim resets it.
sed -i '/->free = gpio_sim_free;/d; s/^static void gpio_sim_free(/static void __maybe_unused gpio_sim_free(/' \
    module/gpio_sim_main.c
printf 'obj-m := gpio-sim.o\ngpio-sim-y := gpio_sim_main.o irq_sim.o\n' >module/Makefile
make -s -C "/lib/modules/$version/build" M="$cache/module" modules >make.log 2>&1 || { tail -20 make.log >&2; exit 2; }

echo "board: root filesystem" >&2
mmdebstrap --quiet --variant=minbase --mode=root --include=python3,python3-venv,python3-pip,kmod,procps,libasound2 \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$suite" root
chroot root python3 -m venv /venv
# The host's pip, with the host's index, fetches them for the board's Python.
python=$(chroot root python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
python3 -m pip download --quiet --disable-pip-version-check --dest wheels --only-binary :all: --platform any \
    --platform manylinux_2_34_x86_64 --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
    --platform manylinux2014_x86_64 --python-version "$python" msgspec gpiozero lgpio python-rtmidi
cp -r wheels root/wheels
chroot root /venv/bin/pip install --quiet --no-index --find-links /wheels msgspec gpiozero lgpio python-rtmidi
rm -rf root/wheels root/var/cache/apt root/var/lib/apt/lists root/usr/lib/python3/dist-packages/pip
mkdir -p root/modules
cp module/gpio-sim.ko "kernel/lib/modules/$version/kernel/fs/configfs/"configfs.ko* root/modules/
# A USB drum pad: the gadget's side (dummy_hcd, usb_f_midi) and the host's (snd-usb-audio), and the sequencer on top.
depmod -b kernel "$version"
modprobe -d "$cache/kernel" -S "$version" -a --show-depends dummy_hcd usb_f_midi snd-usb-audio snd-seq-midi \
    snd-seq-dummy | sed -n 's/^insmod //p' | sort -u | while read -r module; do
    mkdir -p "root/lib/modules/$version/$(dirname "${module#*"/lib/modules/$version/"}")"
    cp "$module" "root/lib/modules/$version/${module#*"/lib/modules/$version/"}"
done
cp "kernel/lib/modules/$version/modules.builtin" "kernel/lib/modules/$version/modules.order" "root/lib/modules/$version/"
depmod -b root "$version" 2>>make.log
(cd root && find . | cpio --quiet -o -H newc) | gzip -1 >root.cpio.gz
rm -rf root kernel deb wheels
touch ready
echo "board: ready in $cache ($(du -sh . | cut -f1))" >&2
