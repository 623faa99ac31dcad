"""A MusicVAE as Keras trains it: encoder, latent, decoder over whole windows, under Magenta's names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from converter.keras_library import BACKEND, keras, ops
from converter.lstm_layer import cell, lstm
from converter.network import Floats
from converter.vae_config import VaeConfig
from converter.vae_heads import LossName, head_of
from converter.vae_shapes import (
    CONDUCTOR,
    Sizes,
    conductor_cell,
    core_cell,
    core_scopes,
    encoder_scope,
    variable_shapes,
)


@dataclass(frozen=True)
class VaeShape:
    """A configuration with layers of these sizes."""

    config: VaeConfig
    sizes: Sizes


@dataclass(frozen=True)
class Teaching:
    """How a network is taught.

    `loss` of the head; `free_bits` of z cost nothing; `keep`: the share of each cell's inputs that is not dropped;
    `hears_itself`: whether some of what a step is fed is its own.
    """

    loss: LossName
    free_bits: float
    keep: float = 1.0
    hears_itself: bool = False


class VaePupil(keras.Model):  # type: ignore[misc]
    """A network with these weights.

    What it is called with, all by batch: given [B, T, n] what is encoded and wanted [B, T, m] what is to be rebuilt,
    rows or, of softmaxes, the number of each; control [B, T, c] where the configuration has it; beta [B], the price of
    a nat of z; own [B], the share of steps that hear the network's own sample; counted [B], 0 for what only fills the
    batch. What it gives is each window's loss [B]: in training z is drawn, in a test it is the mean. Batches have one
    size, for each other one would be compiled anew.
    """

    def __init__(self, shape: VaeShape, weights: Mapping[str, Floats], teaching: Teaching, seed: int) -> None:
        super().__init__()
        self.config, self.sizes, self.teaching = shape.config, shape.sizes, teaching
        self.chance = keras.random.SeedGenerator(seed)
        self.parts = {
            # Keras allows no slash in a name.
            name: self.add_weight(name=name.replace("/", "."), shape=array.shape, initializer="zeros")
            for name, array in weights.items()
        }
        self.head = head_of(self.config, teaching.loss, self.sizes.nade_hidden, lambda: self.parts)
        self.built = True
        self.set_parts(weights)

    def prepare(self, optimizer: Any = None) -> None:
        """Make it ready to learn, or without an optimizer to be judged."""
        self.compile(optimizer=optimizer or keras.optimizers.SGD(0.0), jit_compile=BACKEND == "jax")

    def set_parts(self, weights: Mapping[str, Floats]) -> None:
        """Give it these weights."""
        for name, variable in self.parts.items():
            variable.assign(weights[name])

    def call(self, batch: Mapping[str, Any], training: bool = False) -> Any:
        """The loss of each window."""
        given, wanted = ops.transpose(batch["given"], [1, 0, 2]), ops.transpose(batch["wanted"], [1, 0, 2])
        control = ops.transpose(batch["control"], [1, 0, 2]) if self.config.control_depth else None
        mean, deviation = self.encode(given, control, training)
        z = mean
        if training:
            z = mean + deviation * keras.random.normal(ops.shape(mean), seed=self.chance)
        segments = self.segments(z)
        fed = wanted
        if self.teaching.hears_itself:
            fed = self._heard(segments[0], wanted, control, batch["own"], training)
        outputs = self.decode(segments, fed, control, training)
        price = ops.maximum(divergence(mean, deviation) - self.teaching.free_bits * math.log(2), 0.0)
        return ops.sum(self.head.nats(outputs, wanted), 0) + batch["beta"] * price

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:  # noqa: ARG002
        """The mean over the windows of a batch that count."""
        counted = ops.convert_to_tensor(x["counted"])
        return ops.sum(y_pred * counted) / ops.sum(counted)

    def encode(self, given: Any, control: Any, training: bool = False) -> tuple[Any, Any]:
        """Mean and deviation of z [B, z] from what is given [T, B, n]."""
        rows, config = given, self.config
        layers = self.sizes.encoder
        if config.encoder_segments > 1:
            layers, rows, control = layers * 2, self._cut(given), None if control is None else self._cut(control)
        for layer, units in enumerate(layers):
            ahead, back = (
                self._layer(encoder_scope(config, layer, way), rows, control, units, training, turned=way == "bw")
                for way in ("fw", "bw")
            )
            rows, control = ops.concatenate([ahead, back], -1), None
            embedding = ops.concatenate([ahead[-1], back[0]], -1)
            if config.encoder_segments > 1 and layer == 0:
                # The second level reads what the first made of each segment.
                rows = ops.reshape(embedding, [config.encoder_segments, -1, 2 * units])
        return self._dense("encoder/mu", embedding), ops.softplus(self._dense("encoder/sigma", embedding))

    def segments(self, z: Any) -> Any:
        """What each segment's decoders are started by [S, B, e]; of a flat decoder z itself, of the one there is."""
        if not self.sizes.conductor:
            return z[None]
        count = self.config.segments
        state = self._state(f"{CONDUCTOR}/initial_state", z, self.sizes.conductor)
        # A conductor is fed one constant 0 a step.
        rows = ops.zeros_like(ops.broadcast_to(z[None, :, :1], (count, z.shape[0], 1)))
        for layer, units in enumerate(self.sizes.conductor):
            rows = self._layer(conductor_cell(layer), rows, None, units, False, first=state[2 * layer : 2 * layer + 2])
        return rows

    def decode(self, segments: Any, fed: Any, control: Any, training: bool = False) -> Any:
        """The outputs before any squashing [T, B, out], each step fed with `fed` [T, B, m] of the one before."""
        before = _behind(fed)
        width = segments.shape[-1]
        before, control = self._cut(before), None if control is None else self._cut(control)
        started = ops.reshape(segments, [-1, width])  # the segments of all windows side by side: [S * B, e]
        outputs = [
            self._core(scope, started, before[..., number : number + 1] if self._split else before, control, training)
            for number, scope in enumerate(core_scopes(self.config))
        ]
        return self._joined(ops.concatenate(outputs, -1))

    @property
    def _split(self) -> bool:
        """Whether each part has a decoder of its own, which hears that part alone."""
        return self.config.decoder == "split"

    def _cut(self, rows: Any) -> Any:
        """Rows [T, B, n] with their S segments side by side [T / S, S * B, n]; encoder and decoder part them alike."""
        count = max(self.config.segments, 1)
        if count == 1:
            return rows
        _, lanes, width = rows.shape
        return ops.reshape(
            ops.transpose(ops.reshape(rows, [count, -1, lanes, width]), [1, 0, 2, 3]), [-1, count * lanes, width]
        )

    def _joined(self, rows: Any) -> Any:
        """What `_cut` made, end to end again."""
        count = self.config.segments
        if count == 1:
            return rows
        steps, _, width = rows.shape
        return ops.reshape(
            ops.transpose(ops.reshape(rows, [steps, count, -1, width]), [1, 0, 2, 3]), [count * steps, -1, width]
        )

    def _core(self, scope: str, started: Any, before: Any, control: Any, training: bool) -> Any:
        state = self._state(f"{scope}/z_to_initial_state", started, self.sizes.decoder)
        rows, beside = before, ops.broadcast_to(started[None], (before.shape[0], *started.shape))
        if control is not None:
            beside = ops.concatenate([beside, control], -1)
        for layer, units in enumerate(self.sizes.decoder):
            memory = state[2 * layer : 2 * layer + 2]
            rows = self._layer(core_cell(scope, layer), rows, beside, units, training, first=memory)
            beside = None
        return self._dense(f"{scope}/output_projection", rows)

    def _heard(self, z: Any, wanted: Any, control: Any, own: Any, training: bool) -> Any:
        """What each step leaves for the next [T, B, m] where the network hears itself in a share of the steps.

        Nothing that is drawn has a gradient, so a pass that finds out what is heard, before the pass that is learnt
        from, comes to the same as sampling in that pass, and leaves the products of a layer in one piece.
        """
        scope = core_scopes(self.config)[0]
        first = self._state(f"{scope}/z_to_initial_state", z, self.sizes.decoder)
        mixed = keras.random.uniform(wanted.shape[:2], seed=self.chance) < own
        chances = self.head.chances(wanted, self.chance)
        chances = chances if training else ops.zeros_like(chances)
        given: tuple[Any, ...] = (wanted, ops.cast(mixed, "float32"), chances)
        given = given if control is None else (*given, control)

        def step(carried: tuple[Any, ...], given: tuple[Any, ...]) -> tuple[Any, Any]:
            (before, *state), (truth, mixed, chances, *told) = carried, given
            after = []
            beside, row = ops.concatenate([z, *told], -1), before
            for layer, units in enumerate(self.sizes.decoder):
                name = core_cell(scope, layer)
                kernel = ops.convert_to_tensor(self.parts[f"{name}/kernel"])
                gates = self._entering(name, row[None], None if beside is None else beside[None], units, 1.0)[0]
                c, h = state[2 * layer : 2 * layer + 2]
                c, row = cell(gates + ops.matmul(h, kernel[-units:]), c)
                after += [c, row]
                beside = None
            heard = self.head.heard(self._dense(f"{scope}/output_projection", row), chances, truth)
            heard = ops.cast(heard, truth.dtype)
            heard = ops.where(mixed[:, None] > 0, heard, truth)
            # TensorFlow's scan gives back only what is shaped as what it carries.
            return (heard, *after), (heard, *after)

        nothing = _nothing(wanted[0])
        return ops.stop_gradient(ops.scan(step, (nothing, *first), given)[1][0])

    def _state(self, scope: str, z: Any, layers: tuple[int, ...]) -> list[Any]:
        """The initial c and h of each layer."""
        state = ops.tanh(self._dense(scope, z))
        widths = [units for units in layers for _ in range(2)]
        starts = np.cumsum([0, *widths[:-1]]).tolist()
        return [state[:, start : start + width] for start, width in zip(starts, widths, strict=True)]

    def _layer(
        self,
        scope: str,
        rows: Any,
        beside: Any,
        units: int,
        training: bool,
        *,
        first: Any = None,
        turned: bool = False,
    ) -> Any:
        """One LSTM layer over rows [T, B, n] (or numbers) and what stands `beside` them; `turned`, from the end."""
        keep = self.teaching.keep if training else 1.0
        entering = self._entering(scope, rows, beside, units, keep)
        entering = ops.flip(entering, 0) if turned else entering
        nothing = ops.zeros_like(entering[0, :, :units])
        c, h = first or (nothing, nothing)
        kernel = ops.convert_to_tensor(self.parts[f"{scope}/kernel"])
        outputs, _, _ = lstm(entering, kernel[-units:], ops.ones_like(entering[:, :, :1]), c, h)
        return ops.flip(outputs, 0) if turned else outputs

    def _entering(self, scope: str, rows: Any, beside: Any, units: int, keep: float) -> Any:
        """What comes into a layer, times its part of the kernel, with the bias [T, B, 4 * units]."""
        kernel = ops.convert_to_tensor(self.parts[f"{scope}/kernel"])
        height = kernel.shape[0] - units - (0 if beside is None else beside.shape[-1])
        if keras.backend.is_int_dtype(rows.dtype):
            entering = self._looked_up(kernel[:height], rows, keep)
        else:
            entering = ops.matmul(self._thinned(rows, keep), kernel[:height])
        if beside is not None:
            entering = entering + ops.matmul(self._thinned(beside, keep), kernel[height:-units])
        return entering + self.parts[f"{scope}/bias"]

    def _looked_up(self, kernel: Any, numbers: Any, keep: float) -> Any:
        """Rows of the kernel, for one-hot parts of which only the numbers are told [T, B, parts]; -1 is none."""
        depths = self.config.output_depths
        starts = np.cumsum([0, *depths[:-1]]) if kernel.shape[0] == sum(depths) else np.zeros(1)
        places = ops.maximum(numbers, 0) + starts[: numbers.shape[-1]].astype(np.int32)
        there = self._thinned(ops.cast(numbers >= 0, "float32"), keep)
        return ops.sum(ops.take(kernel, places, axis=0) * there[..., None], -2)

    def _thinned(self, rows: Any, keep: float) -> Any:
        return keras.random.dropout(rows, 1 - keep, seed=self.chance) if keep < 1 else rows

    def _dense(self, scope: str, rows: Any) -> Any:
        return ops.matmul(rows, self.parts[f"{scope}/kernel"]) + self.parts[f"{scope}/bias"]


