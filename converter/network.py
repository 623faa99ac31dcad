"""A drums_rnn network in training: Magenta's variables, with a part that all labels of a drum share.

A label is a set of drums, and most of the 512 sets are rare or unheard in a small collection. So what a label means to
the first layer, and what the head asks of the last, is the sum of a part for each of its drums, one for each pair of
them, and one of its own. When training ends the sums are folded into Magenta's plain kernels; a bundle shows no trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from converter.attention_layer import attending_lstm
from converter.drum_kit import Encoding
from converter.inference_graph import WRAPPER
from converter.lstm_layer import lstm
from converter.tensorflow_library import tensorflow

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class NetworkShape:
    """What is to be trained: LSTM layers over an encoding, layer 0 attending to its last outputs or (0) to none."""

    encoding: Encoding
    layer_sizes: tuple[int, ...]
    attention_length: int = 0

    @property
    def entry_width(self) -> int:
        """Width of the first dense product: the gates of layer 0, or with attention the input over again."""
        return self.encoding.input_size if self.attention_length else 4 * self.layer_sizes[0]

    def state_sizes(self) -> list[int]:
        """Floats of each state tensor, in Magenta's order."""
        sizes: list[int] = []
        for layer, units in enumerate(self.layer_sizes):
            sizes += [units, units]
            if layer == 0 and self.attention_length:
                sizes += [units, units * self.attention_length]
        return sizes


@dataclass(frozen=True)
class Dropout:
    """Shares left out in training: of input events, between layers (and before the head)."""

    events: float
    layers: float


class Window(NamedTuple):  # a tuple, which tf.function takes apart
    """One window as tensors: labels [T, B], counter [T, B, bits], carried [T, B, 1], targets and weights [T, B]."""

    labels: Any
    counter: Any
    carried: Any
    targets: Any
    weights: Any


def first_weights(shape: NetworkShape, chance: np.random.Generator) -> dict[str, Floats]:
    """The weights training starts from, drawn after Glorot, biases zero; names are the trainer's own."""
    encoding, sizes, width = shape.encoding, shape.layer_sizes, shape.entry_width
    shared = drum_features(encoding).shape[1]
    weights = {
        "events": _drawn(chance, 0.05, encoding.classes, width),
        "events_shared": _drawn(chance, 0.2, shared, width),
        "counter": _drawn(chance, 0.2, encoding.counter_bits, width),
        "entry_bias": np.zeros(width, np.float32),
        "head": _drawn(chance, 0.05, sizes[-1], encoding.classes),
        "head_shared": _drawn(chance, 0.1, sizes[-1], shared),
        "head_bias": np.zeros(encoding.classes, np.float32),
        "head_bias_shared": np.zeros(shared, np.float32),
    }
    below = encoding.input_size
    for layer, units in enumerate(sizes):
        weights[f"recurrent_{layer}"] = _drawn(chance, None, units, 4 * units)
        if layer or shape.attention_length:
            weights[f"below_{layer}"] = _drawn(chance, None, below, 4 * units)
            weights[f"bias_{layer}"] = np.zeros(4 * units, np.float32)
        below = units
    return weights | (_first_attention(shape, chance) if shape.attention_length else {})


def _first_attention(shape: NetworkShape, chance: np.random.Generator) -> dict[str, Floats]:
    units = shape.layer_sizes[0]
    return {
        "attns": _drawn(chance, None, units, shape.entry_width),
        "query": _drawn(chance, None, 2 * units, units),
        "query_bias": np.zeros(units, np.float32),
        "key": _drawn(chance, None, units, units),
        "score": _drawn(chance, None, units, 1)[:, 0],
        "projection": _drawn(chance, None, 2 * units, units),
        "projection_bias": np.zeros(units, np.float32),
    }


def _drawn(chance: np.random.Generator, reach: float | None, rows: int, columns: int) -> Floats:
    span = np.sqrt(6 / (rows + columns)) if reach is None else reach
    return chance.uniform(-span, span, (rows, columns)).astype(np.float32)


def drum_features(encoding: Encoding) -> Floats:
    """For each label, which drums it has and which pairs of drums: [classes, drums + pairs] of 0 and 1."""
    drums = np.arange(encoding.classes)[:, None] >> np.arange(len(encoding.drum_map)) & 1
    pairs = [drums[:, one] * drums[:, other] for one, other in combinations(range(drums.shape[1]), 2)]
    return np.column_stack([drums, *pairs]).astype(np.float32)


