"""How hard the answer is played: as hard as the call was.

A drums_rnn knows no velocities, and Magenta's interface plays every note at 100. Here a stroke takes the mean velocity
that the call had for that drum on that step of the bar; failing that, its drum's mean, its step's mean, or the call's.
"""

from collections.abc import Callable

from appliance.notation.drum_track import Note

# What General MIDI players call forte, and Magenta's fixed velocity: for a call in which nothing was hit.
FORTE = 100

_Place = tuple[object, ...]


class Dynamics:
    """The velocities of a call, taken in note by note, so that nothing is left to be done at its end."""

    def __init__(self, steps_per_bar: int, class_of: Callable[[int], int | None]) -> None:
        self._steps_per_bar = steps_per_bar
        self._class_of = class_of
        self._heard: dict[_Place, tuple[int, int]] = {}  # how many, and the sum of their velocities

    def hear(self, note: Note) -> None:
        """Take in a note of the call."""
        for place in self._places(note.step, note.pitch):
            count, total = self._heard.get(place, (0, 0))
            self._heard[place] = (count + 1, total + note.velocity)

    def velocity(self, step: int, pitch: int) -> int:
        """The velocity, 1 to 127, for a pitch on a step counted from the call's first."""
        known = (self._heard.get(place) for place in self._places(step, pitch))
        return next((round(heard[1] / heard[0]) for heard in known if heard is not None), FORTE)

    def _places(self, step: int, pitch: int) -> tuple[_Place, ...]:
        drum, beat = self._class_of(pitch), step % self._steps_per_bar
        return ("drum and step", drum, beat), ("drum", drum), ("step", beat), ("call",)
