#!/bin/sh
# Makes a box of a Raspberry Pi OS, or any Debian 12 or 13: services, rights, firmware settings. Run it as root.
#
#   sudo boot/install.sh                                from this checkout, with the network
#   sudo boot/install.sh FILE.release ALLOWED_SIGNERS   without: a release, and who may sign it
#   sudo boot/install.sh --uninstall                    all of it goes; your data in /var/lib/ghostnote stays
#
# Done twice it is the same as done once. Later versions come by `ghostnote update`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=/opt/ghostnote
data=/var/lib/ghostnote
units='ghostnote-settle ghostnote-striker ghostnote-out ghostnote-player ghostnote-doctor ghostnote-panel ghostnote-spool.path ghostnote-poweroff.path'
include='include ghostnote.txt'
mark='# Ghostnote'

say() { printf 'install: %s\n' "$*"; }
stop() { printf 'install: %s\n' "$*" >&2; exit 1; }
runs() { [ -d /run/systemd/system ]; } # sd_booted(3)

firmware() { # the folder of the board's config.txt, if there is one
    for folder in /boot/firmware /boot; do
        [ -f "$folder/config.txt" ] && { echo "$folder"; return; }
    done
    return 0
}

put() { # FILE: standard input becomes it, whole or not at all
    cat >"$1.new"
    sync "$1.new"
    mv "$1.new" "$1"
}

ours() { printf '\n%s\n[all]\n%s\n' "$mark" "$include"; }

without_ours() { # config.txt as it was; if you have written behind our lines, without them
    length=$(ours | wc -c)
    if [ "$(tail -c "$length" "$1" | cksum)" = "$(ours | cksum)" ]; then
        head -c "-$length" "$1"
        return
    fi
    awk -v mark="$mark" -v include="$include" '
        $0 == mark { held = $0; next }
        held != "" && $0 == "[all]" { held = held "\n" $0; next }
        held != "" && $0 == include { held = ""; next }
        held != "" { print held; held = "" }
        { print }
        END { if (held != "") print held }' "$1"
}

system_files() { (cd "$here/system" && find . -type f | sed 's|^\.||'); }

packages() { # what Debian has and no wheel brings; without the network, what is there must do
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || needs_python=1
    wanted='python3 python3-venv openssh-client ca-certificates libasound2'
    case $(. /etc/os-release; echo "${VERSION_CODENAME:-}") in
        bookworm) wanted="$wanted python3-systemd" ;;
        *) wanted="python3 python3-venv openssh-client ca-certificates libasound2t64 python3-lgpio python3-rtmidi" ;;
    esac
    missing=
    for package in $wanted; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing="$missing $package"
    done
    [ -z "$missing" ] && return
    if [ -n "$offline" ]; then
        [ -z "${needs_python:-}" ] || stop "Python 3.11 or later is needed, and this system has none"
        say "not installed, and perhaps not needed:$missing"
        return
    fi
    say "installing$missing"
    apt-get -qq update
    # shellcheck disable=SC2086 # words are meant
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends $missing >/dev/null
}

build() { # a version of this checkout, in $work/version
    say "building from $here/..: some minutes"
    "$here/make_venv.sh" python3 "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$here/.."
    case $(dpkg --print-architecture) in
        arm64) machine=aarch64 ;;
        armhf) machine=armv7l ;;
        *) machine=$(uname -m) ;;
    esac
    (cd "$here/.." && "$work/venv/bin/python" -c '
import sys
from pathlib import Path
sys.path.insert(0, "")
from boot.make_release import fill
fill(Path(sys.argv[1]), sys.argv[2], "%d.%d" % sys.version_info[:2])
' "$work/version" "$machine")
    version=$("$work/venv/bin/python" -c 'import appliance; print(appliance.__version__)')
}

place_version() { # whole, or not at all; what runs meanwhile runs on
    mkdir -p "$root/versions"
    # As an update does (appliance/drivers/version_store.py); it is held until this ends.
    exec 9<"$root"
    flock --nonblock 9 || stop "an update is under way: \`ghostnote update status\` shows it"
    rm -rf "$root"/versions/.unfinished-*
    cp -r "$work/version" "$root/versions/.unfinished-$version"
    chown -R root:root "$root/versions/.unfinished-$version"
    sync
    [ ! -d "$root/versions/$version" ] || mv "$root/versions/$version" "$root/versions/.unfinished-old"
    mv "$root/versions/.unfinished-$version" "$root/versions/$version"
    rm -rf "$root/versions/.unfinished-old"
    ln -sfn "versions/$version" "$root/.current"
    mv -T "$root/.current" "$root/current"
    install -m 755 "$root/current/bin/settle" "$root/settle"
    mkdir -p /usr/local/bin
    ln -sfn "$root/current/bin/ghostnote" /usr/local/bin/ghostnote
}

