"""An autoencoder rebuilt in TensorFlow from its variables: what a converted one is held against.

MusicVAE exports no graph. This one is made of the operation that Magenta's cells call, LSTMBlockCell (its kernel:
tensorflow/core/kernels/rnn/lstm_ops.cc), put together anew; it shares no formula with what is converted.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from converter.tensorflow_library import tensorflow
from converter.vae_config import VaeConfig
from converter.vae_network import Floats, State
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


class VaeReference:
    """The network, run eagerly; its state has no `held` but the segment itself."""

    def __init__(self, config: VaeConfig, sizes: Sizes, variables: Variables) -> None:
        tf = tensorflow()
        self.name = f"graph built for its weights of LSTMBlockCell, TensorFlow {tf.__version__}"
        self._config, self._sizes = config, sizes
        self._tensors = {name: tf.constant(value) for name, value in variables.items()}

    def encode(self, segments: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Mean and standard deviation of z [Z], from rows [T, in] of each segment; one without rows counts as zeros."""
        tf = tensorflow()
        layers = len(encoder_layers(self._config, self._sizes))
        if self._config.encoder_segments > 1:
            embeddings = [self._read(0, rows)[0] for rows in segments]
            embedding, _ = self._read(1, np.concatenate(embeddings))
        else:
            fed: Any = segments[0]
            for layer in range(layers):
                embedding, fed = self._read(layer, fed)
        mu, spread = self._dense(embedding, "encoder/mu"), self._dense(embedding, "encoder/sigma")
        return mu.numpy()[0], tf.nn.softplus(spread).numpy()[0]

    def segments(self, z: Floats) -> Sequence[Floats]:
        """The conductor's output at each segment [E]; of a flat decoder z itself."""
        if not self._config.conductor:
            return [z]
        tf = tensorflow()
        layers = len(self._sizes.conductor)
        state = self._opened(z[None], f"{CONDUCTOR}/initial_state", self._sizes.conductor)
        found = []
        for _ in range(self._config.segments):
            y = tf.zeros([1, 1])
            for layer in range(layers):
                c, y = self._cell(y, state[2 * layer], state[2 * layer + 1], conductor_cell(layer))
                state[2 * layer], state[2 * layer + 1] = c, y
            found.append(y.numpy()[0])
        return found

    def start(self, segment: Floats) -> State:
        """The state of every part of the decoder, and the segment."""
        found = {"segment": segment}
        for part, scope in enumerate(core_scopes(self._config)):
            opened = self._opened(segment[None], f"{scope}/z_to_initial_state", self._sizes.decoder)
            names = [f"{kind}{layer}" for layer in range(len(self._sizes.decoder)) for kind in "ch"]
            found |= {
                f"{part_name(self._config, part)}{name}": value.numpy()[0]
                for name, value in zip(names, opened, strict=True)
            }
        return found

    def step(self, previous: Floats, control: Floats | None, state: State) -> tuple[Floats, State]:
        """The logits of a step and the state behind it."""
        tf = tensorflow()
        after, logits = dict(state), []
        told = [] if control is None else [control]
        starts = np.cumsum([0, *core_depths(self._config)])
        for part, scope in enumerate(core_scopes(self._config)):
            name = part_name(self._config, part)
            y = tf.constant(np.concatenate([previous[starts[part] : starts[part + 1]], state["segment"], *told])[None])
            for layer in range(len(self._sizes.decoder)):
                c, h = state[f"{name}c{layer}"][None], state[f"{name}h{layer}"][None]
                c, y = self._cell(y, c, h, core_cell(scope, layer))
                after[f"{name}c{layer}"], after[f"{name}h{layer}"] = c.numpy()[0], y.numpy()[0]
            logits.append(self._dense(y, f"{scope}/output_projection").numpy()[0])
        return np.concatenate(logits), after

    def _read(self, layer: int, rows: Floats) -> tuple[Any, Floats]:
        """What both directions end with [1, 2U], and what they say at each step [T, 2U]."""
        ends, said = [], []
        units = encoder_layers(self._config, self._sizes)[layer]
        for direction, ordered in (("fw", rows), ("bw", rows[::-1])):
            c = h = np.zeros((1, units), np.float32)
            heard = []
            for row in ordered:
                c, h = self._cell(row[None], c, h, encoder_scope(self._config, layer, direction))
                heard.append(np.asarray(h)[0])
            ends.append(np.asarray(h))
            said.append(np.reshape(heard, (len(rows), units)))
        return np.concatenate(ends, 1), np.concatenate([said[0], said[1][::-1]], 1)

    def _cell(self, x: Any, c: Any, h: Any, scope: str) -> tuple[Any, Any]:
        """The new c and h."""
        tf = tensorflow()
        peephole = np.zeros(np.shape(c)[1], np.float32)  # not used; the operation asks for them all the same
        after = tf.raw_ops.LSTMBlockCell(
            x=x, cs_prev=c, h_prev=h, w=self._tensors[f"{scope}/kernel"], b=self._tensors[f"{scope}/bias"],
            wci=peephole, wcf=peephole, wco=peephole, forget_bias=1.0, cell_clip=-1.0, use_peephole=False,
        )  # fmt: skip
        return after.cs, after.h

    def _opened(self, fed: Floats, scope: str, layers: Sequence[int]) -> list[Any]:
        """c, h of each layer."""
        tf = tensorflow()
        return list(tf.split(tf.tanh(self._dense(fed, scope)), [units for units in layers for _ in "ch"], 1))

    def _dense(self, fed: Any, scope: str) -> Any:
        tf = tensorflow()
        return tf.matmul(fed, self._tensors[f"{scope}/kernel"]) + self._tensors[f"{scope}/bias"]
