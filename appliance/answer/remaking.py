"""How often an answer is made again."""

import math

# A knob that is swept sends hundreds of values a second; an answer is made again no more often than this (s).
_LEAST = 0.03


class Remaking:
    """Asked whether it may be now; `due` is when to ask again, where it might not."""

    def __init__(self) -> None:
        self.due: float | None = None
        self._last = -math.inf

    def may(self, time: float) -> bool:
        """Whether it is long enough since the last time; then it counts as done."""
        if time < self._last + _LEAST:
            self.due = self._last + _LEAST
            return False
        self._last, self.due = time, None
        return True
