"""Whether lateness grows with time: the slope of a straight line, and how sure it is."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

import msgspec

# Two-sided 95 % of the normal distribution; with a hundred windows the t distribution's is 1.98.
_SURE = 1.96


class Drift(msgspec.Struct, frozen=True):
    """A slope in ppm (microseconds of lateness a second), its 95 % confidence, and both over the whole run in ms."""

    ppm: float
    ppm_sure: float
    ms: float
    ms_sure: float

    def __str__(self) -> str:
        return f"{self.ppm:+.4f} +- {self.ppm_sure:.4f} ppm, {self.ms:+.4f} +- {self.ms_sure:.4f} ms over the run"

    @property
    def none(self) -> bool:
        """Whether no drift at all is within the confidence."""
        return abs(self.ppm) <= self.ppm_sure


def drift(edges: Sequence[tuple[float, float]], window: float = 5.0) -> Drift | None:
    """The line through the median lateness of each `window` s: a standstill of the machine moves no median.

    `edges` are (instant, lateness) in s, in order of time. None for less than ten windows. The confidence is that of
    the least squares' residuals, widened where neighbouring windows are alike, as a load's own rhythm makes them.
    """
    if not edges:
        return None
    begin = edges[0][0]
    windows: dict[int, list[float]] = {}
    for instant, lateness in edges:
        windows.setdefault(int((instant - begin) / window), []).append(lateness)
    points = [((number + 0.5) * window, median(values)) for number, values in windows.items()]
    if len(points) < 10:
        return None
    slope, error = _line(points)
    seconds = edges[-1][0] - begin
    return Drift(1e6 * slope, 1e6 * error, 1e3 * slope * seconds, 1e3 * error * seconds)


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope, and the half width of its confidence, by least squares."""
    middle, level = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    slope = sum((x - middle) * (y - level) for x, y in points) / spread
    rest = [y - level - slope * (x - middle) for x, y in points]
    noise = sum(value * value for value in rest) / (len(rest) - 2)
    # Bartlett: with a correlation r of neighbours, n values count as n (1 - r) / (1 + r).
    alike = sum(one * other for one, other in pairwise(rest)) / max(sum(v * v for v in rest), 1e-300)
    alike = min(max(alike, 0.0), 0.9)
    return slope, _SURE * math.sqrt(noise / spread * (1 + alike) / (1 - alike))
