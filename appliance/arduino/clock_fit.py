"""What time the board has: a line through questions and answers, as Klipper's host fits its microcontrollers' clocks.

The idea is of klippy/clocksync.py (Klipper's documentation, Code_Overview and MCU_Commands, "get_clock"); this is
another way to do it: least squares through the answers of the last seconds, in which the quick ones weigh most, and
what is known of the rate of such a board counts as one more answer.
"""

from collections import deque
from operator import mul

import msgspec

from appliance.arduino.image import TICK

# A ceramic resonator, as on an Uno, keeps 0.5 % (Murata CSTCE, initial tolerance and temperature): what is believed of
# the rate before there are samples, as a standard deviation.
_NOMINAL = 1 / TICK
_BELIEVED = 0.003

_WINDOW = 96  # samples
_SURE = 0.0002  # s: how exact the quickest answer is; a slower one is worth less, by the square of what it is slower
_FEWEST = 8

# An answer so far (s, beyond what it took) from what the clock is to show by then is none of it: noise that a short
# checksum let pass, or a board that has started again. Of the latter more than so many come in a row.
_ASTRAY = 0.005
_TOO_MANY = 4

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
        self._strays = 0

    @property
    def broken(self) -> bool:
        """Whether the latest answers are those of another clock: nothing is known of it."""
        return self._strays > _TOO_MANY

    @property
    def ready(self) -> bool:
        """Whether enough answers have come."""
        return len(self._samples) >= _FEWEST

    @property
    def rate(self) -> float:
        """Ticks a second."""
        return self._rate

    def add(self, asked: float, came: float, ticks: int, there: float, back: float) -> bool:
        """The board had `ticks` (32 bits) when a question asked at `asked` had come; the answer was here at `came` (s).

        The bytes alone take `there` s one way and `back` s the other; what is left is shared out evenly. False for an
        answer that is not of this clock; it is not used.
        """
        waited = max(came - asked - there - back, 0.0)
        before = self._samples[-1].ticks if self._samples else ticks
        unrolled = before + (ticks - before + _HALF) % _ROUND - _HALF
        if self.ready and abs(unrolled - self.ticks_at(asked + there + waited / 2)) * TICK > _ASTRAY + came - asked:
            self._strays += 1
            return False
        self._strays = 0
        self._samples.append(Sample(asked + there + waited / 2, unrolled, came - asked))
        self._fit()
        return True

    def ticks_at(self, time: float) -> int:
        """What the board's clock shows at an instant; its low bits are what the board has."""
        return round(self._ticks + (time - self._at) * self._rate)

    def _fit(self) -> None:
        samples = self._samples
        quickest = min(sample.took for sample in samples)
        weights = [(_SURE + sample.took - quickest) ** -2 for sample in samples]
        total = sum(weights)
        origin = samples[-1]
        times = [sample.time - origin.time for sample in samples]
        # How far the board is ahead of a nominal one, in s.
        ahead = [(sample.ticks - origin.ticks) * TICK - time for sample, time in zip(samples, times, strict=True)]
        middle = sum(map(mul, weights, times)) / total
        mean = sum(map(mul, weights, ahead)) / total
        rows = list(zip(weights, times, ahead, strict=True))
        spread = sum(weight * (time - middle) ** 2 for weight, time, _ in rows)
        slope = sum(weight * (time - middle) * (gain - mean) for weight, time, gain in rows)
        drift = slope / (spread + _BELIEVED**-2)
        self._rate = _NOMINAL * (1 + drift)
        self._at = origin.time + middle
        self._ticks = origin.ticks + (middle + mean) / TICK
