"""One monotonic clock for all processes of a machine, and one that a test turns by hand.

Instants are float seconds of CLOCK_MONOTONIC: the wall clock jumps when the network comes up (a Pi has no battery
clock), and it would take the music with it.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the instant; instants never go back."""

    def now(self) -> float:
        """Seconds since an arbitrary origin that all processes of this machine share."""
        ...


class MonotonicClock:
    """The machine's CLOCK_MONOTONIC."""

    def now(self) -> float:
        """Seconds since boot."""
        return time.monotonic()

    def sleep_until(self, instant: float) -> None:
        """Return at `instant` or, if it is past, at once."""
        wait = instant - time.monotonic()
        if wait > 0:
            time.sleep(wait)


class VirtualClock:
    """A clock that stands still until it is set: a whole concert passes in a second, the same each time."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def now(self) -> float:
        """The instant it was last set to, in seconds."""
        return self._now

    def set(self, instant: float) -> None:
        """Turn the clock forward. Raises: ValueError when `instant` is past."""
        if instant < self._now:
            raise ValueError(f"time cannot go back from {self._now} s to {instant} s")
        self._now = instant
