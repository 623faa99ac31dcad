"""Lines of a GPIO chip by the kernel's own calls: what works when a library, or the process that used it, does not.

The numbers are those of <linux/gpio.h>, version 2 of the GPIO character device (Linux 5.10 and later).
"""

import errno
import fcntl
import os
import struct
from collections.abc import Sequence
from pathlib import Path

_GET_CHIP_INFO = 0x8044B401
_GET_LINE = 0xC250B407
_GET_VALUES = 0xC010B40E
_SET_VALUES = 0xC010B40F

_CHIP_INFO = struct.Struct("32s32sI")
# struct gpio_v2_line_request: offsets, consumer, flags, number of attributes, their padding, the attributes (an id, a
# value, a mask: ten of them), number of lines, size of the event buffer, padding, and the file that comes back.
_REQUEST = struct.Struct("=64I 32s Q I 20x 240x I I 20x i")
_FLAG_OUTPUT = 1 << 3

_VALUES = struct.Struct("=QQ")  # bits, mask
_LOW = _VALUES.pack(0, 1)
_ASK = _VALUES.pack(0, 1)

# How the kernel names the file of a line request in /proc/PID/fd.
_LINE_FILE = "anon_inode:gpio-line"

# The header's chip by its label (first part): BCM2835 to BCM2711, and the RP1 of a Pi 5. Numbers have changed between
# kernels, so the number says nothing.
HEADER_LABELS = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")


class KernelLine:
    """One output line by the file of its request; it can be shared with a process that was forked."""

    def __init__(self, file: int) -> None:
        self._file = file

    def lower(self) -> None:
        """Set the line low now. Raises: OSError when it is no output or its chip is gone."""
        fcntl.ioctl(self._file, _SET_VALUES, _LOW)

    def is_high(self) -> bool:
        """The line's level. Raises: OSError when its chip is gone."""
        bits, _ = _VALUES.unpack(fcntl.ioctl(self._file, _GET_VALUES, _ASK))
        return bool(bits & 1)

    def files(self) -> tuple[int, ...]:
        """The file that must stay open."""
        return (self._file,)


def line_files() -> set[int]:
    """The files of all line requests that this process has open."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = entry.readlink()
        except FileNotFoundError:
            continue  # the folder's own file, closed by now
        if str(target) == _LINE_FILE:
            found.add(int(entry.name))
    return found


def header_chip(devices: Path = Path("/dev")) -> Path | None:
    """The chip of the pin header, or None on a board without one."""
    for device in sorted(devices.glob("gpiochip*")):
        with device.open("rb") as chip:
            _, label, _ = _CHIP_INFO.unpack(fcntl.ioctl(chip, _GET_CHIP_INFO, bytes(_CHIP_INFO.size)))
        if label.rstrip(b"\0").decode("ascii", "replace") in HEADER_LABELS:
            return device
    return None


def hold_low(chip: Path, gpios: Sequence[int]) -> list[int]:
    """Make lines outputs and low, one request each; those that another process holds are given back, the rest is done.

    Nothing is closed: the lines stay low at least until this process ends. Raises: OSError when the chip refuses.
    """
    held = []
    with chip.open("rb") as file:
        for gpio in gpios:
            try:
                fcntl.ioctl(file, _GET_LINE, bytearray(_low_request(gpio)), True)
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                held.append(gpio)
    return held


def _low_request(gpio: int) -> bytes:
    # An output without a value attribute starts low.
    offsets = (gpio, *(0,) * 63)
    return _REQUEST.pack(*offsets, f"ghostnote {os.getpid()}".encode(), _FLAG_OUTPUT, 0, 1, 0, 0)
