"""Places in a latent space, and ways between them. The prior is a standard normal in Z dimensions."""

from collections.abc import Sequence

import numpy as np

from appliance.groove.autoencoder import Floats

_PARALLEL = 1e-4  # rad: two directions that are as good as one


def slerp(one: Floats, other: Floats, share: float) -> Floats:
    """On the great circle from `one` (0) to `other` (1), as music_vae_generate interpolates means.

    K. Shoemake, "Animating rotation with quaternion curves" (1985), for vectors of any length. In many dimensions
    the straight line leads through the middle, where no groove of the training lies.
    """
    lengths = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    if min(lengths) == 0:
        return straight(one, other, share)
    angle = float(np.arccos(np.clip(np.dot(one / lengths[0], other / lengths[1]), -1, 1)))
    if angle < _PARALLEL or np.pi - angle < _PARALLEL:
        return straight(one, other, share)
    weights = np.sin([(1 - share) * angle, share * angle]) / np.sin(angle)
    return np.asarray(weights[0] * one + weights[1] * other, np.float32)


def straight(one: Floats, other: Floats, share: float) -> Floats:
    """On the straight line."""
    return np.asarray((1 - share) * one + share * other, np.float32)


def square(corners: Sequence[Floats], x: float, y: float) -> Floats:
    """Between four corners: at (0, 0), (1, 0), (0, 1) and (1, 1)."""
    bottom, top = slerp(corners[0], corners[1], x), slerp(corners[2], corners[3], x)
    return slerp(bottom, top, y)


def near(z: Floats, similarity: float, rng: np.random.Generator) -> Floats:
    """A place that is `z` at a similarity of 1, and anywhere at 0. It keeps the length that the prior expects."""
    anywhere = rng.standard_normal(z.shape).astype(np.float32)
    return np.asarray(similarity * z + np.sqrt(1 - similarity**2) * anywhere, np.float32)


def anywhere(size: int, rng: np.random.Generator) -> Floats:
    """A place drawn from the prior."""
    return rng.standard_normal(size).astype(np.float32)
