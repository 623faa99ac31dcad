"""A label out of logits, by a chance that is handed in."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from appliance.answer.encoding import Floats
from appliance.answer.sampling_settings import SamplingSettings as SamplingSettings
from appliance.errors import ModelError

Doubles = npt.NDArray[np.float64]

# What a density of 1 adds to the logit of a label for each drum it holds, in nats: of two labels that are alike but for
# one drum, the fuller becomes e² = 7.4 times as likely beside the other.
_NATS_A_DRUM = 2.0


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
    log_all = math.log(likelihoods.sum())
    wished = scores
    if settings.density:
        wished = scores + settings.density * _NATS_A_DRUM * _drums_of(len(scores))
        wished -= wished.max()
        likelihoods = np.exp(wished)
    label = _draw(wished, likelihoods, settings, chance)
    return Choice(label, float(scores[label]) - log_all)


@cache
def _drums_of(classes: int) -> Doubles:
    """How many drums each label holds: the bits that are set."""
    return np.array([label.bit_count() for label in range(classes)], np.float64)


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
