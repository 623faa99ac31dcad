#!/bin/sh
# Builds the image of a card from Debian's packages alone: for Raspberry Pi 3, 4 and Zero 2 W, 64-bit.
#
#   [ARCH=arm64|amd64] boot/image/build.sh RELEASE IMAGE [FOLDER]
#
# RELEASE: what boot/make_release.py made for aarch64 (for amd64: x86_64) and Python 3.11. FOLDER keeps what is slow
# (Debian's files) for the next time, default ~/.cache/ghostnote-image. An image for amd64 has all but the firmware of a
# Pi: it is what the emulated board starts when it is to be fast (tests/appliance_board). Beside the image IMAGE.kernel
# and IMAGE.initrd are written, which QEMU starts it with. It needs root, Debian's mmdebstrap, qemu-user-static (for
# another processor than this one), erofs-utils, mtools, dosfstools, fdisk, e2fsprogs, kmod, cpio. The same release, the
# same FOLDER and the same SOURCE_DATE_EPOCH (default: the day of the commit) give the same bytes.
set -eu

release=$(realpath "$1")
image=$(realpath -m "$2")
arch=${ARCH:-arm64}
cache=${3:-${XDG_CACHE_HOME:-$HOME/.cache}/ghostnote-image}/$arch
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
python=${PYTHON:-$repository/.venv/bin/python}
suite=bookworm
kernel_package=linux-image-rt-$arch

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repository" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
# A name each for the file systems; made by hand, since chance would change the bytes.
fat_id=6E6F7465
data_uuid=9d1a5f0e-6e67-4f73-8e6f-74652d646174
root_uuid=9d1a5f0e-6e67-4f73-8e6f-74652d726f6f
disk_id=0x6e6f7465

say() { printf 'image: %s\n' "$*" >&2; }

mirror=${MIRROR:-$(sed -n 's/^URIs: \(.*\/debian\/\{0,1\}\)$/\1/p' /etc/apt/sources.list.d/debian.sources | head -n 1)}
mkdir -p "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

packages() { # what a Pi's own chips need is not for other boards
    sed "$([ "$arch" = arm64 ] || echo '/every Pi/d;')s/#.*//" "$here/packages.txt" | awk 'NF { printf "%s%s", comma, $1; comma = "," }'
}

foreign() { # the other processor's programs run while its packages are configured
    [ "$arch" = "$(dpkg --print-architecture)" ] || [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] && return
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    update-binfmts --import
}

fetch() { # everything of Debian's, once
    [ -f "$cache/complete" ] && return
    say "fetching Debian $suite for $arch: some minutes"
    foreign
    rm -rf "$cache/fetched"
    mmdebstrap --quiet --variant=minbase --architectures="$arch" --components='main non-free-firmware' \
        --include="$(packages)" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
        --customize-hook='mkdir -p "$1/fetched"' \
        --customize-hook="cd \"\$1/fetched\" && export APT_CONFIG=\"\$MMDEBSTRAP_APT_CONFIG\" && apt-get -qq \
            -o APT::Sandbox::User=root download $([ "$arch" != arm64 ] || echo raspi-firmware) busybox-static \
            \$(apt-cache depends $kernel_package linux-headers-rt-$arch | sed -n 's/.*Depends: \(linux-[ih].*-rt-.*\)/\1/p') \
            \$(apt-cache search --names-only 'linux-headers-.*-common-rt' | cut -d ' ' -f 1 | sort -V | tail -n 1)" \
        --customize-hook="copy-out /fetched $cache" --customize-hook="rm -rf \"\$1/fetched\"" \
        "$suite" "$cache/root.tar" "$mirror"
    touch "$cache/complete"
}

