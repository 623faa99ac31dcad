"""What may come, narrowed before a label is drawn: the likeliest share, the drums there are, how many sound together.

Each takes logits, natural logarithms up to a constant, float [classes], and gives such; minus infinity cannot come.
"""

from collections.abc import Collection
from functools import cache

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
_HALVINGS = 40  # of the interval that a tilt is sought in: to 1e-10 nats
# What a density of 1 adds to the logit of a label for each drum it holds, in nats: of two labels that are alike but for
# one drum, the fuller becomes e² = 7.4 times as likely beside the other.
_NATS_A_DRUM = 2.0
_STEEPEST = 100.0  # nats a drum: at either end the fullest or the emptiest label is all there is


def likeliest_share(logits: Doubles, share: float) -> Doubles:
    """Top-p: the fewest likeliest labels that make up a share (0 to 1) of the likelihood; the likeliest always stays.

    A. Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020). Of labels that are alike the lower stays.
    """
    likelihoods = _softmax(logits)
    order = np.argsort(-logits, kind="stable")
    before = np.cumsum(likelihoods[order]) - likelihoods[order]
    narrowed = np.full_like(logits, -np.inf)
    stays = order[: max(1, int(np.searchsorted(before, share, side="left")))]
    narrowed[stays] = logits[stays]
    return narrowed


def only_drums(logits: Doubles, allowed: Collection[int]) -> Doubles:
    """Only labels whose drum classes are all allowed; silence always is."""
    mask = sum(1 << drum for drum in set(allowed))
    return np.where(_labels(len(logits)) & ~mask == 0, logits, -np.inf)


def only_labels(logits: Doubles, allowed: Collection[int]) -> Doubles:
    """Only these labels, as those of a scale. Raises: ValueError when none is left."""
    if not allowed:
        raise ValueError("no label is allowed: nothing could be played")
    narrowed, stays = np.full_like(logits, -np.inf), list(allowed)
    narrowed[stays] = logits[stays]
    return narrowed


def with_density(logits: Doubles, drums: float) -> Doubles:
    """The nearest distribution in which so many drums sound together on average.

    Of all that have this mean the one with the least divergence from the model's (exponential tilting): each label
    gains the same for every drum in it. A mean beyond what may come gives the fullest or emptiest labels there are.
    """
    counts = _drum_counts(len(logits))
    low, high = -_STEEPEST, _STEEPEST
    for _ in range(_HALVINGS):
        tilt = (low + high) / 2
        low, high = (tilt, high) if _softmax(logits + tilt * counts) @ counts < drums else (low, tilt)
    return np.asarray(logits + (low + high) / 2 * counts)


def with_tilt(logits: Doubles, density: float) -> Doubles:
    """Fuller labels likelier with a density above 0, emptier ones below: e^2 for each drum at 1."""
    return np.asarray(logits + density * _NATS_A_DRUM * _drum_counts(len(logits)))


def _softmax(logits: Doubles) -> Doubles:
    exponentials = np.exp(logits - logits.max())
    return np.asarray(exponentials / exponentials.sum())


@cache
def _labels(classes: int) -> npt.NDArray[np.int64]:
    return np.arange(classes)


@cache
def _drum_counts(classes: int) -> Doubles:
    return np.array([label.bit_count() for label in range(classes)], np.float64)
