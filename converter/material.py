"""What is learnt and judged: the pieces of a data set in a network's encoding, drawn anew in every pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from converter.dataset import Augmentation
from converter.drum_changes import Labels, cut, exchange
from converter.drum_kit import Encoding
from converter.encoded import Code, Encoded
from converter.piece import Notes, Piece

HALF_AND_DOUBLE = (0.5, 2.0)  # steps a quarter, in parts of what they are: heard at double and at half tempo


class Material(Protocol):
    """Pieces of one kind for one network."""

    @property
    def code(self) -> Code:
        """The sizes of the encoding."""

    def whole(self) -> list[Encoded]:
        """Each piece as it is, from its start: to judge by."""

    def drawn(self, chance: np.random.Generator) -> list[Encoded]:
        """One pass through all pieces, in a drawn order and changed as the augmentation has it: to learn from."""


def drum_code(encoding: Encoding) -> Code:
    """The sizes of a drum encoding."""
    return Code((encoding.classes,), encoding.counter_bits, encoding.classes, len(encoding.drum_map))


def drum_labels(notes: Notes, encoding: Encoding, steps_per_quarter: float) -> Labels:
    """The label of each step from the beginning of the piece to its last hit."""
    struck: dict[int, set[int]] = {}
    for step, pitch in zip(notes.steps(steps_per_quarter).tolist(), notes.pitches.tolist(), strict=True):
        struck.setdefault(max(0, step), set()).add(pitch)
    return np.array([encoding.label(struck.get(step, ())) for step in range(max(struck, default=-1) + 1)], np.int32)


def encoded_drums(labels: Labels, encoding: Encoding) -> Encoded:
    """The piece of these labels; the last of them is foretold and not fed."""
    counter = encoding.counter(np.arange(len(labels) - 1))
    return Encoded(labels[:-1, None], counter, labels[1:])


@dataclass(frozen=True)
class DrumMaterial:
    """Drum pieces; `longest`: steps of the longest piece that a pass cuts."""

    pieces: Sequence[Piece]
    encoding: Encoding
    steps_per_quarter: int
    augmentation: Augmentation = field(default_factory=Augmentation)
    longest: int = 512

    @property
    def code(self) -> Code:
        """The sizes of the encoding."""
        return drum_code(self.encoding)

    def whole(self) -> list[Encoded]:
        """The pieces of two steps and more."""
        return [encoded_drums(labels, self.encoding) for labels in self._labels(1) if len(labels) > 1]

    def drawn(self, chance: np.random.Generator) -> list[Encoded]:
        """The pieces cut at bar lines, some at half or double tempo, some with two drums exchanged."""
        grooves, other = self._labels(1), self.augmentation.half_or_double
        if other:
            told = [self._labels(factor) for factor in HALF_AND_DOUBLE]
            grooves = [
                told[int(chance.integers(2))][number] if chance.random() < other else groove
                for number, groove in enumerate(grooves)
            ]
        pieces = cut(grooves, self.longest, chance)
        pieces = exchange(pieces, self.encoding.classes, self.augmentation.exchanged, chance)
        return [encoded_drums(piece, self.encoding) for piece in pieces]

    def _labels(self, factor: float) -> list[Labels]:
        """Reckoned once and kept."""
        if factor not in self._kept:
            rate = self.steps_per_quarter * factor
            self._kept[factor] = [drum_labels(piece.notes, self.encoding, rate) for piece in self.pieces]
        return self._kept[factor]

    _kept: dict[float, list[Labels]] = field(default_factory=dict, repr=False, compare=False)
