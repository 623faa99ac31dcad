"""When a call begins, which of its steps can no longer change, and when it ends.

A step is heard half a step after its place on the grid: until then a hit may still fall on it. So the model has
listened to all but the last step before the call is over, and the answer can begin on the very step that follows.
"""

import math

import msgspec

from appliance.notation.drum_track import DrumTrack, Note, drum_track
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Timeline

# A call so fast that a slow stick's way is longer than this many steps would be over before it was heard: there the
# stick may come late instead. Up to 450 quarters a minute it does not (sixteenths, 50 ms).
_MOST_STEPS = 1.5


class ListenerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a call ends.

    `bars`: after so many bars; with 0, on the first bar line behind `silence_beats` of silence, and at the latest after
    `max_bars`.
    Raises: ValueError for a length that no call can have.
    """

    bars: int
    silence_beats: int
    max_bars: int

    def __post_init__(self) -> None:
        if not 0 <= self.bars <= self.max_bars:
            raise ValueError(f"call.bars is 0 (ends by silence) to call.max_bars ({self.max_bars}), not {self.bars}")
        if self.silence_beats < 1 or self.max_bars < 1:
            raise ValueError("call.silence_beats and call.max_bars are at least 1")


def bars_only(bars: int) -> ListenerSettings:
    """For a call whose length is known: it ends after so many bars, whatever is played."""
    return ListenerSettings(bars=bars, silence_beats=1, max_bars=bars)


class StepHeard(msgspec.Struct, frozen=True, tag=True):
    """A step of the call that can no longer change; a rest has no notes."""

    step: int
    notes: tuple[Note, ...]


class CallEnded(msgspec.Struct, frozen=True, tag=True):
    """The whole call, in whole bars, and when the answer's first step is due."""

    track: DrumTrack
    timeline: Timeline
    answer_time: float


class Listener:
    """Gathers hits to a call; told the time, never asks."""

    def __init__(self, settings: ListenerSettings, grid: Grid, horizon: float) -> None:
        """`horizon`: how many seconds before the answer's first step the call must be known (a stick's longest way)."""
        self._settings = settings
        self._grid = grid
        self._horizon = min(horizon, _MOST_STEPS * grid.step_seconds)
        self.reset()

    def reset(self) -> None:
        """Forget the call."""
        self._timeline: Timeline | None = None
        self._heard: list[Note] = []
        self._open: dict[int, list[Note]] = {}
        self._last_step = 0
        self._next_step = 0

    def begin(self, timeline: Timeline) -> None:
        """Begin a call whose step 0 is given (by a file, or a clock) rather than by its first hit."""
        self.reset()
        self._timeline = timeline

    def receive(self, hit: Hit) -> None:
        """Take a hit in; the first one begins the call, and is its step 0.

        A hit that arrives after its step was heard falls on the first step that is still open.
        """
        if self._timeline is None:
            self.begin(Timeline(hit.time, self._grid))
        assert self._timeline is not None
        step = max(self._timeline.step_at(hit.time), self._next_step)
        if self._settings.bars:
            step = min(step, self._end() - 1)  # the last half step is nearer to a step that is the answer's
        self._open.setdefault(step, []).append(Note(step, hit.pitch, hit.velocity))
        self._last_step = max(self._last_step, step)

    def next_deadline(self) -> float | None:
        """When the next step will have been heard; None while there is no call."""
        return None if self._timeline is None else self._heard_at(self._timeline, self._next_step)

    def advance(self, now: float) -> list[StepHeard | CallEnded]:
        """The steps that were heard by `now`, in order, and the end of the call when the last of them was its last."""
        events: list[StepHeard | CallEnded] = []
        while self._timeline is not None and self._heard_at(self._timeline, self._next_step) <= now:
            events.append(self._hear())
            if self._next_step >= self._end():
                events.append(self._finish(self._timeline))
        return events

    def _heard_at(self, timeline: Timeline, step: int) -> float:
        """Half a step behind its place, but the last steps as late as the answer's first stroke allows."""
        known = timeline.time_of(self._end()) - self._horizon
        return known if step == self._end() - 1 else min(timeline.time_of(step + 0.5), known)

    def _end(self) -> int:
        """The step on which the answer starts, as far as is known by now."""
        bar = self._grid.steps_per_bar
        if self._settings.bars:
            return self._settings.bars * bar
        silent = self._last_step + 1 + self._settings.silence_beats * self._grid.steps_per_beat
        return min(math.ceil(silent / bar), self._settings.max_bars) * bar

    def _hear(self) -> StepHeard:
        step = self._next_step
        self._next_step += 1
        notes = drum_track(self._open.pop(step, ()), step + 1).notes
        self._heard.extend(notes)
        return StepHeard(step, notes)

    def _finish(self, timeline: Timeline) -> CallEnded:
        bar = self._grid.steps_per_bar
        end = self._end()
        # The silence that ended a call is no part of it: the answer goes on from the last bar that was played in.
        length = end if self._settings.bars else min(end, (self._last_step // bar + 1) * bar)
        ended = CallEnded(DrumTrack(tuple(self._heard), length), timeline, timeline.time_of(end))
        self.reset()
        return ended
