"""A groove model's decoder along a window of which the hits are known: how hard and how early each of them is.

What is fed back is what is struck, as in training. Magenta's own sampling feeds back a velocity and an offset for
every drum, struck or not, which the decoder never saw while it learnt.
"""

from typing import NamedTuple

import numpy as np

from appliance.groove.autoencoder import Autoencoder, Floats
from appliance.groove.pattern import DRUMS


class Feel(NamedTuple):
    """Of each drum, [9]: the velocity, 0 to 1, and the offset, -1 to 1, of which 1 is half a step early."""

    velocities: Floats
    offsets: Floats


class Walk:
    """A decoder on its way through one window."""

    def __init__(self, autoencoder: Autoencoder, z: Floats) -> None:
        self._autoencoder = autoencoder
        self._state = autoencoder.start(z)
        self._previous = np.zeros(sum(autoencoder.card.output_depths), np.float32)

    def logits(self) -> Floats:
        """The logits [out] of the next step; then say with `play` what was played on it."""
        logits, self._state = self._autoencoder.step(self._previous, self._state)
        return logits

    def play(self, row: Floats) -> None:
        """What the step was, as the decoder knows steps [out]."""
        self._previous = row

    def feel(self, hits: Floats) -> Feel:
        """The feel of the next step, on which these drums [9] are struck, 0 or 1."""
        feel = feel_of(self.logits())
        self.play(np.concatenate([hits, hits * feel.velocities, hits * feel.offsets]))
        return feel


def feel_of(logits: Floats) -> Feel:
    """The feel in a step's logits [27]."""
    velocities = (1 + np.tanh(logits[DRUMS : 2 * DRUMS] / 2)) / 2
    return Feel(velocities.astype(np.float32), np.tanh(logits[2 * DRUMS :]).astype(np.float32))
