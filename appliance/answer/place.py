"""Where an answer lies in a song, and what of a step of it is to sound there."""

from collections.abc import Callable, Iterable

import msgspec

from appliance.notation.drum_track import Note
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Timeline
from appliance.tempo.pulse import Pulse

# The key that is beaten for a key of the model's, or None for one that is left out.
Kit = Callable[[int], int | None]


def every_drum(key: int) -> int:
    """The kit that beats what the model says."""
    return key


class Place(msgspec.Struct, frozen=True):
    """An answer's first step is on a quarter of the song."""

    quarter: float
    timeline: Timeline

    def on(self, pulse: Pulse) -> Timeline:
        """The timeline where the song's quarters are as the pulse has them."""
        grid = self.timeline.grid
        return pulse.timeline(self.quarter, grid.meter, grid.steps_per_quarter)

    def strokes(self, step: int, notes: Iterable[Note], kit: Kit) -> tuple[Stroke, ...]:
        """The strokes of a step, on it or beside it, in seconds; what lasts is no drum of the kit's."""
        time, lasts = self.timeline.time_of(step), self.timeline.grid.step_seconds
        keys = ((note.pitch if note.length else kit(note.pitch), note) for note in notes)
        return tuple(
            Stroke(time + one.offset * lasts, key, one.velocity, one.length * lasts)
            for key, one in keys
            if key is not None
        )
