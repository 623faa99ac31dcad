"""A label out of logits, by a chance that is handed in."""

import math
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from appliance.answer.encoding import Floats
from appliance.errors import ModelError

Doubles = npt.NDArray[np.float64]


class SamplingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How bold the answer is.

    `temperature`: 0 always takes the likeliest, 1 is the model's own distribution, above 1 is wilder. `top_k`: only the
    k likeliest labels can come; 0 for all. Raises: ValueError for what is out of range.
    """

    temperature: float
    top_k: int

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 10:
            raise ValueError(f"the temperature is 0 to 10, not {self.temperature}")
        if self.top_k < 0:
            raise ValueError(f"top_k is at least 1, or 0 for all labels, not {self.top_k}")


class Choice(NamedTuple):
    """A label, and its natural-log likelihood at temperature 1 over all labels, whatever it was drawn with."""

    label: int
    log_likelihood: float


def choose(logits: Floats, settings: SamplingSettings, chance: float) -> Choice:
    """The label at `chance` (0 ≤ chance < 1) of the cumulative distribution.

    Raises: ModelError when a logit is no number.
    """
    scores = logits.astype(np.float64)
    likeliest = float(scores.max())
    if not math.isfinite(likeliest):
        raise ModelError("the model gave a logit that is no number: convert it again and look at its parity")
    scores -= likeliest
    likelihoods = np.exp(scores)
    label = _draw(scores, likelihoods, settings, chance)
    return Choice(label, float(scores[label]) - math.log(likelihoods.sum()))


def _draw(scores: Doubles, likelihoods: Doubles, settings: SamplingSettings, chance: float) -> int:
    if settings.temperature == 0:
        return int(scores.argmax())
    weights = likelihoods if settings.temperature == 1 else np.exp(scores / settings.temperature)
    if 0 < settings.top_k < len(weights):
        weights = weights.copy()
        weights[np.argpartition(scores, -settings.top_k)[: -settings.top_k]] = 0.0
    heap = weights.cumsum()
    # The smallest index whose heap is above the mark: a label of weight 0 is never drawn.
    return int(heap.searchsorted(chance * heap[-1], side="right"))
