"""A MusicVAE of any size, for the trainer: which variables it has, by Magenta's names, and what they start as."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Head = Literal["groove", "categorical", "boolean_nade", "parts"]


@dataclass(frozen=True)
class Segments:
    """A hierarchical decoder: a conductor of these layers gives each of `count` segments its own embedding."""

    count: int
    conductor: tuple[int, ...]


@dataclass(frozen=True)
class VaeShape:
    """Sizes of a network: `encoder` is one bidirectional layer each, `decoder` the layers of each (core) decoder.

    `outputs`: width of each part of a step; several parts have a core decoder each. `control`: numbers that condition
    encoder and decoder at each step. `nade_hidden`: of a NADE head.
    """

    steps: int
    encoder: tuple[int, ...]
    decoder: tuple[int, ...]
    latent: int
    inputs: int
    outputs: tuple[int, ...]
    head: Head
    control: int = 0
    segments: Segments | None = None
    nade_hidden: int = 0

    @property
    def output_size(self) -> int:
        """Width of a whole output step."""
        return sum(self.outputs)

    def dense_width(self, part: int) -> int:
        """Outputs of a core decoder's projection; NADE's holds the hidden bias in front."""
        return self.outputs[part] + self.nade_hidden

    def variables(self) -> dict[str, tuple[int, ...]]:
        """Name to shape of every variable, as Magenta's checkpoints have them."""
        return self._encoder() | self._decoder()

    def _encoder(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        below = self.inputs + self.control
        for layer, units in enumerate(self.encoder):
            for way in ("fw", "bw"):
                found |= _cell(encoder_scope(layer, way), below, units)
            below = 2 * units
        return found | _dense("encoder/mu", below, self.latent) | _dense("encoder/sigma", below, self.latent)

    def _decoder(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        embedding = self.latent
        if self.segments:
            scope, layers = "decoder/hierarchical_level_0", self.segments.conductor
            found |= _dense(f"{scope}/initial_state", self.latent, 2 * sum(layers))
            below = 1
            for layer, units in enumerate(layers):
                found |= _cell(f"{scope}/cell_{layer}/lstm_cell", below, units)
                below = units
            embedding = below
        for part in range(len(self.outputs)):
            found |= self._core(self.core_scope(part), embedding, part)
        return found

    def _core(self, scope: str, embedding: int, part: int) -> dict[str, tuple[int, ...]]:
        found = _dense(f"{scope}/z_to_initial_state", embedding, 2 * sum(self.decoder))
        below = self.outputs[part] + embedding + self.control
        for layer, units in enumerate(self.decoder):
            found |= _cell(f"{scope}/multi_rnn_cell/cell_{layer}/lstm_cell", below, units)
            below = units
        found |= _dense(f"{scope}/output_projection", below, self.dense_width(part))
        if self.nade_hidden:
            depth, hidden = self.outputs[part], self.nade_hidden
            found |= {f"{scope}/nade/w_enc": (depth, 1, hidden), f"{scope}/nade/w_dec_t": (depth, hidden, 1)}
        return found

    def core_scope(self, part: int) -> str:
        """Where the variables of a part's decoder are."""
        if len(self.outputs) > 1:
            return f"core_decoder/core_decoder_{part}/decoder"
        return "core_decoder/decoder" if self.segments else "decoder"


def encoder_scope(layer: int, way: str) -> str:
    """Where the variables of one direction of an encoder layer are."""
    return f"encoder/cell_{layer}/bidirectional_rnn/{way}/multi_rnn_cell/cell_0/lstm_cell"


def _cell(scope: str, below: int, units: int) -> dict[str, tuple[int, ...]]:
    return {f"{scope}/kernel": (below + units, 4 * units), f"{scope}/bias": (4 * units,)}


def _dense(scope: str, below: int, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{scope}/kernel": (below, width), f"{scope}/bias": (width,)}


def first_vae_weights(shape: VaeShape, chance: np.random.Generator) -> dict[str, Floats]:
    """The weights training starts from: kernels after Glorot, z's ways in small as Magenta draws them, biases zero."""
    return {name: _first(name, size, chance) for name, size in shape.variables().items()}


def _first(name: str, size: tuple[int, ...], chance: np.random.Generator) -> Floats:
    if len(size) == 1:
        return np.zeros(size, np.float32)
    if any(part in name for part in ("/mu/", "/sigma/", "/z_to_initial_state/", "/initial_state/")):
        return chance.normal(0, 0.001, size).astype(np.float32)
    fan = size[-2] + size[-1]
    span = np.sqrt(6 / fan)
    return chance.uniform(-span, span, size).astype(np.float32)
