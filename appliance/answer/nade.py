"""Drawing a frame from a NADE: each note by its likelihood given the notes below it.

H. Larochelle and I. Murray, "The Neural Autoregressive Distribution Estimator" (AISTATS 2011). The network's step gives
the biases. Magenta draws from the biases of one step before, and always takes what is likelier; here the biases of the
last frame heard are used, and temperature and chance are the player's.
"""

import math
from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from appliance.answer.encoding import Floats
from appliance.errors import ModelError


class Drawn(NamedTuple):
    """A frame as a label (bit i is the i-th note), and its natural-log likelihood at temperature 1."""

    label: int
    log_likelihood: float


class Nade:
    """The weights of a NADE, float32 [notes, hidden]: what a note adds to the hidden units, and how it reads them."""

    def __init__(self, encode: Floats, decode: Floats) -> None:
        """Raises: ValueError when the two are not of one shape."""
        if encode.shape != decode.shape or encode.ndim != 2:
            raise ValueError(f"a NADE has two matrices of one shape, not {encode.shape} and {decode.shape}")
        self._encode, self._decode = encode.astype(np.float64), decode.astype(np.float64)
        self.notes, self.hidden = encode.shape

    def draw(
        self,
        biases: Floats,
        temperature: float,
        chance: Callable[[], float],
        allowed: Collection[int] | None = None,
    ) -> Drawn:
        """A frame out of biases [hidden + notes]; at temperature 0 each note is what is likelier.

        `allowed`: the notes (0 is the lowest) that may be set; None for all. Takes one chance a note.
        Raises: ModelError when a bias is no number.
        """
        if not np.isfinite(biases).all():
            raise ModelError("the model gave a bias that is no number: convert it again and look at its parity")
        hidden, label, likelihood = biases[: self.hidden].astype(np.float64), 0, 0.0
        for note in range(self.notes):
            logit = float(biases[self.hidden + note]) + float(_sigmoid(hidden) @ self._decode[note])
            struck = _struck(logit, temperature, chance()) and (allowed is None or note in allowed)
            likelihood -= _softplus(-logit if struck else logit)
            if struck:
                hidden += self._encode[note]
                label |= 1 << note
        return Drawn(label, likelihood)


def _struck(logit: float, temperature: float, chance: float) -> bool:
    if temperature == 0:
        return logit >= 0
    # Far out on either side the exponential has no more to say than that.
    return chance < 1 / (1 + math.exp(-max(-700.0, min(700.0, logit / temperature))))


def _sigmoid(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray((1 + np.tanh(x / 2)) / 2)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
