"""What time the board has: a line through questions and answers, as Klipper's host fits its microcontrollers' clocks.

The idea is of klippy/clocksync.py (Klipper's documentation, Code_Overview and MCU_Commands, "get_clock"); this is another
way to do it: the quickest answers of the last seconds, and least squares through them.
"""

from collections import deque

import msgspec

from appliance.arduino.image import TICK

# A ceramic resonator, as on an Uno, keeps 0.5 % (Murata CSTCE, initial tolerance and temperature); a line beyond 1 % is
# an accident of its samples.
_NOMINAL = 1 / TICK
_FARTHEST = 0.01

_WINDOW = 48  # samples
_QUICK = 0.0003  # s that an answer may take longer than the quickest
_FEWEST = 4
_LONG_ENOUGH = 0.5  # s between the first and the last sample for a rate of their own
_HALF = 1 << 31
_ROUND = 1 << 32


class Sample(msgspec.Struct, frozen=True, gc=False):
    """The board had `ticks`, of a count that never goes round, at `time` (s); the answer took `took` s."""

    time: float
    ticks: int
    took: float


class ClockFit:
    """The board's clock in ticks for any instant of the host's, once there are samples."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=_WINDOW)
        self._rate = _NOMINAL
        self._at = 0.0
        self._ticks = 0.0

    @property
    def ready(self) -> bool:
        """Whether enough answers have come."""
        return len(self._samples) >= _FEWEST

    @property
    def rate(self) -> float:
        """Ticks a second."""
        return self._rate

    def add(self, asked: float, came: float, ticks: int, there: float, back: float) -> None:
        """The board had `ticks` (32 bits) when a question asked at `asked` had arrived; its answer was here at `came` (s).

        The bytes alone take `there` s one way and `back` s the other; what is left is shared out evenly.
        """
        waited = max(came - asked - there - back, 0.0)
        before = self._samples[-1].ticks if self._samples else ticks
        unrolled = before + (ticks - before + _HALF) % _ROUND - _HALF
        self._samples.append(Sample(asked + there + waited / 2, unrolled, came - asked))
        self._fit()

    def ticks_at(self, time: float) -> int:
        """What the board's clock shows at an instant; its low bits are what the board has."""
        return round(self._ticks + (time - self._at) * self._rate)

    def _fit(self) -> None:
        quickest = min(sample.took for sample in self._samples)
        good = [sample for sample in self._samples if sample.took <= quickest + _QUICK]
        if len(good) < min(_FEWEST, len(self._samples)):
            good = sorted(self._samples, key=lambda sample: sample.took)[:_FEWEST]
        first = good[0]
        self._at = sum(sample.time for sample in good) / len(good)
        self._ticks = first.ticks + sum(sample.ticks - first.ticks for sample in good) / len(good)
        spread = sum((sample.time - self._at) ** 2 for sample in good)
        if max(s.time for s in good) - min(s.time for s in good) < _LONG_ENOUGH:
            return
        slope = sum((s.time - self._at) * (s.ticks - self._ticks) for s in good) / spread
        self._rate = min(max(slope, _NOMINAL * (1 - _FARTHEST)), _NOMINAL * (1 + _FARTHEST))
