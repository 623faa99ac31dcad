"""A striker, its drums and an ear in virtual time: a minute's calibration passes in a few seconds."""

from collections.abc import Mapping

from appliance.calibration.heard import Heard
from appliance.clock import VirtualClock
from appliance.drivers.simulated_drum import SimulatedDrums
from appliance.drivers.simulated_ear import SimulatedEar
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import NotTried, Tried
from appliance.strike.stick import Stick
from appliance.strike.striker import Striker
from appliance.strike.trial import Try

# A contact is known when the stick has left the head: the clock goes on in steps (s) no longer than this.
_LOOK = 0.01


class SimulatedBench:
    """The room of the real striker over simulated drums; a Bench."""

    def __init__(self, settings: StrikeSettings, sticks: Mapping[str, Stick], ear: SimulatedEar) -> None:
        self._clock = VirtualClock()
        self._striker = Striker(settings)
        self._drums = SimulatedDrums(settings, sticks, self._clock)
        self._ear = ear

    def now(self) -> float:
        """Virtual seconds since the start."""
        return self._clock.now()

    def attempt(self, trial: Try) -> None:
        """Ask the striker for a try."""
        self._striker.attempt(trial, self._clock.now())

    def wait(self, until: float) -> list[Tried | NotTried | Heard]:
        """What happens by `until`, which is now when this returns."""
        news: list[Tried | NotTried | Heard] = []
        while self._clock.now() < until:
            deadline = self._striker.next_deadline()
            at = min(until, self._clock.now() + _LOOK, *([] if deadline is None else [deadline]))
            self._clock.set(max(at, self._clock.now()))
            news += self._strike()
            news += self._ear.hear(beat.contact for beat in self._drums.take_beats())
        return news

    def _strike(self) -> list[Tried | NotTried | Heard]:
        now = self._clock.now()
        begun = []
        for write in self._striker.writes(now):
            self._drums.write(write.motor, write.inputs)
            self._striker.written(write, now)
            begun.append(write.struck(now))
        told = [*begun, *self._striker.outbox.take_left_out()]
        return [news for news in told if isinstance(news, Tried | NotTried)]
