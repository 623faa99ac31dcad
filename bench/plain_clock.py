"""What the clock's benchmark compares with: a plain average of ticks, and a plain sleep between ticks."""

import json
import sys
import time
from collections import deque


class PlainAverage:
    """The tempo is the mean of the last 24 intervals, and the place is the latest tick's own."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=25)
        self.count = -1

    def tick(self, instant: float) -> None:
        """Take a tick."""
        self._times.append(instant)
        self.count += 1

    def time_of(self, ahead: float) -> float:
        """When the tick so many behind the latest is due (s)."""
        period = (self._times[-1] - self._times[0]) / max(len(self._times) - 1, 1)
        return self._times[-1] + ahead * period


def sleep_between(period: float, seconds: float) -> list[float]:
    """Sleep a period after each tick; how late (s) each tick was, by the first one and the period."""
    late: list[float] = []
    began = time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        late.append(now - began - len(late) * period)
        time.sleep(period)
    return late


if __name__ == "__main__":
    sys.stdout.write(json.dumps(sleep_between(*map(float, sys.argv[1:]))))
