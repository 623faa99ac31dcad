"""A striker at its socket and an ear beside the drum, in real time."""

import select
from typing import Protocol

from appliance.calibration.heard import Heard
from appliance.clock import Clock
from appliance.drivers.imagined_ear import ImaginedEar
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import PanicPressed
from appliance.strike.outcome import NotTried, Tried
from appliance.strike.trial import Try
from appliance.strike.wire import Panicked


class Ear(Protocol):
    """Whatever hears a drum."""

    def heard(self) -> list[Heard]:
        """What came since the last time of asking."""
        ...

    def filenos(self) -> list[int]:
        """Readable when something has come."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LiveBench:
    """A Bench of real time."""

    def __init__(self, link: StrikerLink, ear: Ear, clock: Clock) -> None:
        self._link = link
        self._ear = ear
        self._clock = clock

    def now(self) -> float:
        """The machine's monotonic clock, which is the striker's."""
        return self._clock.now()

    def attempt(self, trial: Try) -> None:
        """Ask the striker for a try. Raises: StrikerLost."""
        self._link.attempt(trial)

    def wait(self, until: float) -> list[Tried | NotTried | Heard]:
        """What happens, at the latest at `until`. Raises: StrikerLost, PanicPressed."""
        timeout = max(0.0, until - self._clock.now())
        select.select([self._link.fileno(), *self._ear.filenos()], (), (), timeout)
        came = self._link.receive()
        if any(isinstance(reply, Panicked) for reply in came):
            self._link.cancel(self._clock.now())  # a try may have been on its way behind it
            raise PanicPressed("panic was pressed: the calibration is over")
        replies = [reply for reply in came if isinstance(reply, Tried | NotTried)]
        if isinstance(self._ear, ImaginedEar):
            for reply in replies:
                if isinstance(reply, Tried):
                    self._ear.see(reply)
        return [*replies, *self._ear.heard()]
