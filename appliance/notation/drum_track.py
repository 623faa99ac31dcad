"""A quantised drum part: which drums sound on which step, and how hard."""

from collections.abc import Iterable
from operator import lt

import msgspec


class Note(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """One drum on one step, or a pitch that sounds for `length` steps from there on; a drum has none.

    `offset` is the share of a step by which it is late, or, below 0, early.
    """

    step: int
    pitch: int
    velocity: int
    length: int = 0
    offset: float = 0.0


class DrumTrack(msgspec.Struct, frozen=True):
    """Notes in order of step and pitch, each (step, pitch) once, within `length` steps.

    As in note-seq a drum note has no duration, and a step without notes is a rest. Raises: ValueError when a note lies
    outside the track or stands twice.
    """

    notes: tuple[Note, ...]
    length: int

    def __post_init__(self) -> None:
        # One number a place: the end of a long call must not wait for a slow comparison.
        places = [note.step << 7 | note.pitch for note in self.notes]
        if not all(map(lt, places, places[1:])):
            raise ValueError("the notes of a drum track are ordered, each pitch once a step")
        if self.notes and not (self.notes[0].step >= 0 and self.notes[-1].step < self.length):
            raise ValueError(f"a note lies outside the {self.length} steps of its drum track")

    def at(self, step: int) -> tuple[Note, ...]:
        """The notes of one step."""
        return tuple(note for note in self.notes if note.step == step)


def drum_track(notes: Iterable[Note], length: int) -> DrumTrack:
    """A track of the notes within `length`: of two that meet on a step and a pitch the harder stays."""
    hardest: dict[tuple[int, int], Note] = {}
    for note in notes:
        place = (note.step, note.pitch)
        if note.step < length and (place not in hardest or hardest[place].velocity < note.velocity):
            hardest[place] = note
    return DrumTrack(notes=tuple(hardest[place] for place in sorted(hardest)), length=length)
