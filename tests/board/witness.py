"""What the emulated board says of itself: when it had a pad, and when it stood still."""

import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.freeze_witness import standstills


class Enumeration:
    """When the kernel had a USB MIDI device ready: its own word to udev, so that its time is not taken for ours."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)  # NETLINK_KOBJECT_UEVENT
        self._socket.bind((0, 1))
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def seen(self) -> float | None:
        """The latest instant, if it was said since the last time of asking."""
        latest = None
        try:
            while True:
                word = self._socket.recv(8192)
                if word.startswith(b"add@") and b"/midiC" in word and b"/usb" in word:
                    latest = time.monotonic()
        except BlockingIOError:
            return latest


class Witness:
    """Sees the emulated processors stand still, when the machine that emulates them has other things to do."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._noted: list[tuple[float, float]] | None = None  # read once, when no more come
        self._process = subprocess.Popen([sys.executable, "-m", "bench.freeze_witness", str(file)])

    def stood(self, since: float, until: float) -> float:
        """Seconds between two instants in which at least one processor stood."""
        seconds, end = 0.0, since
        for begin, over in self._noted if self._noted is not None else sorted(standstills(self._file)):
            if begin >= until:
                break
            begin, over = max(begin, end), min(over, until)
            if begin < over:
                seconds, end = seconds + over - begin, over
        return seconds

    def dismiss(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._noted = sorted(standstills(self._file))
