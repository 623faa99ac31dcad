"""A variational autoencoder of Magenta's as functions of one step, of operations that TFLite has kernels for.

The mathematics is that of TensorFlow's LSTMBlockCell as magenta/models/music_vae/lstm_models.py puts it together. The
encoder goes a step at a time in both directions at once, the decoder a step at a time behind its own samples; who calls
walks, samples, and keeps the state. A network that was unrolled over a window would be packed by XNNPACK once a step.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.rnn_step import Product
from converter.tensorflow_library import tensorflow
from converter.vae_config import VaeConfig
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
from converter.weights import Variables

Floats = npt.NDArray[np.float32]
FORGET_BIAS = 1.0  # LSTMBlockCell adds it while running and stores the bias without it
READ_STATE = ("fc", "fh", "bc", "bh")


def part_name(config: VaeConfig, part: int) -> str:
    """What the names of a decoder part's state begin with."""
    return f"p{part}_" if config.decoder == "split" else ""


def state_sizes(config: VaeConfig, sizes: Sizes) -> dict[str, int]:
    """The decoder's state by name: what `start` gives and `step` takes, `held` among it, which no step changes."""
    found: dict[str, int] = {}
    for part in range(len(core_scopes(config))):
        name = part_name(config, part)
        found[f"{name}held"] = 4 * sizes.decoder[0]
        for layer, units in enumerate(sizes.decoder):
            found |= {f"{name}c{layer}": units, f"{name}h{layer}": units}
    return found


def conductor_sizes(sizes: Sizes) -> dict[str, int]:
    """The conductor's state by name."""
    return {f"{kind}{layer}": units for layer, units in enumerate(sizes.conductor) for kind in "ch"}


