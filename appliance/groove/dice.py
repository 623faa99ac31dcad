"""Generators for one piece of an answer: as chance.py's, they depend on where they are thrown and on nothing before."""

import numpy as np

from appliance.answer.chance import chance


def dice(seed: int, answer: int, place: int, take: int) -> np.random.Generator:
    """A generator of its own for a place of an answer in a take."""
    return np.random.default_rng(int(chance(seed, answer, place, take) * 2**53))
