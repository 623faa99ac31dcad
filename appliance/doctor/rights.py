"""What the user may do: reach the pins, be real-time."""

import grp
import os
import pwd
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

from appliance.doctor.finding import Finding, bad, look, ok
from appliance.doctor.kernel_files import KernelFiles
from appliance.drivers.wiring import PinSettings
from appliance.status.wiring import StatusSettings

# <linux/capability.h>
_CAP_IPC_LOCK, _CAP_SYS_NICE = 14, 23


class User(msgspec.Struct, frozen=True):
    """Who asks: the name, the groups by name, and whether everything is allowed."""

    name: str
    groups: tuple[str, ...]
    root: bool = False


def this_user() -> User:
    """Who runs this process."""
    user = pwd.getpwuid(os.geteuid())
    groups = sorted({_group(gid) for gid in (*os.getgroups(), os.getegid())})
    return User(user.pw_name, tuple(groups), user.pw_uid == 0)


def check_lines(pins: PinSettings, status: StatusSettings) -> Finding:
    """Whether any GPIO is given twice, and whether any motor has one."""
    owner = {gpio: f"pins.{key}" for key, gpio in pins.lines()}
    for key, gpio in status.lines():
        if gpio in owner:
            return bad("lines", f"status.{key} and {owner[gpio]} are both GPIO {gpio}", "Give each a line of its own.")
    if not pins.motors:
        return look("lines", "no motor has pins", "Give each motor that is wired a table [pins.motors.NAME].")
    return ok("lines", f"{len(pins.motors)} motors on {len(owner)} lines, {len(list(status.lines()))} for the status")


def check_pins(kernel: KernelFiles, user: User, pins: PinSettings) -> Finding:
    """Whether there are pins, a library for them, and leave to use them."""
    chips = kernel.paths("dev/gpiochip*")
    if not chips:
        return look("pins", "this machine has no GPIO", "Nothing: the drums are dry here.")
    missing = [name for name in ("gpiozero", _LIBRARY[pins.factory]) if find_spec(name) is None]
    if missing:
        return bad("pins", f"{' and '.join(missing)} is not installed", "pip install 'ghostnote[pi]'")
    return _may_use(chips, user)


_LIBRARY: Mapping[str, str] = {"": "lgpio", "lgpio": "lgpio", "rpigpio": "RPi", "mock": "gpiozero"}


def _may_use(chips: list[Path], user: User) -> Finding:
    locked = [chip for chip in chips if not os.access(chip, os.R_OK | os.W_OK)]
    if len(locked) < len(chips):
        return ok("pins", f"{len(chips) - len(locked)} GPIO chips, and {user.name} may use them")
    group = _group(locked[0].stat().st_gid)
    if group in user.groups:
        return bad(
            "pins", f"{locked[0]} is closed to its group {group}", "Install the box's udev rules, or start as root."
        )
    return bad(
        "pins", f"{user.name} is not in the group {group} of {locked[0]}", f"sudo usermod -aG {group} {user.name}"
    )


def check_real_time(kernel: KernelFiles, priority: int) -> Finding:
    """Whether a process started from here may be real-time and lock its memory."""
    lacks = []
    if not (_capable(kernel, _CAP_SYS_NICE) or (_limit(kernel, "Max realtime priority") or 0) >= priority):
        lacks.append(f"no real-time priority {priority}")
    if not (_capable(kernel, _CAP_IPC_LOCK) or _limit(kernel, "Max locked memory") is None):
        lacks.append("no locked memory")
    if lacks:
        return look(
            "real time",
            f"{', '.join(lacks)} for what is started from here: strokes can be late under load",
            "Start the striker as a system service, or give LimitRTPRIO and LimitMEMLOCK=infinity.",
        )
    return ok("real time", f"priority {priority} and locked memory are granted")


def _limit(kernel: KernelFiles, name: str) -> int | None:
    """A soft limit of this process, None for unlimited (proc(5), /proc/pid/limits); 0 where there is no such file."""
    for line in (kernel.text("proc/self/limits") or "").splitlines():
        if line.startswith(name):
            soft = line[len(name) :].split()[0]
            return None if soft == "unlimited" else int(soft)
    return 0


def _capable(kernel: KernelFiles, capability: int) -> bool:
    for line in (kernel.text("proc/self/status") or "").splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> capability & 1)
    return False


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
