"""The ear for a striker with dry motors: it throws simulated sticks as the striker says that it moved."""

import heapq
from collections.abc import Mapping

from appliance.calibration.heard import Heard
from appliance.clock import Clock
from appliance.drivers.simulated_ear import SimulatedEar
from appliance.strike.motor import COAST, Inputs
from appliance.strike.outcome import Tried
from appliance.strike.stick import Contact, Stick


class ImaginedEar:
    """Told what was tried, in real time, it hears what the sticks then meet."""

    def __init__(self, sticks: Mapping[str, Stick], ear: SimulatedEar, clock: Clock) -> None:
        self._sticks = dict(sticks)
        self._ear = ear
        self._clock = clock
        self._edges: list[tuple[float, int, str, Inputs]] = []
        self._order = 0

    def see(self, tried: Tried) -> None:
        """A motor began to move."""
        begin = tried.trial.time + tried.lateness
        for at, duty in tried.trial.profile.edges:
            self._order += 1
            inputs = Inputs(int(duty > 0), int(duty < 0), abs(duty)) if duty else COAST
            heapq.heappush(self._edges, (begin + at, self._order, tried.trial.motor, inputs))

    def heard(self) -> list[Heard]:
        """What was met since the last time of asking."""
        now = self._clock.now()
        contacts: list[Contact] = []
        while self._edges and self._edges[0][0] <= now:
            at, _, motor, inputs = heapq.heappop(self._edges)
            contacts += self._sticks[motor].advance(at)
            self._sticks[motor].drive(inputs)
        for stick in self._sticks.values():
            contacts += stick.advance(now)
        return self._ear.hear(sorted(contacts, key=lambda contact: contact.time))

    def filenos(self) -> list[int]:
        """None: what is imagined wakes nobody."""
        return []

    def close(self) -> None:
        """Nothing is held."""
