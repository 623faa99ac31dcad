"""What a model is tried on: chance, and music: beats as a drummer plays them, phrases that come again."""

import numpy as np
import numpy.typing as npt

from converter.drum_kit import Encoding
from converter.input_part import chance_rows, phrase_rows
from converter.rnn_config import RnnConfig

STEPS_PER_PATTERN = 384
_SEED = 20161117


def patterns(
    config: RnnConfig, drums: Encoding | None, steps: int = STEPS_PER_PATTERN
) -> list[npt.NDArray[np.float32]]:
    """Input rows [steps, input_size] of chance, and as many of music; `drums` is the encoding of a drum model."""
    random = np.random.default_rng(_SEED)
    if drums:
        return [drums.inputs(pattern(drums, steps, random)) for pattern in (chance, beat)]
    return [rows(config.parts, steps, random) for rows in (chance_rows, phrase_rows)]


# The steps of a bar of sixteenths on which each General MIDI drum falls in a plain rock beat.
_BEAT = {36: (0, 7, 8, 10), 38: (4, 12), 42: (0, 2, 4, 6, 8, 10, 12), 46: (14,), 49: (0,)}
_STEPS_PER_BAR = 16


def chance(encoding: Encoding, steps: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Labels drawn evenly from all there are: drives every weight of the input."""
    return random.integers(encoding.classes, size=steps)


def beat(encoding: Encoding, steps: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """A rock beat that drops a hit now and then, ends each fourth bar in toms, and rests a bar in eight."""
    return np.array([encoding.label(_struck(step, random)) for step in range(steps)])


def _struck(step: int, random: np.random.Generator) -> list[int]:
    bar, place = divmod(step, _STEPS_PER_BAR)
    if bar % 8 == 7:
        return []
    if bar % 4 == 3 and place >= 12:
        return [int(random.choice([38, 45, 48, 50]))]
    return [pitch for pitch, places in _BEAT.items() if place in places and random.random() > 0.1]