def logits(
    shape: NetworkShape, weights: Mapping[str, Any], window: Window, state: list[Any], drop: "Drop | None"
) -> tuple[Any, list[Any]]:
    """The logits [T * B, classes] of what follows each step, and the state after the window; `drop` None drops none."""
    tf = tensorflow()
    after: list[Any] = []
    outputs = _entry(shape, weights, window, drop)
    for layer in range(len(shape.layer_sizes)):
        if layer == 0 and shape.attention_length:
            outputs, first = attending_lstm(weights, outputs, window.carried, state[:4])
            after += first
        else:
            entering = outputs if layer == 0 else _dense(weights, f"below_{layer}", f"bias_{layer}", outputs)
            outputs, c, h = lstm(entering, weights[f"recurrent_{layer}"], window.carried, *state[len(after) :][:2])
            after += [c, h]
        if drop:
            outputs = drop.units(outputs)
    features = tf.constant(drum_features(shape.encoding))
    head = weights["head"] + tf.matmul(weights["head_shared"], features, transpose_b=True)
    bias = weights["head_bias"] + tf.linalg.matvec(features, weights["head_bias_shared"])
    return tf.reshape(outputs, [-1, shape.layer_sizes[-1]]) @ head + bias, after


def _entry(shape: NetworkShape, weights: Mapping[str, Any], window: Window, drop: "Drop | None") -> Any:
    """The input rows times layer 0's kernel [T, B, width]: as the events are one-hot, rows of it looked up."""
    tf = tensorflow()
    rows = weights["events"] + tf.constant(drum_features(shape.encoding)) @ weights["events_shared"]
    entering = tf.gather(rows, window.labels)
    if drop:
        entering = drop.events(entering)
    if shape.encoding.counter_bits:
        entering += _dense(weights, "counter", "entry_bias", window.counter)
    else:
        entering += weights["entry_bias"]
    return entering


def _dense(weights: Mapping[str, Any], kernel: str, bias: str, rows: Any) -> Any:
    """Rows [T, B, n] through a kernel [n, m], all in one product."""
    tf = tensorflow()
    steps, lanes, width = rows.shape
    flat = tf.reshape(rows, [-1, width]) @ weights[kernel] + weights[bias]
    return tf.reshape(flat, [steps, lanes, weights[kernel].shape[1]])


class Drop:
    """Dropout for one window, drawn from a seed [2] that is different for every window."""

    def __init__(self, dropout: Dropout, seed: Any) -> None:
        self._dropout, self._seed, self._drawn = dropout, seed, 0

    def events(self, rows: Any) -> Any:
        """Rows [T, B, n], some of them all zero, as if the step had not been heard; the others are not scaled up."""
        tf = tensorflow()
        return rows * tf.cast(self._uniform([*rows.shape[:2], 1]) >= self._dropout.events, tf.float32)

    def units(self, outputs: Any) -> Any:
        """Outputs, some of them zero and the others scaled up to keep the sum."""
        tf = tensorflow()
        kept = tf.cast(self._uniform(outputs.shape) >= self._dropout.layers, tf.float32)
        return outputs * kept / (1 - self._dropout.layers)

    def _uniform(self, shape: Any) -> Any:
        self._drawn += 1
        tf = tensorflow()
        return tf.random.stateless_uniform(shape, self._seed + tf.constant([0, self._drawn]))


def magenta_variables(shape: NetworkShape, weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """The weights under Magenta's names and in its shapes, the shared parts folded in."""
    features = drum_features(shape.encoding)
    entry = np.concatenate([weights["events"] + features @ weights["events_shared"], weights["counter"]])
    variables: dict[str, Floats] = {}
    if shape.attention_length:
        variables |= _magenta_attention(weights, entry)
    for layer in range(len(shape.layer_sizes)):
        plain = layer or not shape.attention_length
        scope = f"rnn/multi_rnn_cell/cell_{layer}/basic_lstm_cell" if plain else f"{WRAPPER}/basic_lstm_cell"
        below = weights.get(f"below_{layer}", entry)
        variables[f"{scope}/kernel"] = np.concatenate([below, weights[f"recurrent_{layer}"]])
        variables[f"{scope}/bias"] = weights.get(f"bias_{layer}", weights["entry_bias"])
    return variables | {
        "fully_connected/weights": weights["head"] + weights["head_shared"] @ features.T,
        "fully_connected/biases": weights["head_bias"] + features @ weights["head_bias_shared"],
    }


def _magenta_attention(weights: Mapping[str, Floats], entry: Floats) -> dict[str, Floats]:
    units = len(weights["key"])
    return {
        f"{WRAPPER}/kernel": np.concatenate([entry, weights["attns"]]),
        f"{WRAPPER}/bias": weights["entry_bias"],
        f"{WRAPPER}/attention/kernel": weights["query"],
        f"{WRAPPER}/attention/bias": weights["query_bias"],
        f"{WRAPPER}/attention/attn_w": weights["key"].reshape(1, 1, units, units),
        f"{WRAPPER}/attention/attn_v": weights["score"],
        f"{WRAPPER}/attn_output_projection/kernel": weights["projection"],
        f"{WRAPPER}/attn_output_projection/bias": weights["projection_bias"],
    }
