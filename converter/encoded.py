"""Music as a network is taught it: input rows, their one-hot parts as numbers, and what follows each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Code:
    """The sizes of an encoding.

    `hot`: widths of the one-hot parts at the front of a row; `rest`: how many numbers stand behind them; `classes`:
    labels there are; `drums`: of how many drums a label is a set, 0 where labels are no sets.
    """

    hot: tuple[int, ...]
    rest: int
    classes: int
    drums: int = 0

    @property
    def input_size(self) -> int:
        """Width of an input row."""
        return sum(self.hot) + self.rest


@dataclass(frozen=True)
class Encoded:
    """A piece: `hot` [T, one-hot parts] rows of the input kernel, `rest` [T, rest], `targets` [T] what comes next."""

    hot: Numbers
    rest: Floats
    targets: Numbers

    def __len__(self) -> int:
        return len(self.targets)

    def rows(self, code: Code) -> Floats:
        """The input rows [T, input_size] as Magenta writes them."""
        rows = np.zeros((len(self), code.input_size), np.float32)
        np.put_along_axis(rows, self.hot.astype(np.int64), 1, axis=1)
        rows[:, sum(code.hot) :] = self.rest
        return rows


def encoded_of(code: Code, rows: Floats, targets: Numbers) -> Encoded:
    """The piece of these input rows [T, input_size], whose one-hot parts must hold a single 1 each."""
    starts = np.concatenate([[0], np.cumsum(code.hot)]).astype(np.int32)
    hot = [rows[:, first:last].argmax(1) + first for first, last in pairwise(starts)]
    numbers = np.stack(hot, 1) if hot else np.zeros((len(rows), 0))
    return Encoded(numbers.astype(np.int32), rows[:, starts[-1] :].astype(np.float32), targets.astype(np.int32))


@dataclass(frozen=True)
class Lanes:
    """Pieces laid end to end, side by side, so that a batch has no gaps and long memory: arrays [lanes, T, ...].

    `carried` is 0 at a piece's first step, where no memory is carried over, else 1. `weights` is 1 where `targets`
    holds a next step, and 0 in the padding.
    """

    hot: Numbers
    rest: Floats
    carried: Floats
    targets: Numbers
    weights: Floats

    def windows(self, length: int) -> Iterator["Lanes"]:
        """The lanes cut across, each window `length` steps long; T must be a multiple of it."""
        for start in range(0, self.targets.shape[1], length):
            yield Lanes(*(getattr(self, field.name)[:, start : start + length] for field in fields(self)))


def lay(pieces: Sequence[Encoded], lanes: int, window: int) -> Lanes:
    """The pieces in their order, each on the lane that is shortest so far; lanes are filled up to whole windows."""
    queues: list[list[Encoded]] = [[] for _ in range(lanes)]
    lengths = [0] * lanes
    for piece in pieces:
        shortest = lengths.index(min(lengths))
        queues[shortest].append(piece)
        lengths[shortest] += len(piece)
    laid = _blank(pieces[0], lanes, max(1, -(-max(lengths) // window)) * window)
    for lane, queue in enumerate(queues):
        start = 0
        for piece in queue:
            _put(laid, lane, start, piece)
            start += len(piece)
    return laid


def _blank(like: Encoded, lanes: int, steps: int) -> Lanes:
    return Lanes(
        np.zeros((lanes, steps, like.hot.shape[1]), np.int32),
        np.zeros((lanes, steps, like.rest.shape[1]), np.float32),
        np.ones((lanes, steps), np.float32),
        np.zeros((lanes, steps), np.int32),
        np.zeros((lanes, steps), np.float32),
    )


def _put(laid: Lanes, lane: int, start: int, piece: Encoded) -> None:
    place = slice(start, start + len(piece))
    laid.hot[lane, place], laid.rest[lane, place] = piece.hot, piece.rest
    laid.targets[lane, place], laid.weights[lane, place] = piece.targets, 1
    laid.carried[lane, start] = 0