unpack() {
    say "unpacking"
    mkdir "$work/root" "$work/kernel" "$work/firmware" "$work/busybox"
    tar -C "$work/root" -xf "$cache/root.tar"
    dpkg-deb -x "$cache"/fetched/linux-image-*.deb "$work/kernel"
    [ "$arch" != arm64 ] || dpkg-deb -x "$cache"/fetched/raspi-firmware_*.deb "$work/firmware"
    dpkg-deb -x "$cache"/fetched/busybox-static_*.deb "$work/busybox"
    version=$(ls "$work/kernel/lib/modules")
}

wanted() { sed 's/#.*//' "$here/modules.txt" | awk "$1"; }

files_of() { # the files of modules and of all that they need, in the order of loading
    for module in "$@"; do
        modprobe --dirname "$work/kernel" --set-version "$version" --show-depends "$module" 2>/dev/null || true
    done | sed -n "s|^insmod .*/lib/modules/$version/||p" | awk '{ print $1 }' | awk '!seen[$0]++'
}

known() { # a name that the kernel of a Pi has no module for is a mistake; another board's has not all of them
    [ "$arch" = arm64 ] || return 0
    # shellcheck disable=SC2046
    for module in $(wanted '{ for (i = ($1 == "initrd") + 1; i <= NF; i++) print $i }'); do
        modprobe --dirname "$work/kernel" --set-version "$version" --show-depends "$module" >/dev/null 2>&1 ||
            { say "modules.txt: $version has no $module"; exit 1; }
    done
}

modules() { # the kernel's modules into the root, the early ones into the initrd
    depmod --basedir "$work/kernel" "$version"
    known
    # shellcheck disable=SC2046 # words are meant
    files_of $(wanted '{ for (i = ($1 == "initrd") + 1; i <= NF; i++) print $i }') >"$work/files"
    # shellcheck disable=SC2046
    files_of $(wanted '$1 == "initrd" { for (i = 2; i <= NF; i++) print $i }') >"$work/early"
    mkdir -p "$work/root/usr/lib/modules/$version" "$work/initrd/lib/modules" "$work/initrd/bin"
    (cd "$work/kernel/lib/modules/$version" &&
        cp --parents $(cat "$work/files") modules.order modules.builtin modules.builtin.modinfo \
            "$work/root/usr/lib/modules/$version/" && cp --parents $(cat "$work/early") "$work/initrd/lib/modules/")
    depmod --basedir "$work/root/usr" "$version" 2>/dev/null || depmod --basedir "$work/root" "$version"
    cp "$work/early" "$work/initrd/modules"
    cp "$work/busybox/bin/busybox" "$work/initrd/bin/busybox"
    cp "$here/init" "$work/initrd/init"
}

fill_root() {
    say "filling the root"
    root=$work/root
    cp -rT "$here/root" "$root"
    chmod 440 "$root/etc/sudoers.d/crew"
    firmware "$root/usr/lib/firmware"
    mkdir -p "$root/data" "$root/boot/firmware" "$root/opt/ghostnote" "$root/var/lib/ghostnote" "$root/etc/ghostnote"
    ln -sf /data/etc/allowed_signers "$root/etc/ghostnote/allowed_signers"
    ln -sf /opt/ghostnote/current/bin/ghostnote "$root/usr/local/bin/ghostnote"
    cp -rT "$repository/boot/system" "$root"
    cp "$repository"/boot/units/* "$root/etc/systemd/system/"
    chroot "$root" groupadd --system gpio
    chroot "$root" useradd --system --home-dir /var/lib/ghostnote --shell /usr/sbin/nologin ghostnote
    chroot "$root" usermod -aG gpio,audio,dialout ghostnote
    chroot "$root" useradd --create-home --shell /bin/bash --groups ghostnote crew
    echo ghostnote >"$root/etc/hostname"
    : >"$root/etc/machine-id"
    rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/resolv.conf"
    ln -s ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
    systemctl --root "$root" --quiet enable ghostnote-owner.service \
        ghostnote-hostkey.service ghostnote-settle.service \
        ghostnote-striker.service ghostnote-out.service ghostnote-player.service ghostnote-doctor.service \
        ghostnote-panel.service ghostnote-spool.path ghostnote-poweroff.path
    # shellcheck disable=SC2046
    systemctl --root "$root" --quiet mask $(sed 's/#.*//' "$here/masked.txt")
    music_first systemd-networkd systemd-resolved systemd-timesyncd systemd-logind ssh
    systemctl --root "$root" --quiet set-default multi-user.target
    trim "$root"
}

