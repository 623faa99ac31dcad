"""Sleeps until something comes, an instant does, or it is time to stop."""

import select
from collections.abc import Sequence

from appliance.clock import Clock


class Waiting:
    """A Wait of the player's loop; `stops` become readable, or end, when the process is to stop."""

    def __init__(self, clock: Clock, stops: Sequence[int]) -> None:
        self._clock = clock
        self._stops = list(stops)

    def __call__(self, filenos: list[int], deadline: float | None) -> bool:
        """False when a stop came."""
        timeout = None if deadline is None else max(0.0, deadline - self._clock.now())
        readable, _, _ = select.select([*self._stops, *filenos], (), (), timeout)
        return not set(self._stops).intersection(readable)
