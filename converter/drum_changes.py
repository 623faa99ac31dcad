"""What a drummer's groove may become in one pass of training: cut, at another tempo, with two drums exchanged."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int32]

BAR = 16  # steps of a bar in sixteenths
# Drum classes that change places in a whole piece now and then: what a hi-hat can play, a ride can, and a tom another.
EXCHANGES = ((2, 8), (2, 3), (3, 8), (7, 8), (4, 5), (5, 6))


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
