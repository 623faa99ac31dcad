"""Tempo and beat from a foot that taps, and from hits that count a call in."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import msgspec

# Behind so long a gap (s) a tap is the first of others: 24 a minute.
_PAUSE = 2.5

# Taps further from evenness than this part of their distance begin anew: the tempo is another.
_UNEVEN = 0.25

# Only so many of the latest taps are heard: a foot that speeds up means it.
_TAPS = 8

# Hits that count a call in, and how close (s) two of them are one: both sticks, or a flam.
_COUNT = 4
_TOGETHER = 0.05
_SHORTEST = 0.15  # s between two counted hits: 400 a minute


class Even(msgspec.Struct, frozen=True):
    """Beats as they were meant: the latest at `time` (s), one each `period` (s)."""

    time: float
    period: float


class Taps:
    """Two taps give a tempo, more give a better one, and each moves the beat to where the foot is."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def tap(self, time: float) -> Even | None:
        """The beat as tapped until now; None for a first tap."""
        if self._times and time - self._times[-1] > _PAUSE:
            self._times.clear()
        if self._times and time - self._times[-1] < _TOGETHER:
            return None
        self._times = [*self._times, time][-_TAPS:]
        if not _even(self._times):
            self._times = self._times[-2:]
        return _fit(self._times) if len(self._times) > 1 and _even(self._times) else None


class CountingHits:
    """The first four hits behind a pause, when they are even: the beat behind them is the call's first."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def hit(self, time: float) -> Even | None:
        """The count, on its fourth hit; None for all others."""
        if self._times and time - self._times[-1] > _PAUSE:
            self._times.clear()
        if self._times and time - self._times[-1] < _TOGETHER:
            return None
        # The list grows by one beyond the count, and stays so until a pause: those hits are played, not counted.
        self._times = [*self._times[:_COUNT], time]
        return _fit(self._times) if len(self._times) == _COUNT and _even(self._times) else None


def _even(times: Sequence[float]) -> bool:
    gaps = [late - early for early, late in pairwise(times)]
    if not gaps:
        return True
    middle = median(gaps)
    return middle >= _SHORTEST and all(abs(gap - middle) <= _UNEVEN * middle for gap in gaps)


def _fit(times: Sequence[float]) -> Even:
    """Least squares: a single tap that is early moves the beat by a part of it only."""
    n = len(times)
    x, y = (n - 1) / 2, sum(times) / n
    spread = sum((of - x) ** 2 for of in range(n))
    period = sum((of - x) * (time - y) for of, time in enumerate(times)) / spread
    return Even(y + (n - 1 - x) * period, period)
