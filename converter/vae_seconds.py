"""How long an autoencoder takes on this machine, on one thread."""

import time
from dataclasses import dataclass

import numpy as np

from converter.vae_player import VaePlayer
from converter.vae_windows import control, window

_TIMES = 5


@dataclass(frozen=True)
class VaeSeconds:
    """The median of reading a window, and of playing one."""

    read: float
    played: float


def seconds_of(player: VaePlayer) -> VaeSeconds:
    """Over a few windows of chance; the first, in which pages and caches are filled, is not counted."""
    rng, config = np.random.default_rng(1), player.sampler.config
    read, played = [], []
    for _ in range(_TIMES + 1):
        heard, told = window(config, config.steps, rng), control(config, config.steps, rng)
        began = time.perf_counter()
        mu, _ = player.encode(heard, told)
        between = time.perf_counter()
        player.decode(mu, config.steps, 1.0, rng, told)
        read.append(between - began)
        played.append(time.perf_counter() - between)
    return VaeSeconds(float(np.median(read[1:])), float(np.median(played[1:])))
