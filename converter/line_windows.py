"""Melodies and trios as a MusicVAE learns them: lines of a whole song, of which windows are cut when they are learnt.

A window of sixteen bars begins at every bar of a song, with each of its melodies: kept one by one they would take a
hundred times the room of the songs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from converter.drum_kit import DrumMap
from converter.groove_tensors import classes_of
from converter.piece import Piece, Role
from converter.trio_tensors import (
    BAR,
    BARS,
    FIRST_NOTE,
    HIGHEST,
    LOWEST,
    Line,
    bars_of,
    drum_line,
    melody_line,
    spans_of,
)

Places = npt.NDArray[np.int64]  # [N, lines + 2]: a song, which of its lines, and the first step
Batch = dict[str, npt.NDArray[np.int32]]
NOTES = HIGHEST - LOWEST + 1  # classes of a melody's note
MOST_OF_A_SONG = 5  # windows a pass, as TrioConverter takes (max_tensors_per_notesequence)


@dataclass(frozen=True)
class Lines:
    """The `songs`, each a list of lines, and the `places` of the windows in them; `steps` of one.

    `pitched`: for each column of a window whether it is a melody, which may be transposed.
    """

    songs: Sequence[Sequence[Line]]
    places: Places
    steps: int
    pitched: tuple[bool, ...]

    def encoder(self, transpose: tuple[int, int]) -> Callable[[Places, np.random.Generator | None], Batch]:
        """Windows cut at places: numbers [N, T, columns], where drawn each moved by some semitones, all parts alike."""

        def encode(places: Places, chance: np.random.Generator | None) -> Batch:
            rows = np.stack([self._window(place) for place in places]).astype(np.int32)
            if chance is not None and transpose != (0, 0):
                by = chance.integers(transpose[0], transpose[1] + 1, (len(rows), 1, 1))
                rows = np.where(self.pitched, transposed(rows, by), rows)
            return {"given": rows, "wanted": rows}

        return encode

    def _window(self, place: Places) -> npt.NDArray[np.int16]:
        song, *lines, start = place.tolist()
        return np.stack([self.songs[song][line][start : start + self.steps] for line in lines], -1)


def transposed(numbers: npt.NDArray[np.int32], semitones: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Melody numbers moved; a note that would leave the range goes an octave back."""
    moved = numbers + semitones
    moved = np.where(moved < FIRST_NOTE, moved + 12, np.where(moved >= FIRST_NOTE + NOTES, moved - 12, moved))
    return np.where(numbers >= FIRST_NOTE, moved, numbers).astype(np.int32)


def trio_lines(pieces: Sequence[Piece], drum_map: DrumMap, spacing: int) -> Lines:
    """The windows of trios, from every `spacing` bars on where all three play."""
    songs: list[list[Line]] = []
    places: list[list[int]] = []
    classes = classes_of(drum_map)
    for song, piece in enumerate(pieces):
        roles: tuple[Role, ...] = ("melody", "bass", "drums")
        parts = {role: piece.of_role(role) for role in roles}
        flat = [(role, notes) for role in roles for notes in parts[role]]
        steps = max(bars_of(flat), BARS) * BAR
        songs.append([*(melody_line(notes, steps) for role, notes in flat if role != "drums")])
        songs[-1] += [drum_line(notes, steps, classes) for notes in parts["drums"]]
        basses = len(parts["melody"])
        drums = basses + len(parts["bass"])
        places += [
            [song, melody, basses + bass, drums + kit, bar * BAR] for melody, bass, kit, bar in spans_of(flat, spacing)
        ]
    return Lines(songs, np.array(places, np.int64).reshape(-1, 5), BARS * BAR, (True, True, False))


def melody_lines(pieces: Sequence[Piece], bars: int, spacing: int) -> Lines:
    """The windows of melodies, from every `spacing` bars on; a short one, and the last, is filled up with silence."""
    songs: list[list[Line]] = []
    places: list[list[int]] = []
    for song, piece in enumerate(pieces):
        long = bars_of([("melody", piece.notes)])
        starts = range(0, max(1, long - bars + spacing), spacing)
        songs.append([melody_line(piece.notes, (starts[-1] + bars) * BAR)])
        places += [[song, 0, bar * BAR] for bar in starts]
    return Lines(songs, np.array(places, np.int64).reshape(-1, 3), bars * BAR, (True,))


def some_of_each(places: Places, most: int = MOST_OF_A_SONG) -> Places:
    """So many of each song's windows, evenly spaced: what judges, the same every time."""
    found = [places[places[:, 0] == song] for song in np.unique(places[:, 0])]
    kept = [some[np.unique(np.linspace(0, len(some) - 1, most).round().astype(int))] for some in found]
    return np.concatenate([*kept, places[:0]])
