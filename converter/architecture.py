"""The shape of a drums_rnn network, read off its variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from converter.drums_config import DrumsConfig, config_of_shape, family_of_generator, family_of_shape
from converter.errors import SourceError
from converter.source import Source

Shape = tuple[int, ...]
HEAD = "fully_connected"
_CELL = re.compile(r"(?:^|/)multi_rnn_cell/cell_(\d+)/(?:attention_cell_wrapper/)?basic_lstm_cell/kernel$")
_LAYER_0_SCOPE = "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper"
_STACK_SCOPE = "rnn/attention_cell_wrapper"


@dataclass(frozen=True)
class Attention:
    """Attention over the last `length` outputs of layer 0 (Magenta since 2017-05-24) or of the whole stack (before).

    `size`: floats of one remembered output. `length_from` says what knew the length, which no variable has.
    """

    scope: Literal["layer_0", "stack"]
    size: int
    length: int
    length_from: Literal["graph", "argument", "default"]

    @property
    def prefix(self) -> str:
        """The variable scope of the wrapper."""
        return _LAYER_0_SCOPE if self.scope == "layer_0" else _STACK_SCOPE


@dataclass(frozen=True)
class Architecture:
    """A drums_rnn network: LSTM layers, perhaps attention, and a dense head."""

    config: DrumsConfig
    layer_sizes: tuple[int, ...]
    attention: Attention | None

    @property
    def input_size(self) -> int:
        """Width of an encoded event."""
        return self.config.encoding.input_size

    @property
    def classes(self) -> int:
        """Number of labels."""
        return self.config.encoding.classes

    def layer_scope(self, layer: int) -> str:
        """The variable scope of a layer's LSTM cell."""
        return _layer_scope(layer, self.attention.scope if self.attention else None)

    def state(self) -> tuple[tuple[str, int], ...]:
        """Name and size of each state tensor, in the order of Magenta's flattened initial_state."""
        tensors: list[tuple[str, int]] = []
        for layer, units in enumerate(self.layer_sizes):
            tensors += [(f"c{layer}", units), (f"h{layer}", units)]
            if layer == 0 and self.attention and self.attention.scope == "layer_0":
                tensors += _attention_state(self.attention)
        if self.attention and self.attention.scope == "stack":
            tensors += _attention_state(self.attention)
        return tuple(tensors)


def recognise(source: Source, attention_length: int | None = None) -> Architecture:
    """The drums_rnn network whose variables these are, to the last one.

    The attention's length comes from the bundle's graph, else from the argument, else from Magenta's default.

    Raises:
        SourceError: it is another of Magenta's families, or a variable is missing, unknown or of an unexpected shape.

    """
    shapes = {name: array.shape for name, array in source.variables.items()}
    sizes = _layer_sizes(shapes)
    scope = _attention_scope(shapes)
    config = _config(source, shapes, sizes, scope)
    _compare(source, shapes, _expected(config, sizes, scope))
    attention = _attention(source, config, sizes, scope, attention_length) if scope else None
    return Architecture(config, sizes, attention)


def _attention_state(attention: Attention) -> list[tuple[str, int]]:
    return [("attns", attention.size), ("attn_states", attention.length * attention.size)]


def _layer_scope(layer: int, scope: str | None) -> str:
    wrapper = "/attention_cell_wrapper" if scope == "layer_0" and layer == 0 else ""
    stack = "/attention_cell_wrapper" if scope == "stack" else ""
    return f"rnn{stack}/multi_rnn_cell/cell_{layer}{wrapper}/basic_lstm_cell"


