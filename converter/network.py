"""A Magenta RNN in training: its variables, with a part that all labels of a drum share.

A drum_kit label is a set of drums, and most of the 512 sets are rare or unheard in a small collection. So what a label
means to the first layer, and what the head asks of the last, is the sum of a part for each of its drums, one for each
pair of them, and one of its own. When training ends the sums are folded into Magenta's plain kernels; a bundle shows no
trace. Labels that are no sets of drums have the part of their own alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from converter.encoded import Code

Floats = npt.NDArray[np.float32]
WRAPPER = "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper"


@dataclass(frozen=True)
class NetworkShape:
    """What is to be trained: LSTM layers over an encoding, layer 0 attending to its last outputs or (0) to none."""

    code: Code
    layer_sizes: tuple[int, ...]
    attention_length: int = 0

    @property
    def entry_width(self) -> int:
        """Width of the first dense product: the gates of layer 0, or with attention the input over again."""
        return self.code.input_size if self.attention_length else 4 * self.layer_sizes[0]

    def state_sizes(self) -> list[int]:
        """Floats of each state tensor, in Magenta's order."""
        sizes: list[int] = []
        for layer, units in enumerate(self.layer_sizes):
            sizes += [units, units]
            if layer == 0 and self.attention_length:
                sizes += [units, units * self.attention_length]
        return sizes


def first_weights(shape: NetworkShape, chance: np.random.Generator) -> dict[str, Floats]:
    """The weights training starts from, drawn after Glorot, biases zero; names are the trainer's own."""
    code, sizes, width = shape.code, shape.layer_sizes, shape.entry_width
    shared = drum_features(code).shape[1]
    weights = {
        "events": _drawn(chance, 0.05 if shared else None, sum(code.hot), width),
        "events_shared": _drawn(chance, 0.2, shared, width),
        "rest": _drawn(chance, 0.2 if code.hot else None, code.rest, width),
        "entry_bias": np.zeros(width, np.float32),
        "head": _drawn(chance, 0.05 if shared else None, sizes[-1], code.classes),
        "head_shared": _drawn(chance, 0.1, sizes[-1], shared),
        "head_bias": np.zeros(code.classes, np.float32),
        "head_bias_shared": np.zeros(shared, np.float32),
    }
    below = code.input_size
    for layer, units in enumerate(sizes):
        weights[f"recurrent_{layer}"] = _drawn(chance, None, units, 4 * units)
        if layer or shape.attention_length:
            weights[f"below_{layer}"] = _drawn(chance, None, below, 4 * units)
            weights[f"bias_{layer}"] = np.zeros(4 * units, np.float32)
        below = units
    weights |= _first_attention(shape, chance) if shape.attention_length else {}
    return {name: array for name, array in weights.items() if array.size}


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


def drum_features(code: Code) -> Floats:
    """For each label, which drums it has and which pairs of drums: [classes, drums + pairs] of 0 and 1."""
    drums = np.arange(code.classes)[:, None] >> np.arange(code.drums) & 1
    pairs = [drums[:, one] * drums[:, other] for one, other in combinations(range(drums.shape[1]), 2)]
    return np.column_stack([drums, *pairs]).astype(np.float32)


def magenta_variables(shape: NetworkShape, weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """The weights under Magenta's names and in its shapes, the shared parts folded in."""
    entry = _folded_entry(shape.code, weights)
    variables: dict[str, Floats] = {}
    if shape.attention_length:
        variables |= _magenta_attention(weights, entry)
    for layer in range(len(shape.layer_sizes)):
        scope = _scope(shape, layer)
        below = weights.get(f"below_{layer}", entry)
        variables[f"{scope}/kernel"] = np.concatenate([below, weights[f"recurrent_{layer}"]])
        variables[f"{scope}/bias"] = weights.get(f"bias_{layer}", weights["entry_bias"])
    head, bias = weights["head"], weights["head_bias"]
    if shape.code.drums:
        features = drum_features(shape.code)
        head, bias = head + weights["head_shared"] @ features.T, bias + features @ weights["head_bias_shared"]
    return variables | {"fully_connected/weights": head, "fully_connected/biases": bias}


def trained_weights(shape: NetworkShape, variables: Mapping[str, Floats]) -> dict[str, Floats]:
    """The trainer's weights of a network that Magenta's variables hold: the inverse, with nothing shared as yet."""
    nothing = first_weights(shape, np.random.default_rng(0))
    weights = {name: np.zeros_like(array) for name, array in nothing.items() if name.endswith("_shared")}
    size, hot = shape.code.input_size, sum(shape.code.hot)
    for layer, units in enumerate(shape.layer_sizes):
        kernel, bias = (variables[f"{_scope(shape, layer)}/{name}"] for name in ("kernel", "bias"))
        weights[f"recurrent_{layer}"] = kernel[-units:]
        weights |= {f"below_{layer}": kernel[:-units], f"bias_{layer}": bias}
    if shape.attention_length:
        entry, weights["entry_bias"] = variables[f"{WRAPPER}/kernel"][:size], variables[f"{WRAPPER}/bias"]
        weights |= _trained_attention(variables, size)
    else:
        entry, weights["entry_bias"] = weights.pop("below_0"), weights.pop("bias_0")
    weights |= {"events": entry[:hot], "rest": entry[hot:]}
    weights |= {"head": variables["fully_connected/weights"], "head_bias": variables["fully_connected/biases"]}
    return {name: weights[name].astype(np.float32) for name in nothing}


def _scope(shape: NetworkShape, layer: int) -> str:
    wrapped = shape.attention_length and not layer
    return f"{WRAPPER}/basic_lstm_cell" if wrapped else f"rnn/multi_rnn_cell/cell_{layer}/basic_lstm_cell"


def _folded_entry(code: Code, weights: Mapping[str, Floats]) -> Floats:
    parts = []
    if code.hot:
        shared = drum_features(code) @ weights["events_shared"] if code.drums else 0
        parts.append(weights["events"] + shared)
    if code.rest:
        parts.append(weights["rest"])
    return np.concatenate(parts)


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


def _trained_attention(variables: Mapping[str, Floats], input_size: int) -> dict[str, Floats]:
    return {
        "attns": variables[f"{WRAPPER}/kernel"][input_size:],
        "query": variables[f"{WRAPPER}/attention/kernel"],
        "query_bias": variables[f"{WRAPPER}/attention/bias"],
        "key": variables[f"{WRAPPER}/attention/attn_w"][0, 0],
        "score": variables[f"{WRAPPER}/attention/attn_v"],
        "projection": variables[f"{WRAPPER}/attn_output_projection/kernel"],
        "projection_bias": variables[f"{WRAPPER}/attn_output_projection/bias"],
    }
