"""Windows of music as a MusicVAE learns them: what it is given to encode, and what it is to rebuild."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.dataset import Augmentation
from converter.drum_changes import EXCHANGES
from converter.drum_kit import DrumMap
from converter.errors import DataError
from converter.groove_changes import GrooveChanges
from converter.groove_tensors import (
    DRUMS,
    STEPS_PER_QUARTER,
    classes_of,
    humanize_input,
    note_dropout,
    pieces_windows,
    tap_input,
    windows_of,
    without_drum,
)
from converter.line_windows import MOST_OF_A_SONG, Lines, melody_lines, some_of_each, trio_lines
from converter.piece import Notes, Piece
from converter.vae_config import GrooveInput, VaeConfig

Array = npt.NDArray[Any]
Batch = dict[str, npt.NDArray[Any]]
BAR = 16  # sixteenths
Encode = Callable[[Array, np.random.Generator | None], Batch]


@dataclass(frozen=True)
class VaeMaterial:
    """`windows` [N, T, ...] of one kind, and what `encode` makes of some of them for the network.

    `encode` is given a generator where something is drawn, as in training, and None to judge by. `songs` [N] tells from
    which each window is, where a pass takes no more than `most` of each, drawn anew every time.
    """

    windows: Array
    encode: Encode
    songs: Array | None = None
    most: int = 0

    def __len__(self) -> int:
        return len(self.windows)

    @property
    def in_a_pass(self) -> int:
        """How many windows a pass draws."""
        if self.songs is None:
            return len(self.windows)
        return int(np.minimum(np.unique(self.songs, return_counts=True)[1], self.most).sum())

    def drawn(self, chance: np.random.Generator, size: int) -> Iterator[Batch]:
        """One pass through all windows in a drawn order, in batches of `size`; an incomplete last one is left out."""
        order = chance.permutation(len(self.windows))
        if self.songs is not None:
            order = order[_place_in_song(self.songs[order]) < self.most]
        for start in range(0, len(order) - size + 1, size):
            yield self.encode(self.windows[order[start : start + size]], chance)

    def whole(self, size: int) -> Iterator[Batch]:
        """All windows as they are, in batches of `size`, the last one maybe smaller."""
        for start in range(0, len(self.windows), size):
            yield self.encode(self.windows[start : start + size], None)


def _place_in_song(songs: Array) -> Array:
    """For each window [N] how many of the same song are before it."""
    order = np.argsort(songs, kind="stable")
    _, first, counts = np.unique(songs[order], return_index=True, return_counts=True)
    places = np.empty(len(songs), np.int64)
    places[order] = np.arange(len(songs)) - np.repeat(first, counts)
    return places


def vae_material(
    config: VaeConfig,
    pieces: Sequence[Piece],
    augmentation: Augmentation,
    *,
    learnt: bool,
    spacing: int | None = None,
    thinned: float = 0.0,
) -> VaeMaterial:
    """The pieces in a configuration's windows.

    They start every `spacing` bars; without it `learnt` ones start every bar, and judging ones end to end.

    `thinned`: the share of learnt grooves that are heard with hits left out (groove_changes.py).

    Raises:
        DataError: the trainer has no converter for this configuration's music.

    """
    bars = config.steps // BAR
    hop = spacing or (1 if learnt else bars)
    if config.groove is not None:
        told = bool(config.control_depth)
        changes = GrooveChanges(augmentation.exchanged, thinned)
        return VaeMaterial(pieces_windows(pieces, bars, hop), _groove_encoder(config.groove, changes, told=told))
    if config.kind in {"drums", "nade_drums"}:
        return VaeMaterial(hit_windows(pieces, config.drum_map, bars, hop), _drum_encoder(config, augmentation))
    if config.kind == "trio":
        return _of_lines(trio_lines(pieces, config.drum_map, hop if learnt else 1), augmentation, learnt=learnt)
    if config.kind == "melody" and not config.control_depth:
        return _of_lines(melody_lines(pieces, bars, hop), augmentation, learnt=learnt)
    raise DataError(
        f"{config.name} cannot be trained here: the trainer knows grooves, drums, melodies without chords and trios."
    )


def _of_lines(lines: Lines, augmentation: Augmentation, *, learnt: bool) -> VaeMaterial:
    encode = lines.encoder(augmentation.transpose)
    if not learnt:
        return VaeMaterial(some_of_each(lines.places), encode)
    return VaeMaterial(lines.places, encode, lines.places[:, 0], MOST_OF_A_SONG)


def rows_of(config: VaeConfig, window: Array) -> npt.NDArray[np.float32]:
    """Rows [T, depth] of a window, also where it is told in numbers [T, parts]."""
    if window.dtype.kind != "i":
        return np.asarray(window, np.float32)
    columns = [np.eye(depth, dtype=np.float32)[window[:, part]] for part, depth in enumerate(config.output_depths)]
    return np.concatenate(columns, 1)


def given_groove(windows: Array, groove: GrooveInput, chance: np.random.Generator | None = None) -> Array:
    """What a groove model hears of windows [..., 27]; with a generator, with notes dropped if it learns so."""
    given = np.asarray(windows, np.float32)
    for drum in groove.added:
        given = without_drum(given, drum)
    if groove.humanize:
        given = humanize_input(given)
    if groove.tapify:
        given = tap_input(given, velocities=not groove.fixed_velocities)
    if groove.note_dropout and chance is not None:
        given = note_dropout(given, groove.note_dropout, chance)
    return given


def _groove_encoder(groove: GrooveInput, changes: GrooveChanges, *, told: bool) -> Encode:
    def encode(windows: Array, chance: np.random.Generator | None) -> Batch:
        windows = windows if chance is None else changes.made(windows, chance)
        batch: Batch = {"given": given_groove(windows, groove, chance), "wanted": windows}
        return batch | ({"control": windows[..., :DRUMS]} if told else {})

    return encode


def hit_windows(pieces: Sequence[Piece], drum_map: DrumMap, bars: int, hop: int) -> Array:
    """Windows of which drums are hit [N, T, drums], padded with silence to whole bars; silent ones are left out."""
    classes = classes_of(drum_map)
    found: list[Array] = []
    for piece in pieces:
        found += windows_of(_hits(piece.notes, classes, len(drum_map)), bars, hop, padded=True)
    return np.array(found, bool).reshape(-1, bars * BAR, len(drum_map))


def _hits(notes: Notes, classes: Mapping[int, int], drums: int) -> npt.NDArray[np.bool_]:
    """Rows [T, drums] from the beginning to the last hit; pitches that no drum has are left out, as Magenta does."""
    steps = notes.steps(STEPS_PER_QUARTER)
    found = np.array([classes.get(pitch, -1) for pitch in notes.pitches.tolist()], np.int64)
    kept = (found >= 0) & (steps >= 0)
    rows = np.zeros((int(steps[kept].max(initial=-1)) + 1, drums), bool)
    rows[steps[kept], found[kept]] = True
    return rows


def _drum_encoder(config: VaeConfig, augmentation: Augmentation) -> Encode:
    def encode(hits: Array, chance: np.random.Generator | None) -> Batch:
        if chance is not None and hits.shape[-1] == DRUMS:
            hits = np.stack([_exchanged(window, augmentation.exchanged, chance) for window in hits])
        return {
            "given": drum_given(hits),
            "wanted": hits.astype(np.float32) if config.decoder == "nade" else drum_numbers(hits),
        }

    return encode


def drum_given(hits: Array) -> npt.NDArray[np.float32]:
    """What is encoded: the drums [..., n] and beside them whether there is none (music_vae/data.py, DrumsConverter)."""
    return np.concatenate([hits, ~hits.any(-1, keepdims=True)], -1).astype(np.float32)


def drum_numbers(hits: Array) -> npt.NDArray[np.int32]:
    """The label of each step [..., 1]: bit k is set where drum k is hit."""
    return (hits.astype(np.int32) @ (1 << np.arange(hits.shape[-1], dtype=np.int32)))[..., None]


def _exchanged(hits: Array, share: float, chance: np.random.Generator) -> Array:
    if chance.random() >= share:
        return hits
    one, other = EXCHANGES[int(chance.integers(len(EXCHANGES)))]
    order = np.arange(hits.shape[-1])
    order[[one, other]] = other, one
    return hits[:, order]
