"""Autoencoders of chance, in Magenta's names and shapes."""

from pathlib import Path

import numpy as np

from converter.source import Origin, Source
from converter.vae_architecture import VaeArchitecture, recognise_vae
from converter.vae_config import VAE_CONFIGS, VaeConfig
from converter.vae_shapes import Sizes, variable_shapes

SHARED = Path(__file__).parents[2].parent / "shared"


def small_sizes(config: VaeConfig) -> Sizes:
    """Layers of unlike sizes, so that a mistaken order does not fit."""
    return Sizes(
        z=6,
        encoder=tuple(range(9, 9 + len(config.encoder))),
        decoder=tuple(range(12, 12 + len(config.decoder_units))),
        conductor=tuple(range(7, 7 + len(config.conductor))),
        nade_hidden=5 if config.decoder == "nade" else 0,
    )


def chance_weights(config: VaeConfig, sizes: Sizes, seed: int = 0) -> dict[str, np.ndarray]:
    """Weights that keep every layer's sums near 1 (the kernels) and let no bias be forgotten."""
    rng = np.random.default_rng(seed)
    return {
        name: (rng.standard_normal(shape) / np.sqrt(shape[0] if len(shape) > 1 else 4)).astype(np.float32)
        for name, shape in variable_shapes(config, sizes).items()
    }


def chance_model(name: str, sizes: Sizes | None = None, seed: int = 0) -> tuple[Source, VaeArchitecture]:
    """A source of this configuration, and what it is."""
    config = VAE_CONFIGS[name]
    variables = chance_weights(config, sizes or small_sizes(config), seed)
    source = Source(Origin(Path(f"{name}.ckpt"), "0" * 64, "checkpoint"), variables, None)
    return source, recognise_vae(source, name)