def _layer_sizes(shapes: Mapping[str, Shape]) -> tuple[int, ...]:
    found = {int(match[1]): shape for name, shape in shapes.items() if (match := _CELL.search(name))}
    return tuple(found[layer][-1] // 4 for layer in sorted(found))


def _attention_scope(shapes: Mapping[str, Shape]) -> Literal["layer_0", "stack"] | None:
    if f"{_LAYER_0_SCOPE}/kernel" in shapes:
        return "layer_0"
    return "stack" if f"{_STACK_SCOPE}/kernel" in shapes else None


def _config(source: Source, shapes: Mapping[str, Shape], sizes: Shape, scope: str | None) -> DrumsConfig:
    where, generator = source.origin.path, source.origin.generator_id
    family = family_of_generator(generator)
    if family not in {None, "drums_rnn"}:
        raise SourceError(f"{where} is a {family} model ({generator}); only drums_rnn models convert at present.")
    head = shapes.get(f"{HEAD}/weights")
    if not sizes or head is None:
        shown = ", ".join(sorted(shapes)[:3]) or "none"
        raise SourceError(f"{where} holds no RNN of Magenta's (its variables begin {shown}); only drums_rnn converts.")
    width = _input_size(shapes, sizes, scope)
    config = config_of_shape(width, head[-1])
    if config is None:
        kind = family_of_shape(width, head[-1]) or "unknown"
        raise SourceError(
            f"{where} takes {width} numbers and gives {head[-1]} classes, a {kind} model: "
            "only drums_rnn converts at present (drum_kit: 518 and 512, one_drum: 2 and 2)."
        )
    return config


def _input_size(shapes: Mapping[str, Shape], sizes: Shape, scope: str | None) -> int:
    if scope:
        return shapes[f"{_LAYER_0_SCOPE if scope == 'layer_0' else _STACK_SCOPE}/kernel"][-1]
    return shapes[f"{_layer_scope(0, None)}/kernel"][0] - sizes[0] if f"{_layer_scope(0, None)}/kernel" in shapes else 0


def _expected(config: DrumsConfig, sizes: Shape, scope: str | None) -> dict[str, Shape]:
    """Every variable such a network has (magenta/models/shared/events_rnn_graph.py and TensorFlow's rnn cells)."""
    expected: dict[str, Shape] = {}
    width = config.encoding.input_size
    for layer, units in enumerate(sizes):
        expected |= _dense(_layer_scope(layer, scope), width + units, 4 * units)
        width = units
    if scope:
        expected |= _expected_attention(config.encoding.input_size, sizes, scope)
    return expected | {
        f"{HEAD}/weights": (width, config.encoding.classes),
        f"{HEAD}/biases": (config.encoding.classes,),
    }


def _expected_attention(input_size: int, sizes: Shape, scope: str) -> dict[str, Shape]:
    prefix = _LAYER_0_SCOPE if scope == "layer_0" else _STACK_SCOPE
    size, state = (sizes[0], 2 * sizes[0]) if scope == "layer_0" else (sizes[-1], 2 * sum(sizes))
    return {
        **_dense(prefix, input_size + size, input_size),
        **_dense(f"{prefix}/attention", state, size),
        f"{prefix}/attention/attn_w": (1, 1, size, size),
        f"{prefix}/attention/attn_v": (size,),
        **_dense(f"{prefix}/attn_output_projection", 2 * size, size),
    }


def _dense(scope: str, rows: int, columns: int) -> dict[str, Shape]:
    return {f"{scope}/kernel": (rows, columns), f"{scope}/bias": (columns,)}


def _compare(source: Source, shapes: Mapping[str, Shape], expected: Mapping[str, Shape]) -> None:
    where = source.origin.path
    if unknown := sorted(shapes.keys() - expected.keys()):
        raise SourceError(
            f"{where} has variables that no plain drums_rnn has, so it does not convert: {', '.join(unknown)}."
        )
    if missing := sorted(expected.keys() - shapes.keys()):
        raise SourceError(f"{where} lacks variables that a drums_rnn has: {', '.join(missing)}.")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise SourceError(f"{where}: {name} has shape {list(shapes[name])}; {list(shape)} belongs there.")


def _attention(
    source: Source, config: DrumsConfig, sizes: Shape, scope: Literal["layer_0", "stack"], argument: int | None
) -> Attention:
    size = sizes[0] if scope == "layer_0" else sizes[-1]
    if source.graph and source.graph.state_sizes:
        # Before 2017-05-16 the whole state was one tensor, so only its sum is the same in every vintage.
        memory = sum(source.graph.state_sizes) - 2 * sum(sizes) - size
        if memory <= 0 or memory % size:
            kept = ", ".join(map(str, source.graph.state_sizes))
            raise SourceError(
                f"{source.origin.path}: its graph keeps state tensors of {kept} floats; "
                f"no attention over outputs of {size} fits them."
            )
        return Attention(scope, size, memory // size, "graph")
    if argument is not None:
        return Attention(scope, size, argument, "argument")
    return Attention(scope, size, config.attention_length, "default")
