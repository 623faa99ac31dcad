"""A piece of music as a data set keeps it: notes in quarters, so that tempo is forgotten and metre is not."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["drums", "melody", "trio"]
Role = Literal["melody", "bass", "drums"]
Parts = tuple[tuple[Role, int], ...]  # whose notes follow one another, and how many
Split = Literal["train", "validation", "test"]
Quarters = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Notes:
    """Four arrays of one length, sorted by start: starts and ends in quarters from the beginning, pitch, velocity."""

    starts: Quarters
    ends: Quarters
    pitches: Bytes
    velocities: Bytes

    def __len__(self) -> int:
        return len(self.starts)

    def cut(self, span: slice) -> "Notes":
        """These of the notes."""
        return Notes(self.starts[span], self.ends[span], self.pitches[span], self.velocities[span])

    def steps(self, per_quarter: float) -> npt.NDArray[np.int64]:
        """The nearest step of each start, halves upwards, as note_seq's quantize_to_step rounds."""
        return np.floor(self.starts * per_quarter + 0.5).astype(np.int64)

    def between(self, first: float, last: float) -> "Notes":
        """The notes that start from `first` on and before `last`, counted from `first`; ends do not reach past it."""
        kept = (self.starts >= first) & (self.starts < last)
        ends = np.minimum(self.ends[kept], last) - first
        return Notes(self.starts[kept] - first, ends, self.pitches[kept], self.velocities[kept])


@dataclass(frozen=True)
class Piece:
    """One piece: its name, the file it comes from, the split it belongs to, and its notes.

    `name` is the file's path in its folder, with `#2` behind it where a file gives several pieces. `quarters_per_bar`
    counts quarters, so 6/8 has 3. `parts`: of a trio, whose notes these are, part by part: a role and how many notes,
    which are sorted within the part.
    """

    name: str
    file: str
    quarters_per_bar: float
    notes: Notes
    split: Split = "train"
    parts: Parts = ()

    def of_role(self, role: Role) -> list[Notes]:
        """The parts of a trio that have this role."""
        ends = np.cumsum([count for _, count in self.parts]).tolist()
        spans = [slice(end - count, end) for (_, count), end in zip(self.parts, ends, strict=True)]
        return [self.notes.cut(span) for (found, _), span in zip(self.parts, spans, strict=True) if found == role]

    def windows(self, bars: int) -> list["Piece"]:
        """The piece cut at bar lines into windows of so many bars; a window without a note is left away."""
        length = bars * self.quarters_per_bar
        # A hit a hair before the bar line belongs to the bar it is heard in: half a sixteenth is its reach.
        early = replace(self.notes, starts=self.notes.starts + 0.125)
        count = int(early.starts.max() // length) + 1 if len(early) else 0
        if count < 2:
            return [self]
        cut = [self._window(early, number, length) for number in range(count)]
        return [piece for piece in cut if len(piece.notes)]

    def _window(self, early: Notes, number: int, length: float) -> "Piece":
        notes = early.between(number * length, (number + 1) * length)
        return replace(self, name=f"{self.name}@{number + 1}", notes=replace(notes, starts=notes.starts - 0.125))