music_first() { # who may come in from outside waits until the player has started, well or not
    for unit in "$@"; do
        systemctl --root "$root" --quiet disable "$unit.service"
        # Two of them stand before everything else, in Debian's own files.
        sed 's/sysinit\.target//; s/^WantedBy=.*/WantedBy=multi-user.target/' "$root/lib/systemd/system/$unit.service" \
            >"$root/etc/systemd/system/$unit.service"
        mkdir -p "$root/etc/systemd/system/$unit.service.d"
        printf '[Unit]\nAfter=ghostnote-player.service\n' >"$root/etc/systemd/system/$unit.service.d/music-first.conf"
        systemctl --root "$root" --quiet enable "$unit.service"
    done
}

firmware() { # the Wi-Fi chips of a Pi 3 (43430, 43455), a Zero 2 W (43436, 43439) and a Pi 4 (43455): the rest goes
    (cd "$1" && find . \( -type f -o -type l \) | grep -vE 'brcmfmac43(430|436|439|455)|cypress/cyfmac43(430|439|455)|regulatory' \
        | xargs rm -f)
    find "$1" -type d -empty -delete
}

trim() { # what a box that gets whole new images and releases never uses
    rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/* "$1"/var/log/* "$1"/usr/share/zsh "$1"/usr/share/sounds \
        "$1"/usr/lib/udev/hwdb.d "$1"/usr/share/perl "$1"/usr/share/bash-completion "$1"/usr/share/pixmaps
    rm -f "$1"/usr/lib/python3*/*/config-*/*.a
    find "$1/usr" -name __pycache__ -path '*/test/*' -prune -exec rm -rf {} +
}

data() { # the data partition: the release, unpacked, and room for settings
    say "filling the data partition"
    mkdir -p "$work/data/ghostnote/versions" "$work/data/lib" "$work/data/ssh" "$work/data/etc"
    number=$(PYTHONPATH=$repository "$python" "$here/unpack_release.py" "$release" "$work/data/ghostnote/versions")
    ln -s "versions/$number" "$work/data/ghostnote/current"
    cp "$repository/boot/settle.py" "$work/data/ghostnote/settle"
    user=$(sed -n 's/^ghostnote:[^:]*:\([0-9]*\):\([0-9]*\):.*/\1:\2/p' "$work/root/etc/passwd")
    chown -R 0:0 "$work/data"
    chown "$user" "$work/data/lib"
}

