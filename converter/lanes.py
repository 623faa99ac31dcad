"""Lanes: pieces of drumming laid end to end, side by side, so that a batch has no gaps and long memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

BAR = 16  # steps of a bar in sixteenths
# Drum classes that change places in a whole piece now and then: what a hi-hat can play, a ride can, and a tom another.
EXCHANGES = ((2, 8), (2, 3), (3, 8), (7, 8), (4, 5), (5, 6))


@dataclass(frozen=True)
class Lanes:
    """Five arrays [T, lanes]: what is heard, where it stands, and what comes next.

    `positions` count from the start of each piece. `carried` is 0 at a piece's first step, where no memory is carried
    over, else 1. `weights` is 1 where `targets` holds a next step, and 0 at the end of a piece and in the padding.
    """

    labels: Labels
    positions: Labels
    carried: Floats
    targets: Labels
    weights: Floats

    def windows(self, length: int) -> Iterator["Lanes"]:
        """The lanes cut across, each window `length` steps long; T must be a multiple of it."""
        for start in range(0, len(self.labels), length):
            cut = slice(start, start + length)
            yield Lanes(self.labels[cut], self.positions[cut], self.carried[cut], self.targets[cut], self.weights[cut])


def lay(pieces: Sequence[Labels], lanes: int, window: int) -> Lanes:
    """The pieces in their order, each on the lane that is shortest so far; lanes are filled up to whole windows."""
    queues: list[list[Labels]] = [[] for _ in range(lanes)]
    lengths = [0] * lanes
    for piece in pieces:
        shortest = lengths.index(min(lengths))
        queues[shortest].append(piece)
        lengths[shortest] += len(piece)
    steps = max(1, -(-max(lengths) // window)) * window
    laid = _blank(steps, lanes)
    for lane, queue in enumerate(queues):
        _fill(laid, lane, queue)
    return laid


def _blank(steps: int, lanes: int) -> Lanes:
    labels, floats = np.zeros((3, steps, lanes), np.int32), np.zeros((2, steps, lanes), np.float32)
    return Lanes(labels[0], labels[1], floats[0] + 1, labels[2], floats[1])


def _fill(laid: Lanes, lane: int, queue: list[Labels]) -> None:
    start = 0
    for piece in queue:
        end = start + len(piece)
        laid.labels[start:end, lane] = piece
        laid.positions[start:end, lane] = np.arange(len(piece))
        laid.carried[start, lane] = 0
        laid.targets[start : end - 1, lane] = piece[1:]
        laid.weights[start : end - 1, lane] = 1
        start = end


def cut(grooves: Sequence[Labels], longest: int, chance: np.random.Generator) -> list[Labels]:
    """The grooves in pieces of 2 bars to `longest` steps, in a drawn order.

    Cuts fall on bar lines, so that each bar is heard in every one of the four bars the step counter tells apart, and at
    the start of a call as well as deep in a groove. Pieces of one step, which predict nothing, are left out.
    """
    pieces: list[Labels] = []
    for groove in grooves:
        # A groove that lasts over the counter's four bars starts in a drawn one of them.
        start = BAR * int(chance.integers(4)) if len(groove) > 4 * BAR else 0
        while start < len(groove):
            end = start + BAR * int(chance.integers(2, max(3, longest // BAR + 1)))
            pieces.append(groove[start:end])
            start = end
    drawn = [pieces[index] for index in chance.permutation(len(pieces))]
    return [piece for piece in drawn if len(piece) > 1]


def exchange(pieces: Sequence[Labels], classes: int, share: float, chance: np.random.Generator) -> list[Labels]:
    """The pieces, a `share` of them with two drums exchanged throughout; with fewer than nine drums all are kept."""
    if classes < 512:  # 2 to the power of the nine drums of the kit
        return list(pieces)
    return [_exchanged(piece, *_drawn_pair(chance)) if chance.random() < share else piece for piece in pieces]


def _drawn_pair(chance: np.random.Generator) -> tuple[int, int]:
    return EXCHANGES[int(chance.integers(len(EXCHANGES)))]


def _exchanged(labels: Labels, one: int, other: int) -> Labels:
    first, second = labels >> one & 1, labels >> other & 1
    exchanged: Labels = labels & ~np.int32(1 << one | 1 << other) | first << other | second << one
    return exchanged