def divergence(mean: Any, deviation: Any) -> Any:
    """Of N(mean, deviation) from N(0, I), in nats [B]."""
    square = ops.square(deviation)
    return 0.5 * ops.sum(ops.square(mean) + square - 1 - ops.log(ops.maximum(square, 1e-12)), -1)


def _behind(rows: Any) -> Any:
    """What each step hears: the row before it, and before the first none."""
    return ops.concatenate([_nothing(rows[:1]), rows[:-1]], 0)


def _nothing(rows: Any) -> Any:
    """Zeros; of numbers, none."""
    return ops.zeros_like(rows) - 1 if keras.backend.is_int_dtype(rows.dtype) else ops.zeros_like(rows)


def first_vae_weights(shape: VaeShape, chance: np.random.Generator) -> dict[str, Floats]:
    """The weights training starts from: kernels after Glorot, biases zero.

    Magenta draws the ways in and out of z a thousandth as large; with them a network has learnt no hit after as many
    steps as it takes one of these to learn half of them.
    """
    return {name: _first(size, chance) for name, size in variable_shapes(shape.config, shape.sizes).items()}


def _first(size: tuple[int, ...], chance: np.random.Generator) -> Floats:
    if len(size) == 1:
        return np.zeros(size, np.float32)
    span = np.sqrt(6 / (size[-2] + size[-1]))
    return chance.uniform(-span, span, size).astype(np.float32)