settle_times() { find "$1" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

settle_changes() { # an inode's last change is that of the file that was copied, which nobody can set before
    (cd "$work/data" && find . -printf '/%P\n') | LC_ALL=C sort | while read -r path; do
        printf 'sif "%s" ctime @%s\nsif "%s" ctime_extra 0\n' "$path" "$SOURCE_DATE_EPOCH" "$path"
    done >"$work/changes"
    E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH debugfs -w -f "$work/changes" "$work/data.ext4" >"$work/debugfs.log" 2>&1
    if grep -v '^debugfs' "$work/debugfs.log" | grep -q .; then head -3 "$work/debugfs.log" >&2; exit 1; fi
}

partitions() {
    say "making the partitions"
    settle_times "$work/root"
    mkfs.erofs --quiet -zlz4hc -T "$SOURCE_DATE_EPOCH" -U "$root_uuid" "$work/root.erofs" "$work/root" >/dev/null
    settle_times "$work/data"
    truncate --size 320M "$work/data.ext4"
    E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -L GHOSTDATA -U "$data_uuid" -m 1 \
        -E "hash_seed=$data_uuid,lazy_itable_init=0,lazy_journal_init=0" -d "$work/data" "$work/data.ext4"
    settle_changes
    settle_times "$work/initrd"
    (cd "$work/initrd" && find . | LC_ALL=C sort | cpio --quiet --reproducible -R 0:0 -o -H newc | gzip -9n) >"$work/initrd.gz"
    fat
}

fat() {
    truncate --size 96M "$work/fat"
    mkfs.vfat -F 32 -n GHOSTNOTE -i "$fat_id" --invariant "$work/fat" >/dev/null
    mkdir "$work/boot"
    [ "$arch" != arm64 ] || firmware_of_a_pi
    cp "$here/config.txt" "$here/cmdline.txt" "$work/boot/"
    cp "$work/kernel/boot/vmlinuz-$version" "$work/boot/vmlinuz"
    cp "$work/initrd.gz" "$work/boot/initrd"
    mkdir "$work/boot/ghostnote"
    cp "$here/owner.txt" "$work/boot/ghostnote/README.txt"
    settle_times "$work/boot"
    (cd "$work/boot" && find . -type f | LC_ALL=C sort | sed 's|^\./||' >"$work/boot-files")
    TZ=UTC mmd -i "$work/fat" ::ghostnote
    while read -r file; do TZ=UTC mcopy -m -i "$work/fat" "$work/boot/$file" "::$file"; done <"$work/boot-files"
}

firmware_of_a_pi() {
    cp "$work"/firmware/usr/lib/raspi-firmware/bootcode.bin "$work"/firmware/usr/lib/raspi-firmware/start.elf \
        "$work"/firmware/usr/lib/raspi-firmware/start4.elf "$work"/firmware/usr/lib/raspi-firmware/start_cd.elf \
        "$work"/firmware/usr/lib/raspi-firmware/start4cd.elf "$work"/firmware/usr/lib/raspi-firmware/fixup*.dat "$work/boot/"
    for board in bcm2711-rpi-4-b bcm2711-rpi-400 bcm2711-rpi-cm4-io bcm2837-rpi-3-a-plus bcm2837-rpi-3-b \
        bcm2837-rpi-3-b-plus bcm2837-rpi-zero-2-w bcm2837-rpi-cm3-io3; do
        cp "$work/kernel/usr/lib/linux-image-$version/broadcom/$board.dtb" "$work/boot/" 2>/dev/null || true
    done
}

join() {
    say "joining them"
    truncate --size "$(($(stat -c %s "$work/root.erofs") / 1048576 * 1048576 + 1048576))" "$work/root.erofs"
    fat_sectors=$(($(stat -c %s "$work/fat") / 512))
    root_sectors=$(($(stat -c %s "$work/root.erofs") / 512))
    data_sectors=$(($(stat -c %s "$work/data.ext4") / 512))
    truncate --size "$(((2048 + fat_sectors + root_sectors + data_sectors) * 512))" "$work/image"
    printf 'label: dos\nlabel-id: %s\n2048,%s,c,*\n%s,%s,83\n%s,%s,83\n' "$disk_id" "$fat_sectors" \
        "$((2048 + fat_sectors))" "$root_sectors" "$((2048 + fat_sectors + root_sectors))" "$data_sectors" \
        | sfdisk --quiet "$work/image"
    put "$work/fat" 2048
    put "$work/root.erofs" $((2048 + fat_sectors))
    put "$work/data.ext4" $((2048 + fat_sectors + root_sectors))
    cp "$work/boot/vmlinuz" "$image.kernel"
    cp "$work/boot/initrd" "$image.initrd"
    mv "$work/image" "$image"
}

put() { dd if="$1" of="$work/image" bs=1M seek="$(($2 * 512))" oflag=seek_bytes conv=notrunc,sparse status=none; }

fetch
unpack
modules
fill_root
data
partitions
join
say "$image: root $(du -sm "$work/root" | cut -f 1) MB, $(stat -c %s "$image" | awk '{ print int($1 / 1048576) }') MB in all"
