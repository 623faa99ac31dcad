"""An ear that is elsewhere: whoever hears the drum says so on a file number, a line for each stroke that is heard."""

import math
import os

from appliance.calibration.heard import Heard
from appliance.errors import PadLost

_LONGEST = 4096  # bytes without an end of line: nobody says so much at once


class ToldEar:
    """Lines of two numbers, the instant (s, CLOCK_MONOTONIC) and the loudness; `delay` (s) is taken off."""

    def __init__(self, fileno: int, delay: float = 0.0) -> None:
        self._fileno = fileno
        self._delay = delay
        self._rest = b""
        os.set_blocking(fileno, False)

    def heard(self) -> list[Heard]:
        """What came since the last time of asking. Raises: PadLost at the end of what is said, or for nonsense."""
        try:
            said = os.read(self._fileno, 65536)
        except BlockingIOError:
            return []
        if not said:
            raise PadLost("the ear is gone: whoever heard the drum says no more")
        *lines, self._rest = (self._rest + said).split(b"\n")
        if len(self._rest) > _LONGEST:
            raise PadLost("the ear says what is no line of two numbers")
        return [_heard(line, self._delay) for line in lines]

    def filenos(self) -> list[int]:
        """Readable when something has come."""
        return [self._fileno]

    def close(self) -> None:
        """Nothing is held."""


def _heard(line: bytes, delay: float) -> Heard:
    try:
        time, loudness = map(float, line.split())
    except ValueError:
        raise PadLost(f"the ear says {line[:40]!r}: a line is two numbers, the instant and the loudness") from None
    if not (math.isfinite(time) and math.isfinite(loudness)):
        raise PadLost(f"the ear says {line[:40]!r}: both numbers are finite")
    return Heard(time - delay, loudness)