place_system() {
    system_files | while read -r file; do install -D -m 644 "$here/system$file" "$file"; done
    for unit in "$here"/units/*; do install -m 644 "$unit" "/etc/systemd/system/$(basename "$unit")"; done
    systemd-sysusers /usr/lib/sysusers.d/ghostnote.conf
    systemd-tmpfiles --create /usr/lib/tmpfiles.d/ghostnote.conf
    if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
        usermod -aG ghostnote "$SUDO_USER"
        say "$SUDO_USER may ask the services how they are, after the next login"
    fi
    # shellcheck disable=SC2086
    systemctl --quiet enable $units
}

place_firmware() {
    folder=$(firmware)
    [ -n "$folder" ] || { say "no config.txt here: the firmware's settings are left out"; return 0; }
    put "$folder/ghostnote.txt" <"$here/ghostnote.txt"
    if ! grep -qxF "$include" "$folder/config.txt"; then
        # Behind whatever filter the file ends with; your own lines stay as they are.
        { cat "$folder/config.txt"; ours; } | put "$folder/config.txt"
    fi
}

start() {
    runs || { say "done; no systemd runs here: the services start with the next boot"; return 0; }
    systemctl daemon-reload
    udevadm control --reload && udevadm trigger --subsystem-match=gpio --subsystem-match=pwm || true
    modprobe snd-seq || true
    # shellcheck disable=SC2086
    systemctl restart $units
    say "done; \`ghostnote status\` says how it is. Restart the board once for the firmware's settings"
}

uninstall() {
    # shellcheck disable=SC2086
    if runs; then systemctl --quiet disable --now $units 2>/dev/null || true
    else systemctl --quiet disable $units 2>/dev/null || true; fi
    for unit in "$here"/units/*; do rm -f "/etc/systemd/system/$(basename "$unit")"; done
    rm -rf "$data/spool"
    system_files | while read -r file; do rm -f "$file"; done
    for folder in /etc/systemd/journald.conf.d /etc/systemd/system.conf.d; do
        rmdir --ignore-fail-on-non-empty "$folder" 2>/dev/null || true
    done
    folder=$(firmware)
    if [ -n "$folder" ]; then
        rm -f "$folder/ghostnote.txt"
        ! grep -qxF "$include" "$folder/config.txt" || without_ours "$folder/config.txt" | put "$folder/config.txt"
    fi
    rm -f /usr/local/bin/ghostnote
    rm -rf "$root" /etc/ghostnote /run/ghostnote
    if getent passwd ghostnote >/dev/null; then userdel ghostnote 2>/dev/null || true; fi
    if getent group ghostnote >/dev/null; then groupdel ghostnote; fi
    ! runs || systemctl daemon-reload
    # Our empty settings file is nobody's data.
    if [ -f "$data/ghostnote.toml" ] && ! grep -q '^[^#]' "$data/ghostnote.toml"; then rm "$data/ghostnote.toml"; fi
    rmdir "$data" 2>/dev/null || say "your data stays in $data"
    say "uninstalled"
}

[ "$(id -u)" = 0 ] || stop "this needs root: sudo $0 $*"
command -v systemctl >/dev/null || stop "this needs a system with systemd"
case ${1:-} in
    --uninstall) uninstall; exit ;;
    -*) stop "there is --uninstall, FILE.release with ALLOWED_SIGNERS, or nothing; not $1" ;;
esac
offline=${1:-}
[ -z "$offline" ] || [ -f "${2:-}" ] || stop "say who may sign releases: $0 $1 ALLOWED_SIGNERS"
work=$(mktemp -d "${TMPDIR:-/var/tmp}/ghostnote.XXXXXX")
trap 'rm -rf "$work"' EXIT
packages
if [ -n "$offline" ]; then
    version=$(python3 -I "$here/first_version.py" "$offline" "$2" "$work")
    install -D -m 644 "$2" /etc/ghostnote/allowed_signers
else
    build
fi
place_version
place_system
place_firmware
start
