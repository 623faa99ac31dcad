"""What the numbers in a network's input row are, part by part."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# one_hot: a single 1 among zeros, always. choice: a single 1 or none. bits: each 0 or 1. signs: each +1 or -1.
# shares: not negative, their sum is 1. level: each from -1 to 1.
Kind = Literal["one_hot", "choice", "bits", "signs", "shares", "level"]


class InputPart(NamedTuple):
    """So many neighbouring numbers of one kind."""

    kind: Kind
    width: int


def width_of(parts: Sequence[InputPart]) -> int:
    """How many numbers the parts are together."""
    return sum(part.width for part in parts)


def chance_rows(parts: Sequence[InputPart], steps: int, random: np.random.Generator) -> Floats:
    """Rows [steps, width] of which every part is drawn evenly from what it may be: drives every weight of the input."""
    return np.concatenate([_drawn(part, steps, random) for part in parts], axis=1).astype(np.float32)


def phrase_rows(parts: Sequence[InputPart], steps: int, random: np.random.Generator) -> Floats:
    """Rows [steps, width] as music has them: a phrase of 16 steps out of few events, repeated with small changes."""
    few = chance_rows(parts, 6, random)
    phrase = random.integers(len(few), size=16)
    rows = []
    for step in range(steps):
        if random.random() < 0.1:
            phrase[step % 16] = random.integers(len(few))
        rows.append(few[phrase[step % 16]])
    return np.array(rows, np.float32)


def _drawn(part: InputPart, steps: int, random: np.random.Generator) -> npt.NDArray[np.floating]:
    shape = (steps, part.width)
    if part.kind == "one_hot":
        return np.eye(part.width)[random.integers(part.width, size=steps)]
    if part.kind == "choice":
        return np.eye(part.width + 1)[random.integers(part.width + 1, size=steps), : part.width]
    if part.kind == "shares":
        return random.dirichlet(np.ones(part.width), steps)
    if part.kind == "level":
        return random.uniform(-1, 1, shape)
    bits = random.integers(2, size=shape)
    return (bits if part.kind == "bits" else 2 * bits - 1).astype(np.float64)
