"""The sender, as a Helper of the loop."""

from collections.abc import Sequence

from appliance.controls.control import Control, Turned
from appliance.drivers.out_link import OutLink
from appliance.strike.wire import Fault


class Outputs:
    """What the sender says to the crew; and the metronome, where it is on from the start."""

    def __init__(self, link: OutLink | None, *, metronome: bool) -> None:
        """Without a `link` nothing is sent anywhere."""
        self._link = link
        self._metronome = metronome

    def filenos(self) -> list[int]:
        """Readable when the sender says something."""
        return [] if self._link is None else self._link.filenos()

    def next_deadline(self) -> float | None:
        """At once, for a metronome that is on from the start; else when the link has something to try again."""
        return 0.0 if self._metronome else None if self._link is None else self._link.next_deadline()

    def advance(self, now: float) -> Sequence[Fault | Turned]:
        """What there is to tell."""
        said: list[Fault | Turned] = [] if self._link is None else [Fault(text) for text in self._link.receive()]
        if self._metronome:
            self._metronome = False
            said.append(Turned(now, Control.METRONOME, True))
        return said
