"""Which steps of a call can no longer change, and when it ends.

A step is heard half a step after its place on the grid: until then a hit may still fall on it. So the model has
listened to all but the last step before the call is over, and the answer can begin on the very step that follows.
"""

import math

import msgspec

from appliance.call.settings import ListenerSettings
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.hit import Hit
from appliance.notation.timeline import Timeline

# A call so fast that a slow stick's way is longer than this many steps would be over before it was heard: there the
# stick may come late instead. Up to 450 quarters a minute it does not (sixteenths, 50 ms).
_MOST_STEPS = 1.5


class StepHeard(msgspec.Struct, frozen=True, tag=True):
    """A step of the call that can no longer change; a rest has no notes."""

    step: int
    notes: tuple[Note, ...]


class CallEnded(msgspec.Struct, frozen=True, tag=True):
    """The whole call, and when the answer's first step is due."""

    track: DrumTrack
    timeline: Timeline
    answer_time: float


class Listener:
    """Gathers hits to a call; told the time, never asks."""

    def __init__(self, settings: ListenerSettings, horizon: float) -> None:
        """`horizon`: how many seconds before the answer's first step the call must be known (a stick's longest way)."""
        self.settings = settings
        self._horizon = horizon
        self.reset()

    def reset(self) -> None:
        """Forget the call."""
        self._timeline: Timeline | None = None
        self._along = False
        self._heard: list[Note] = []
        self._open: dict[int, dict[int, int]] = {}  # velocities by key, of the steps that can still change
        self._last_step = -1
        self._next_step = 0
        self._given: int | None = None  # the step on which it ends, where that was said
        self._floor = 0  # the step before which it cannot end

    def begin(self, timeline: Timeline, length: int | None = None, *, along: bool = False) -> None:
        """Begin a call whose step 0 is given; a `length` (steps) ends it there, whatever is played.

        One that is played `along` with its answer is not kept, and only silence ends it.
        """
        self.reset()
        self._timeline, self._given, self._along = timeline, length, along

    @property
    def timeline(self) -> Timeline | None:
        """The call's grid; None while there is no call."""
        return self._timeline

    @property
    def hit(self) -> bool:
        """Whether the call has a hit."""
        return self._last_step >= 0

    def again(self) -> list[StepHeard]:
        """The steps that were heard so far, for a model that comes in the middle of the call."""
        notes = DrumTrack(tuple(self._heard), self._next_step)
        return [StepHeard(step, notes.at(step)) for step in range(self._next_step)]

    def retime(self, timeline: Timeline) -> None:
        """The same call's steps are elsewhere from here on; a step that was heard stays what it was."""
        if self._timeline is not None:
            self._timeline = timeline

    def receive(self, hit: Hit) -> None:
        """Take a hit in. One that arrives after its step was heard falls on the first step that is still open."""
        if self._timeline is None:
            return
        step = max(self._timeline.step_at(hit.time), self._next_step)
        if self._given is not None or (self.settings.bars and not self._along):
            step = max(min(step, self._end() - 1), 0)  # the last half step is nearer to a step that is the answer's
        keys = self._open.setdefault(step, {})
        keys[hit.pitch] = max(keys.get(hit.pitch, 0), hit.velocity)
        self._last_step = max(self._last_step, step)

    def end(self, now: float) -> None:
        """End the call where an answer may begin, as soon as it can be answered in time."""
        if self._timeline is not None:
            self._given = self._soonest(self._timeline, now)

    def adjust(self, now: float, settings: ListenerSettings) -> None:
        """Other rules from here on, in a call that has begun too."""
        self.settings = settings
        if self._timeline is not None and self._timeline.time_of(self._end()) - self._horizon < now:
            self._floor = self._soonest(self._timeline, now)

    def end_at(self, step: int) -> None:
        """A call whose length was said has another; one that is played along with its answer has none."""
        if self._given is not None and not self._along:
            self._given = step

    def end_not_before(self, step: int) -> None:
        """The answer that the call overlaps sounds until there."""
        self._floor = step

    def next_deadline(self) -> float | None:
        """When the next step will have been heard; None while there is no call."""
        return None if self._timeline is None else self._due(self._timeline)

    def advance(self, now: float) -> list[StepHeard | CallEnded]:
        """The steps that were heard by `now`, in order, and the end of the call when the last of them was its last."""
        events: list[StepHeard | CallEnded] = []
        while self._timeline is not None and self._due(self._timeline) <= now:
            if self._next_step < self._end():
                events.append(self._hear())
            if self._next_step >= self._end():
                events.append(self._finish(self._timeline))
        return events

    def _due(self, timeline: Timeline) -> float:
        """Half a step behind its place, but the last steps as late as the answer's first stroke allows."""
        end = self._end()
        known = timeline.time_of(end) - min(self._horizon, _MOST_STEPS * timeline.grid.step_seconds)
        return known if self._next_step >= end - 1 else min(timeline.time_of(self._next_step + 0.5), known)

    def _unit(self, timeline: Timeline) -> int:
        return self.settings.start.steps(timeline.grid)

    def _soonest(self, timeline: Timeline, now: float) -> int:
        """The first step on which an answer can begin that is not known yet."""
        unit = self._unit(timeline)
        step = (now + self._horizon - timeline.origin) / timeline.grid.step_seconds
        return max(math.ceil(step / unit), math.ceil(self._next_step / unit), 1) * unit

    def _end(self) -> int:
        """The step on which the answer starts, as far as is known by now."""
        if self._given is not None or self._timeline is None:
            return max(self._given or 0, self._next_step)
        settings, grid, unit = self.settings, self._timeline.grid, self._unit(self._timeline)
        if settings.bars and not self._along:
            end = settings.bars * grid.steps_per_bar
        else:
            silent = self._last_step + 1 + settings.silence_beats * grid.steps_per_beat
            end = math.ceil(silent / unit) * unit
            if not self._along:
                end = min(end, settings.max_bars * grid.steps_per_bar)
        return max(end, self._floor, math.ceil(self._next_step / unit) * unit)

    def _hear(self) -> StepHeard:
        step = self._next_step
        self._next_step += 1
        notes = tuple(Note(step, key, velocity) for key, velocity in sorted(self._open.pop(step, {}).items()))
        if not self._along:
            self._heard.extend(notes)
        return StepHeard(step, notes)

    def _finish(self, timeline: Timeline) -> CallEnded:
        end, unit = self._end(), self._unit(timeline)
        # The silence that ended a call is no part of it: the answer goes on from the last bar that was played in.
        known = self.settings.bars or self._given is not None
        length = end if known and not self._along else min(end, (self._last_step // unit + 1) * unit)
        ended = CallEnded(DrumTrack(tuple(self._heard), length), timeline, timeline.time_of(end))
        self.reset()
        return ended
