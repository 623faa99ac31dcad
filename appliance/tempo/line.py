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
_SIZES = frozenset(WINDOWS)

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
        return 1 / n + (distance * self.slope) ** 2

    @property
    def slope(self) -> float:
        """The standard deviation of the period, likewise."""
        n = max(self.ticks, 2)
        return math.sqrt(12 / (n * (n * n - 1)))


def straightest(ticks: Sequence[Tick], noise: float) -> Line:
    """The line through the longest window that one line explains, by ticks' noise (s, standard deviation).

    Raises: ValueError for fewer than two ticks.
    """
    if len(ticks) < 2:
        raise ValueError(f"a line goes through two ticks or more, not {len(ticks)}")
    last, latest = ticks[-1]
    low, high = -math.inf, math.inf
    best: Line | None = None
    # Sums of least squares, with number and time counted from the latest tick; bare numbers, as a loop of 192 rounds
    # for each tick of a clock must cost a Pi little.
    n, x, y, xx, xy = 0, 0, 0.0, 0, 0.0
    for number, time in reversed(ticks):
        of, at = number - last, time - latest
        n += 1
        x += of
        y += at
        xx += of * of
        xy += of * at
        if n not in _SIZES:
            continue
        line = _line(last, latest, n, x, y, xx, xy)
        ahead = line.time_of(last + _LOOK)
        distance = _LOOK - x / n
        half = _WIDTH * noise * math.sqrt(1 / n + distance * distance / (xx - x * x / n))
        low, high = max(low, ahead - half), min(high, ahead + half)
        if low > high:
            break
        best = line
    return best or _line(last, latest, n, x, y, xx, xy)


def through(ticks: Sequence[Tick]) -> Line:
    """Least squares over all of them, two or more."""
    last, latest = ticks[-1]
    rows = [(number - last, time - latest) for number, time in ticks]
    xx, xy = sum(of * of for of, _ in rows), sum(of * at for of, at in rows)
    return _line(last, latest, len(rows), sum(of for of, _ in rows), sum(at for _, at in rows), xx, xy)


def _line(number: int, time: float, n: int, x: int, y: float, xx: int, xy: float) -> Line:
    period = (n * xy - x * y) / (n * xx - x * x)
    return Line(number, time + (y - period * x) / n, period, n)
