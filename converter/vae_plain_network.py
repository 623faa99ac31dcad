"""An autoencoder run by numpy alone, from its weights: slower than the model file, and needs nothing but them."""

from collections.abc import Sequence

import numpy as np

from converter.vae_config import VaeConfig
from converter.vae_network import Floats, State
from converter.vae_sampling import sigmoid
from converter.vae_shapes import (
    CONDUCTOR,
    Sizes,
    conductor_cell,
    core_cell,
    core_depths,
    core_scopes,
    encoder_layers,
    encoder_scope,
)
from converter.vae_step import part_name
from converter.weights import Variables

FORGET_BIAS = 1.0  # LSTMBlockCell adds it while running


class VaePlainNetwork:
    """The network of a configuration with layers of these sizes; its state has the segment besides."""

    def __init__(self, config: VaeConfig, sizes: Sizes, variables: Variables) -> None:
        self._config, self._sizes, self._variables = config, sizes, variables

    def encode(self, segments: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Mean and standard deviation of z [Z], from rows [T, in] of each segment; one without rows counts as zeros."""
        layers = len(encoder_layers(self._config, self._sizes))
        if self._config.encoder_segments > 1:
            embedding = self._read(1, np.stack([self._read(0, rows)[0] for rows in segments]))[0]
        else:
            fed = segments[0]
            for layer in range(layers):
                embedding, fed = self._read(layer, fed)
        spread = self._dense(embedding, "encoder/sigma")
        return self._dense(embedding, "encoder/mu"), np.logaddexp(0, spread).astype(np.float32)

    def segments(self, z: Floats) -> Sequence[Floats]:
        """The conductor's output at each segment [E]; of a flat decoder z itself."""
        if not self._config.conductor:
            return [z]
        state = self._opened(z, f"{CONDUCTOR}/initial_state", self._sizes.conductor)
        found = []
        for _ in range(self._config.segments):
            row = np.zeros(1, np.float32)
            for layer in range(len(self._sizes.conductor)):
                c, row = self._cell(row, state[2 * layer], state[2 * layer + 1], conductor_cell(layer))
                state[2 * layer], state[2 * layer + 1] = c, row
            found.append(row)
        return found

    def start(self, segment: Floats) -> State:
        """The state of every part of the decoder, and the segment."""
        found = {"segment": segment}
        names = [f"{kind}{layer}" for layer in range(len(self._sizes.decoder)) for kind in "ch"]
        for part, scope in enumerate(core_scopes(self._config)):
            opened = self._opened(segment, f"{scope}/z_to_initial_state", self._sizes.decoder)
            before = part_name(self._config, part)
            found |= {f"{before}{name}": value for name, value in zip(names, opened, strict=True)}
        return found

    def step(self, previous: Floats, control: Floats | None, state: State) -> tuple[Floats, State]:
        """The logits of a step and the state behind it."""
        after, logits = dict(state), []
        told = [] if control is None else [control]
        starts = np.cumsum([0, *core_depths(self._config)])
        for part, scope in enumerate(core_scopes(self._config)):
            name = part_name(self._config, part)
            row = np.concatenate([previous[starts[part] : starts[part + 1]], state["segment"], *told])
            for layer in range(len(self._sizes.decoder)):
                c, h = f"{name}c{layer}", f"{name}h{layer}"
                after[c], after[h] = self._cell(row, state[c], state[h], core_cell(scope, layer))
                row = after[h]
            logits.append(self._dense(row, f"{scope}/output_projection"))
        return np.concatenate(logits), after

    def _read(self, layer: int, rows: Floats) -> tuple[Floats, Floats]:
        """What both directions end with [2U], and what they say at each step [T, 2U]."""
        units = encoder_layers(self._config, self._sizes)[layer]
        ends, said = [], []
        for way, ordered in (("fw", rows), ("bw", rows[::-1])):
            c = h = np.zeros(units, np.float32)
            heard = np.zeros((len(rows), units), np.float32)
            for step, row in enumerate(ordered):
                c, h = self._cell(row, c, h, encoder_scope(self._config, layer, way))
                heard[step] = h
            ends.append(h)
            said.append(heard if way == "fw" else heard[::-1])
        return np.concatenate(ends), np.concatenate(said, 1)

    def _cell(self, row: Floats, c: Floats, h: Floats, scope: str) -> tuple[Floats, Floats]:
        """The new c and h."""
        entering, told, forgotten, shown = np.split(self._dense(np.concatenate([row, h]), scope), 4)
        kept = c * sigmoid(forgotten + FORGET_BIAS) + sigmoid(entering) * np.tanh(told)
        return kept.astype(np.float32), (np.tanh(kept) * sigmoid(shown)).astype(np.float32)

    def _opened(self, fed: Floats, scope: str, layers: Sequence[int]) -> list[Floats]:
        """c, h of each layer."""
        edges = np.cumsum([units for units in layers for _ in "ch"])[:-1]
        return np.split(np.tanh(self._dense(fed, scope)), edges)

    def _dense(self, fed: Floats, scope: str) -> Floats:
        found: Floats = fed @ self._variables[f"{scope}/kernel"] + self._variables[f"{scope}/bias"]
        return found
