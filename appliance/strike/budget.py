"""How much a motor may be driven over some seconds: what heats its winding is the square of the current, times time."""

import math
from collections import deque

import msgspec


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In any `window` s a motor is driven for `on` s at full duty at most; at a duty d the time counts d squared.

    A winding's current goes with the duty and its heat with the current's square (Joule), as in a fuse's I2t.
    Raises: ValueError when the budget is none: it is above 0, and no longer than its window.
    """

    on: float
    window: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.window) and 0 < self.on <= self.window):
            raise ValueError(
                f"a duty budget is above 0 s and at most its window, not {self.on} s in {self.window} s: such as "
                "{ on = 1.2, window = 4.0 }"
            )


class Heat:
    """What a motor used of its budget; a drive counts wholly until its end has left the window."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._drives: deque[tuple[float, float]] = deque()  # (end, duty squared x seconds), in order
        self._used = 0.0

    def add(self, since: float, until: float, duty: float) -> None:
        """The motor was driven from one instant to another; drives are added in order of their ends."""
        cost = duty * duty * max(until - since, 0.0)
        self._drives.append((until, cost))
        self._used += cost

    def left(self, now: float) -> float:
        """Seconds at full duty that may still be driven now; below 0 when a drive ended too late."""
        drives = self._drives
        while drives and drives[0][0] <= now - self._budget.window:
            self._used -= drives.popleft()[1]
        if not drives:
            self._used = 0.0  # and with it the roundings of hours
        return self._budget.on - self._used

    def share(self, now: float) -> float:
        """The used part of the budget: 0 is cold, 1 is all of it."""
        return 1.0 - self.left(now) / self._budget.on
