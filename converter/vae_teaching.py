"""How Magenta taught its MusicVAEs (magenta/models/music_vae/configs.py): what is published, by configuration."""

from dataclasses import dataclass

from converter.vae_config import VaeConfig


@dataclass(frozen=True)
class Published:
    """Figures of a configuration.

    `beta`: the highest price of a nat of z, reached as 1 - beta_rate ** step; `free_bits` are not paid for; `sampling`:
    the rate of the inverse sigmoid by which steps come to hear the network's own samples, 0 for never; `keep`: the
    share of a cell's inputs that is not dropped.
    """

    beta: float = 0.2
    beta_rate: float = 0.0
    free_bits: float = 48.0
    sampling: float = 0.0
    keep: float = 1.0


def published_teaching(config: VaeConfig) -> Published:
    """How this configuration was taught."""
    if config.kind == "groove":
        return Published(keep=0.3)
    if config.kind == "drums":
        return Published(sampling=1000.0)
    if config.kind == "nade_drums":
        return Published()
    if config.kind == "multiperf" or config.control_depth:
        return Published(beta=1.0, free_bits=256.0 if config.steps > 32 else 0.0)
    if config.steps > 32:
        return Published(free_bits=256.0)
    return Published(beta_rate=0.99999, free_bits=0.0, sampling=1000.0)
