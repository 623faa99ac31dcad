"""A label out of logits, by a chance that is handed in."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from appliance.answer.encoding import Floats
from appliance.answer.narrowing import likeliest_share
from appliance.answer.sampling_settings import SamplingSettings as SamplingSettings
from appliance.errors import ModelError

Doubles = npt.NDArray[np.float64]

# Below this temperature a label that is a hundredth of a nat behind the likeliest has a chance of e^-10: it is 0.
_COLDEST = 1e-3

# What else is wished of a label: logits in, logits out, of which minus infinity cannot come.
Wish = Callable[[Doubles], Doubles]


class Choice(NamedTuple):
    """A label, and its natural-log likelihood at temperature 1 over all labels, whatever it was drawn with."""

    label: int
    log_likelihood: float


def choose(logits: Floats, settings: SamplingSettings, chance: float, wish: Wish | None = None) -> Choice:
    """The label at `chance` (0 ≤ chance < 1) of the cumulative distribution.

    Raises: ModelError when a logit is no number.
    """
    scores = logits.astype(np.float64)
    likeliest = float(scores.max())
    if not math.isfinite(likeliest):
        raise ModelError("the model gave a logit that is no number: convert it again and look at its parity")
    scores -= likeliest
    log_all = math.log(np.exp(scores).sum())
    wished = scores
    if wish is not None:
        wished = wish(scores)
        wished = wished - wished.max()
    label = _draw(wished, settings, chance)
    return Choice(label, float(scores[label]) - log_all)


def _draw(scores: Doubles, settings: SamplingSettings, chance: float) -> int:
    if settings.temperature < _COLDEST:
        return int(scores.argmax())
    if settings.temperature != 1:
        scores = scores / settings.temperature
    if settings.top_p < 1:
        scores = likeliest_share(scores, settings.top_p)
    weights = np.exp(scores)
    if 0 < settings.top_k < len(weights):
        weights[np.argpartition(scores, -settings.top_k)[: -settings.top_k]] = 0.0
    heap = weights.cumsum()
    # The smallest index whose heap is above the mark: a label of weight 0 is never drawn.
    return int(heap.searchsorted(chance * heap[-1], side="right"))