class VaeSteps:
    """The signatures of a model file, by name."""

    def __init__(self, config: VaeConfig, sizes: Sizes, variables: Variables, product: Product) -> None:
        self._config, self._sizes = config, sizes
        self._variables, self._product = variables, product

    def signatures(self) -> dict[str, tuple[Callable[..., dict[str, Any]], dict[str, int]]]:
        """Of each its function and the widths of its inputs, every one [1, width], in the function's order."""
        config, sizes = self._config, self._sizes
        found: dict[str, tuple[Callable[..., dict[str, Any]], dict[str, int]]] = {}
        fed = config.input_depth + config.control_depth
        for layer, units in enumerate(encoder_layers(config, sizes)):
            widths = {"forward": fed, "backward": fed, **dict.fromkeys(READ_STATE, units)}
            found[f"read_{layer}"] = (self._reader(layer), widths)
            fed = 2 * units
        found["latent"] = (self.latent, {"embedding": fed})
        if config.conductor:
            found["open"] = (self.open, {"z": sizes.z})
            found["conduct"] = (self.conduct, conductor_sizes(sizes))
        found["start"] = (self.start, {"segment": sizes.segment})
        told = {"control": config.control_depth} if config.control_depth else {}
        found["step"] = (self.step, {"previous": config.output_depth, **told, **state_sizes(config, sizes)})
        return found

    def latent(self, embedding: Any) -> dict[str, Any]:
        """The mean and the standard deviation of z [1, Z] from what both directions ended with, [1, 2U]."""
        tf = tensorflow()
        spread = self._dense([embedding], "encoder/sigma")
        # softplus, in a form that neither overflows nor needs an operator of its own
        sigma = tf.nn.relu(spread) + tf.math.log(1.0 + tf.exp(-tf.abs(spread)))
        return {"mu": self._dense([embedding], "encoder/mu"), "sigma": sigma}

    def open(self, z: Any) -> dict[str, Any]:
        """The conductor's first state from z."""
        return self._opened([z], f"{CONDUCTOR}/initial_state", self._sizes.conductor, "")

    def conduct(self, *state: Any) -> dict[str, Any]:
        """The next `segment` [1, E], and the conductor's state behind it."""
        named = dict(zip(conductor_sizes(self._sizes), state, strict=True))
        after: dict[str, Any] = {}
        fed: list[Any] = []
        for layer in range(len(self._sizes.conductor)):
            scope = conductor_cell(layer)
            kernel = self._variables[f"{scope}/kernel"]
            # A constant 0 is fed to the lowest layer: the first row of its kernel counts for nothing.
            gates = self._product([*fed, named[f"h{layer}"]], kernel if layer else kernel[1:])
            fed = [self._cell(gates, scope, f"{layer}", named, after)]
        return {"segment": fed[0], **after}

    def start(self, segment: Any) -> dict[str, Any]:
        """The decoder's state before the first step of a segment [1, E]; a flat decoder's one segment is z."""
        config, sizes = self._config, self._sizes
        found: dict[str, Any] = {}
        for part, (scope, depth) in enumerate(zip(core_scopes(config), core_depths(config), strict=True)):
            name = part_name(config, part)
            kernel = self._variables[f"{core_cell(scope, 0)}/kernel"][depth : depth + sizes.segment]
            found[f"{name}held"] = self._product([segment], kernel)
            found |= self._opened([segment], f"{scope}/z_to_initial_state", sizes.decoder, name)
        return {name.removesuffix("_out"): value for name, value in found.items()}

    def step(self, previous: Any, *told: Any) -> dict[str, Any]:
        """`logits` of the next step and the state behind it, from the step before [1, depth], the control, the state.

        Of a one-hot part of `previous` the largest number counts alone; all zeros are fed in front of the first step.
        """
        tf = tensorflow()
        config, logits = self._config, []
        after: dict[str, Any] = {}
        control, state = (told[:1], told[1:]) if config.control_depth else ((), told)
        named = dict(zip(state_sizes(config, self._sizes), state, strict=True))
        depths = core_depths(config)
        befores = tf.split(previous, depths, 1) if len(depths) > 1 else [previous]
        for part, (scope, before) in enumerate(zip(core_scopes(config), befores, strict=True)):
            y = self._first_layer(part, before, control, named, after)
            for layer in range(1, len(self._sizes.decoder)):
                name = f"{part_name(config, part)}{{}}{layer}"
                kernel = self._variables[f"{core_cell(scope, layer)}/kernel"]
                gates = self._product([y, named[name.format("h")]], kernel)
                y = self._cell(gates, core_cell(scope, layer), f"{layer}", named, after, part_name(config, part))
            logits.append(self._dense([y], f"{scope}/output_projection"))
        return {"logits": tf.concat(logits, 1) if len(logits) > 1 else logits[0], **after}

    def _first_layer(
        self, part: int, before: Any, control: Sequence[Any], state: Mapping[str, Any], after: dict[str, Any]
    ) -> Any:
        """The output of a decoder's lowest layer: what the segment adds to its gates is held from the start."""
        config, name = self._config, part_name(self._config, part)
        scope = core_cell(core_scopes(config)[part], 0)
        kernel = self._variables[f"{scope}/kernel"]
        depth = core_depths(config)[part]
        rest = [*control, state[f"{name}h0"]]
        gates = state[f"{name}held"] + self._product(rest, kernel[depth + self._sizes.segment :])
        if config.decoder in {"groove", "nade"}:
            gates += self._product([before], kernel[:depth])
        else:
            gates += self._rows(before, kernel[:depth], config.output_depths if config.decoder != "split" else (depth,))
        return self._cell(gates, scope, "0", state, after, name)

    def _rows(self, before: Any, kernel: Floats, depths: Sequence[int]) -> Any:
        """One-hot vectors side by side times the kernel: the rows of it that they name, or nothing of one of zeros."""
        tf = tensorflow()
        total: Any = 0.0
        for start, end in pairwise([0, *np.cumsum(depths).tolist()]):
            piece = before[:, start:end]
            row = tf.gather(tf.constant(kernel[start:end]), tf.argmax(piece, 1, output_type=tf.int32))
            total += row * tf.reduce_sum(piece, axis=1, keepdims=True)
        return total

    def _reader(self, layer: int) -> Callable[..., dict[str, Any]]:
        def read(forward: Any, backward: Any, *state: Any) -> dict[str, Any]:
            """One step of an encoder's layer, up and down: the states behind it."""
            named = dict(zip(READ_STATE, state, strict=True))
            after: dict[str, Any] = {}
            for direction, fed in (("f", forward), ("b", backward)):
                scope = encoder_scope(self._config, layer, f"{direction}w")
                gates = self._product([fed, named[f"{direction}h"]], self._variables[f"{scope}/kernel"])
                self._cell(gates, scope, "", named, after, direction)
            return after

        return read

    def _opened(self, fed: Sequence[Any], scope: str, layers: Sequence[int], name: str) -> dict[str, Any]:
        """Every layer's first c and h, in this order, from one dense layer."""
        tf = tensorflow()
        named = [f"{name}{kind}{layer}" for layer in range(len(layers)) for kind in "ch"]
        split = tf.split(tf.tanh(self._dense(fed, scope)), [units for units in layers for _ in "ch"], 1)
        return {f"{name}_out": value for name, value in zip(named, split, strict=True)}

    def _cell(
        self, gates: Any, scope: str, layer: str, state: Mapping[str, Any], after: dict[str, Any], name: str = ""
    ) -> Any:
        """A layer's output [1, U] from its gates without the bias: input, candidate, forget, output."""
        tf = tensorflow()
        bias = self._variables[f"{scope}/bias"].copy()
        units = bias.size // 4
        bias[2 * units : 3 * units] += np.float32(FORGET_BIAS)
        i, j, f, o = tf.split(gates + bias, 4, 1)
        c = state[f"{name}c{layer}"] * tf.sigmoid(f) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        after[f"{name}c{layer}_out"], after[f"{name}h{layer}_out"] = c, h
        return h

    def _dense(self, parts: Sequence[Any], scope: str) -> Any:
        return self._product(parts, self._variables[f"{scope}/kernel"]) + self._variables[f"{scope}/bias"]
