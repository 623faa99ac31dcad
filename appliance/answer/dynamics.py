"""How hard the answer is played: as hard as the call was.

A drums_rnn knows no velocities, and Magenta's interface plays every note at 100. Here a stroke takes the velocity
that the call had for that drum on that step of the bar; failing that, its drum's mean, its step's mean, or the
call's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean

from appliance.notation.drum_track import Note

# What General MIDI players call forte, and Magenta's fixed velocity: for a call in which nothing was hit.
FORTE = 100


class Dynamics:
    """The velocities of a call, to be asked for each note of its answer."""

    def __init__(self, call: Iterable[Note], steps_per_bar: int, class_of: Callable[[int], int | None]) -> None:
        self._steps_per_bar = steps_per_bar
        self._class_of = class_of
        heard: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for note in call:
            for place in self._places(note.step, note.pitch):
                heard[place].append(note.velocity)
        self._velocities = {place: round(fmean(velocities)) for place, velocities in heard.items()}

    def velocity(self, step: int, pitch: int) -> int:
        """The velocity, 1 to 127, for a pitch on a step counted from the call's first."""
        known = (self._velocities.get(place) for place in self._places(step, pitch))
        return next((velocity for velocity in known if velocity is not None), FORTE)

    def _places(self, step: int, pitch: int) -> tuple[tuple[object, ...], ...]:
        drum, beat = self._class_of(pitch), step % self._steps_per_bar
        return ("drum and step", drum, beat), ("drum", drum), ("step", beat), ("call",)
