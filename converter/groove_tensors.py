"""Grooves as GrooVAE sees them: a row of 27 numbers a sixteenth, for nine drums hit, how hard, and how early.

The layout is that of GrooveConverter (magenta/models/music_vae/data.py): hits 0-8, velocities 9-17, offsets 18-26. An
offset is twice the distance to the grid in steps, so -1 to 1, and *positive is early*. Where no drum is hit all three
are 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.drum_kit import DRUM_MAP_2019, DrumMap
from converter.piece import Notes, Piece

Rows = npt.NDArray[np.float32]
Array = npt.NDArray[Any]

DRUMS = 9
WIDTH = 3 * DRUMS
STEPS_PER_QUARTER = 4
LOUDEST = 127
TAPPED_DRUM = 3  # tapify puts the tapped rhythm on the open hi-hat
CLOSED_HIHAT = 2
NOTE_QUARTERS = 1 / STEPS_PER_QUARTER  # length of a decoded note

# What GrooVAE was trained with: where a Roland TD-11, which all of the Groove dataset was played on, has its drums.
ROLAND_MAP: DrumMap = (
    (36,),
    (38, 37, 40),
    (42, 22, 44),
    (46, 26),
    (43, 58),
    (47, 45),
    (50, 48),
    (49, 52, 55, 57),
    (51, 53, 59),
)


def classes_of(*maps: DrumMap) -> MappingProxyType[int, int]:
    """Pitch to drum; where two maps differ the first decides."""
    found: dict[int, int] = {}
    for drum_map in maps:
        for drum, pitches in enumerate(drum_map):
            for pitch in pitches:
                found.setdefault(pitch, drum)
    return MappingProxyType(found)


# A pitch that neither knows is left out; Magenta dies of a KeyError.
ROLAND = classes_of(ROLAND_MAP, DRUM_MAP_2019)
GENERAL = classes_of(DRUM_MAP_2019)


@dataclass(frozen=True)
class Groove:
    """Rows [T, 27], T a whole number of bars."""

    rows: Rows

    @property
    def hits(self) -> Rows:
        """1 where a drum is hit [T, 9]."""
        return self.rows[:, :DRUMS]

    @property
    def velocities(self) -> Rows:
        """0 to 1 [T, 9]."""
        return self.rows[:, DRUMS : 2 * DRUMS]

    @property
    def offsets(self) -> Rows:
        """Half steps early [T, 9]."""
        return self.rows[:, 2 * DRUMS :]


def groove_rows(notes: Notes, steps_per_bar: int = 16, classes: MappingProxyType[int, int] = ROLAND) -> Rows:
    """The rows of drum notes, from the beginning to the end of the bar of the last hit [T, 27].

    A note belongs to the nearest step; one that is nearer to a step before the first is left out, as are velocity 0
    and pitches that `classes` does not have. Of several hits of a drum in a step the loudest stays.
    """
    steps = notes.steps(STEPS_PER_QUARTER)
    drums = np.array([classes.get(pitch, -1) for pitch in notes.pitches.tolist()], np.int64)
    kept = (steps >= 0) & (drums >= 0) & (notes.velocities > 0)
    steps, drums = steps[kept], drums[kept]
    velocities = notes.velocities[kept].astype(np.float32) / LOUDEST
    offsets = 2 * (steps - notes.starts[kept] * STEPS_PER_QUARTER)
    length = -(-(int(steps.max(initial=-1)) + 1) // steps_per_bar) * steps_per_bar
    rows = np.zeros((length, WIDTH), np.float32)
    order = np.argsort(velocities, kind="stable")  # the loudest is written last
    steps, drums = steps[order], drums[order]
    rows[steps, drums] = 1
    rows[steps, DRUMS + drums] = velocities[order]
    rows[steps, 2 * DRUMS + drums] = np.clip(offsets[order], -1, 1)
    return rows


def groove_notes(rows: Rows, drum_map: DrumMap = DRUM_MAP_2019) -> Notes:
    """The notes of rows [T, 27], in quarters; a first hit that is early starts before 0.

    A drum is hit above 0.5. Velocity is at least 1: 0 would be the end of a note. Offsets reach half a step at most.
    """
    steps, drums = np.nonzero(rows[:, :DRUMS] > 0.5)
    velocities = np.clip(np.round(LOUDEST * rows[steps, DRUMS + drums]), 1, LOUDEST)
    starts = (steps - np.clip(rows[steps, 2 * DRUMS + drums] / 2, -0.5, 0.5)) / STEPS_PER_QUARTER
    pitches = np.array([drum_map[drum][0] for drum in drums.tolist()], np.uint8)
    order = np.lexsort((pitches, starts))
    starts = starts[order]
    return Notes(starts, starts + NOTE_QUARTERS, pitches[order], velocities[order].astype(np.uint8))


def windows_of(
    rows: Array, bars: int, hop: int | None = None, steps_per_bar: int = 16, *, padded: bool = False
) -> list[Array]:
    """Windows of so many bars, a new one every `hop` bars (default: end to end); those without a hit are left out.

    What is left at the end is left out as GrooveConverter does, or with `padded` filled up with silence. A piece that
    is shorter than a window is always filled up.
    """
    length, apart = bars * steps_per_bar, (hop or bars) * steps_per_bar
    whole = length + max(0, -(-(len(rows) - length) // apart) if padded else (len(rows) - length) // apart) * apart
    filled = np.zeros((max(whole, len(rows)), *rows.shape[1:]), rows.dtype)
    filled[: len(rows)] = rows
    cut = [filled[start : start + length] for start in range(0, whole - length + 1, apart)]
    return [window for window in cut if window[:, :DRUMS].any()]


def pieces_windows(pieces: Sequence[Piece], bars: int, hop: int | None = None) -> Rows:
    """The windows of all pieces [N, T, 27]."""
    found = [window for piece in pieces for window in windows_of(groove_rows(piece.notes), bars, hop)]
    return np.array(found, np.float32).reshape(-1, bars * 16, WIDTH)


def humanize_input(rows: Rows) -> Rows:
    """What the humaniser is given: the hits alone [..., 27]."""
    given = np.zeros_like(rows)
    given[..., :DRUMS] = rows[..., :DRUMS]
    return given


def tap_input(rows: Rows, *, velocities: bool = False) -> Rows:
    """What tap to drum is given: of each step the loudest hit, as one drum's [..., 27]; velocities if asked."""
    loudest = np.argmax(rows[..., DRUMS : 2 * DRUMS], -1)[..., None]
    given = np.zeros_like(rows)
    for part in range(3):
        if part == 1 and not velocities:
            continue
        columns = rows[..., part * DRUMS : (part + 1) * DRUMS]
        given[..., part * DRUMS + TAPPED_DRUM] = np.take_along_axis(columns, loudest, -1)[..., 0]
    return given


def without_drum(rows: Rows, drum: int = CLOSED_HIHAT) -> Rows:
    """What add_closed_hh is given: the groove without that drum."""
    given = rows.copy()
    given[..., [drum, DRUMS + drum, 2 * DRUMS + drum]] = 0
    return given


def note_dropout(given: Rows, share: float, chance: np.random.Generator) -> Rows:
    """The input with so large a share of its hits left out, as tap_fixed_velocity_note_dropout learns."""
    kept = (chance.random((*given.shape[:-1], DRUMS)) >= share).astype(np.float32)
    left: Rows = given * np.concatenate([kept] * 3, -1)
    return left
