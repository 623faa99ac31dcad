"""The straight line through a clock's latest ticks, over as many of them as one line explains.

The window is chosen by the intersection of confidence intervals (Goldenshluger and Nemirovski, "On spatially adaptive
estimation of nonparametric regression", Mathematical Methods of Statistics 6, 1997; Katkovnik, IEEE Transactions on
Signal Processing 47, 1999): least squares over ever more ticks, as long as what they say agrees, within its noise, with
what each smaller window said. At a steady tempo the window is long and the noise is averaged away; after a change it is
as short as it must be, and no threshold on tempo has to be chosen.
"""

import math
from collections.abc import Sequence

import msgspec

Tick = tuple[int, float]  # its number, and when it came (s)

WINDOWS = (4, 6, 9, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 192)
MEMORY = WINDOWS[-1]

# Half of a confidence interval, in standard deviations.
_WIDTH = 2.0

# What windows must agree on is where the tick so many ticks ahead will be: both its place and the tempo count.
_LOOK = 3


class Line(msgspec.Struct, frozen=True):
    """Tick `number` is at `time` (s), and each next one a `period` (s) later; `ticks` of them say so."""

    number: int
    time: float
    period: float
    ticks: int = 0

    def time_of(self, number: float) -> float:
        """When a tick is due."""
        return self.time + (number - self.number) * self.period

    def number_at(self, instant: float) -> float:
        """Which tick is due at an instant, in parts of a tick."""
        return self.number + (instant - self.time) / self.period

    def variance(self, ahead: float) -> float:
        """Of the place of a tick so far ahead, for ticks in a row with a noise of 1; a guess is as good as one tick."""
        n = max(self.ticks, 2)
        distance = ahead + (n - 1) / 2
        return 1 / n + distance * distance * 12 / (n * (n * n - 1))


def straightest(ticks: Sequence[Tick], noise: float) -> Line:
    """The line through the longest window that one line explains, by ticks' noise (s, standard deviation).

    Raises: ValueError for fewer than two ticks.
    """
    if len(ticks) < 2:
        raise ValueError(f"a line goes through two ticks or more, not {len(ticks)}")
    sums = _Sums(*ticks[-1])
    low, high = -math.inf, math.inf
    best: Line | None = None
    for count, tick in enumerate(reversed(ticks), 1):
        sums.add(*tick)
        if count not in WINDOWS:
            continue
        line = sums.line()
        ahead = line.time_of(line.number + _LOOK)
        half = _WIDTH * noise * sums.spread(_LOOK)
        low, high = max(low, ahead - half), min(high, ahead + half)
        if low > high:
            break
        best = line
    return best or sums.line()


class _Sums:
    """Least squares, with number and time counted from the latest tick."""

    def __init__(self, number: int, time: float) -> None:
        self._number, self._time = number, time
        self._n = self._x = self._y = self._xx = self._xy = 0.0

    def add(self, number: int, time: float) -> None:
        x, y = number - self._number, time - self._time
        self._n += 1
        self._x += x
        self._y += y
        self._xx += x * x
        self._xy += x * y

    def line(self) -> Line:
        period = (self._n * self._xy - self._x * self._y) / (self._n * self._xx - self._x * self._x)
        return Line(self._number, self._time + (self._y - period * self._x) / self._n, period, round(self._n))

    def spread(self, ahead: float) -> float:
        """Standard deviation of the line so many ticks ahead, for ticks with a noise of 1."""
        distance = ahead - self._x / self._n
        return math.sqrt(1 / self._n + distance * distance / (self._xx - self._x * self._x / self._n))
