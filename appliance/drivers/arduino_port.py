"""The serial port of an Arduino: found, opened, and opened again after it was gone."""

import contextlib
import os
import select
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from appliance.errors import SettingsError

BAUD = 115200

# Boards by the names that the kernel and udev give them; by-id is first, as it survives a change of the order.
_PLACES = ("serial/by-id/*", "ttyACM*", "ttyUSB*")
_CHUNK = 512


class ArduinoPort:
    """A port by its path, or the first of those that are there; it may come and go."""

    def __init__(self, path: str) -> None:
        """Raises: SettingsError when pyserial is not there."""
        self._path = path
        self._serial = _pyserial()
        self._open: Any = None
        self._turn = 0

    @property
    def is_open(self) -> bool:
        """Whether bytes can go out."""
        return self._open is not None

    def fileno(self) -> int:
        """Of the open port."""
        number: int = self._open.fileno()
        return number

    def open(self) -> bool:
        """Try to open it; of several candidates the next one at each try. It takes some ms; no board is waited for."""
        places = list(self._candidates())
        if not places:
            return False
        place = places[self._turn % len(places)]
        self._turn += 1
        try:
            # No flow control; the first opening pulls DTR, which resets an Uno: its hello is waited for.
            port = self._serial.Serial(str(place), BAUD, timeout=0, write_timeout=0, exclusive=True)
        except (OSError, ValueError):
            # pyserial's own error is an OSError. Not there yet, or somebody else's: the next try is soon.
            return False
        # FTDI chips keep bytes for 16 ms otherwise; other drivers do not know the request, and need it not.
        with contextlib.suppress(OSError, ValueError, NotImplementedError):
            port.set_low_latency_mode(True)
        self._stay_awake(port.fileno())
        self._open = port
        return True

    def first(self) -> str:
        """The path of the first port that is there; empty when there is none."""
        return str(next(iter(self._candidates()), ""))

    def read(self) -> bytes:
        """What came; nothing when there is none. Raises: OSError when the port is gone."""
        try:
            data = os.read(self._open.fileno(), _CHUNK)
        except BlockingIOError:
            return b""
        if not data and self._hung_up():
            raise OSError("the port has ended")
        return data

    def write(self, data: bytes) -> None:
        """Into the kernel's buffer. Raises: OSError when the port is gone, or takes no more."""
        if os.write(self._open.fileno(), data) != len(data):
            raise OSError("the port takes no more")

    @staticmethod
    def _stay_awake(file: int) -> None:
        # termios(3): without HUPCL the lines stay as they are when the port is closed, so that to open it again is no
        # edge of DTR. A striker that starts again finds a board that has its settings and a clock that runs.
        with contextlib.suppress(termios.error):
            attributes = termios.tcgetattr(file)
            attributes[2] &= ~termios.HUPCL
            termios.tcsetattr(file, termios.TCSANOW, attributes)

    def _hung_up(self) -> bool:
        # pyserial has set VMIN to 0 (termios(3)): an empty read is no end by itself.
        files = select.poll()
        files.register(self._open.fileno(), 0)
        return bool(files.poll(0))

    def close(self) -> None:
        """Let go of it."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.close()
        self._open = None

    def _candidates(self) -> Iterator[Path]:
        if self._path:
            yield Path(self._path)
            return
        for pattern in _PLACES:
            found = sorted(Path("/dev").glob(pattern))
            yield from found
            if found:
                return


def _pyserial() -> Any:
    try:
        import serial
    except ModuleNotFoundError:
        raise SettingsError("motors on an Arduino need pyserial: pip install 'ghostnote[pi]'") from None
    return serial
