"""Label sequences to try a model on: chance, and beats as a drummer plays them."""

import numpy as np
import numpy.typing as npt

from converter.drum_kit import Encoding

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
