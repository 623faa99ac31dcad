"""Ways through the latent space of an autoencoder."""

import numpy as np

from converter.vae_network import Floats

PARALLEL = 1e-6  # rad; below it the arc is a straight line


def slerp(one: Floats, other: Floats, share: float) -> Floats:
    """The point `share` of the way from `one` [Z] to `other` [Z], along the arc between them.

    Magenta interpolates so (music_vae/trained_model.py): in many dimensions the points of a normal distribution lie
    near a sphere, and a straight line would lead through its empty middle. The ends are given exactly.
    """
    if share <= 0:
        return one
    if share >= 1:
        return other
    lengths = np.linalg.norm(one), np.linalg.norm(other)
    if not min(lengths):
        return np.asarray((1 - share) * one + share * other, np.float32)
    cosine = float(np.clip(one @ other / (lengths[0] * lengths[1]), -1, 1))
    angle = float(np.arccos(cosine))
    if angle < PARALLEL or np.pi - angle < PARALLEL:
        return np.asarray((1 - share) * one + share * other, np.float32)
    weights = np.sin((1 - share) * angle) / np.sin(angle), np.sin(share * angle) / np.sin(angle)
    return np.asarray(weights[0] * one + weights[1] * other, np.float32)


def between(one: Floats, other: Floats, count: int) -> list[Floats]:
    """So many points [Z] from `one` to `other`, both among them; a single one is the middle.

    Raises:
        ValueError: count is below 1.

    """
    if count < 1:
        raise ValueError(f"{count} points cannot be laid between two.")
    if count == 1:
        return [slerp(one, other, 0.5)]
    return [slerp(one, other, number / (count - 1)) for number in range(count)]


def longest_step(one: Floats, other: Floats, count: int) -> float:
    """A bound of how far two neighbours of `between` lie apart.

    The arc's points are w0 * one + w1 * other with |w0'|, |w1'| at most angle / sin(angle) a whole way; the straight
    line's are never further apart than a share of the whole. Where the ends stand nearly opposite the arc is not known
    and the bound is large: such ends are no neighbours in music either.
    """
    lengths = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    straight = float(np.linalg.norm(other - one)) / max(1, count - 1)
    if not min(lengths):
        return straight
    cosine = float(np.clip(one @ other / (lengths[0] * lengths[1]), -1, 1))
    angle = float(np.arccos(cosine))
    if angle < PARALLEL or np.pi - angle < PARALLEL:
        return straight
    return angle / float(np.sin(angle)) * (lengths[0] + lengths[1]) / max(1, count - 1)
