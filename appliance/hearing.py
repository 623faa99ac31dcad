"""Where a duet's call lies in the song: where its first hit is, on a bar line, or where it was said before."""

import math
from collections.abc import Callable
from typing import NamedTuple

from appliance.call.listener import Listener
from appliance.call.settings import ListenerSettings
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Meter, Timeline
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import Pulse

# Hits that are kept for the call that comes: more than two hands play in half a step.
_MOST_EARLY = 32

# The resolution, in steps a quarter, at which a model of that name listens and answers.
Resolution = Callable[[str], int]


class Coming(NamedTuple):
    """A call that begins on a quarter of the song, whether anybody plays there or not; `length` 0: as calls do."""

    quarter: float
    length: int


class Hearing:
    """A listener, its place on the conductor's grid, and the call that comes next if that is known."""

    def __init__(
        self, settings: ListenerSettings, conductor: Conductor, resolution: Resolution, horizon: float
    ) -> None:
        self.listener = Listener(settings, horizon)
        self.quarter = 0.0  # of the song, on which the call began
        self.coming: Coming | None = None
        self._conductor = conductor
        self._resolution = resolution
        self._early: list[Hit] = []  # hits a little before the call that comes

    @property
    def under_way(self) -> bool:
        """Whether there is a call."""
        return self.listener.timeline is not None

    @property
    def coming_at(self) -> float | None:
        """When the call that is known begins."""
        return None if self.coming is None else self._conductor.pulse.time_of(self.coming.quarter)

    def timeline(self, quarter: float, model: str) -> Timeline:
        """The grid on which a model hears what begins on a quarter."""
        return self._conductor.pulse.timeline(quarter, self._conductor.meter_at(quarter), self._resolution(model))

    def check(self, model: str, meter: Meter | None = None) -> None:
        """Raises: ValueError unless a model can count a meter; where none is given those in force and to come."""
        for one in self._conductor.meters if meter is None else (meter,):
            Grid(self._conductor.pulse.qpm, one, self._resolution(model))

    def place(self, hit: Hit, model: str) -> float:
        """The quarter on which a call begins with this hit: there, or on the bar line before where the grid runs."""
        conductor = self._conductor
        if not conductor.running:
            conductor.anchor(hit.time)
            return 0.0
        steps = self._resolution(model)
        return conductor.bar_line(math.floor(conductor.pulse.quarter_at(hit.time) * steps + 0.5) / steps)

    def open(self, quarter: float, model: str, *, length: int = 0, along: bool = False) -> None:
        """Listen from a quarter of the song on; a `length` (steps) ends the call there."""
        self.quarter = quarter
        self.coming = None
        self.listener.begin(self.timeline(quarter, model), length or None, along=along)
        for hit in self._early:
            self.listener.receive(hit)
        self._early = []

    def expect(self, quarter: float, quarters: float, model: str) -> None:
        """A call of so many quarters begins on that quarter; 0: it has no end yet."""
        self.coming = Coming(quarter, round(quarters * self._resolution(model)))
        self._early = []

    def resize(self, quarter: float, quarters: float, model: str) -> None:
        """The call that was to begin on a quarter, or has begun there, has so many quarters now."""
        if self.coming is not None and self.coming.quarter == quarter:
            self.coming = Coming(quarter, round(quarters * self._resolution(model)))
        elif self.listener.timeline is not None and self.quarter == quarter:
            self.listener.end_at(round(quarters * self.listener.timeline.grid.steps_per_quarter))

    def keep_early(self, hit: Hit, model: str, begins: float | None = None) -> None:
        """A hit up to half a step before the call that comes, or begins at an instant, is the call's first."""
        begins = self.coming_at if begins is None else begins
        half = self.timeline(0.0, model).grid.step_seconds / 2
        if begins is not None and begins - half <= hit.time:
            self._early = [*self._early, hit][-_MOST_EARLY:]

    def overlap(self, hit: Hit, model: str, end: float) -> None:
        """A hit below an answer that sounds until `end` (s): it begins a call there, which is answered behind it."""
        if not self.under_way:
            self.open(self.place(hit, model), model)
        if self.listener.timeline is not None and math.isfinite(end):
            self.listener.end_not_before(self.listener.timeline.step_at(end))
        self.listener.receive(hit)

    def retime(self, pulse: Pulse) -> None:
        """The song's quarters are elsewhere from here on."""
        timeline = self.listener.timeline
        if timeline is not None:
            grid = timeline.grid
            self.listener.retime(pulse.timeline(self.quarter, grid.meter, grid.steps_per_quarter))

    def reset(self) -> None:
        """Forget the call, and the one that comes."""
        self.listener.reset()
        self.coming = None
        self._early = []
