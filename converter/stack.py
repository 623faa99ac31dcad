"""The layers of a recurrent network, found by the names and shapes of its variables.

The names are those of TensorFlow's rnn cells, brought to their newest spelling (variable_names.py), as Magenta stacks
them in magenta/models/shared/events_rnn_graph.py, pianoroll_rnn_nade_graph.py and piano_genie/model.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from converter.errors import SourceError
from converter.rnn_config import RnnConfig
from converter.source import Source

Shape = tuple[int, ...]
_CELL = re.compile(
    r"^(?P<root>rnn|decoder)/(?P<stack>attention_cell_wrapper/)?multi_rnn_cell/cell_(?P<layer>\d+)/"
    r"(?P<projection>input_projection_wrapper/)?(?P<attention>attention_cell_wrapper/)?"
    r"(?P<cell>basic_lstm_cell|lstm_cell|cudnn_compatible_lstm_cell)/kernel$"
)
# What a cell adds to its forget gate while it runs. One that was trained by cuDNN has it in its bias.
_FORGET_BIAS = MappingProxyType({"basic_lstm_cell": 1.0, "lstm_cell": 1.0, "cudnn_compatible_lstm_cell": 0.0})
GENIE_ENTRY = "decoder/rnn_input/dense"
NADE_ENCODER, NADE_DECODER = "nade/w_enc", "nade/w_dec_t"


@dataclass(frozen=True)
class Dense:
    """A product and a sum: the names of its kernel [rows, columns] and its bias [columns]."""

    kernel: str
    bias: str


# Where each kind of network has its logits: most, the NADE, Piano Genie.
_HEADS = (
    Dense("fully_connected/weights", "fully_connected/biases"),
    Dense("decoder/dense/kernel", "decoder/dense/bias"),
    Dense("decoder/pitches/dense/kernel", "decoder/pitches/dense/bias"),
)


@dataclass(frozen=True)
class Layer:
    """One LSTM. `projection`: the scope of a dense layer in front of it, empty where there is none."""

    scope: str
    units: int
    forget_bias: float
    projection: str


@dataclass(frozen=True)
class Stack:
    """Layers, what wraps them, and the head.

    `residual`: each layer's input is added to its output (ResidualWrapper has no variables; it is known by the
    projection that Magenta puts in front of layer 0 with it). `entry`: the scope of a dense layer in front of the
    whole, empty where there is none. `cell`: TensorFlow's name of the LSTM cells.
    """

    input_size: int
    outputs: int
    layers: tuple[Layer, ...]
    attention: Literal["layer_0", "stack"] | None
    attention_prefix: str
    residual: bool
    entry: str
    head: Dense
    cell: str
    nade_hidden: int

    @property
    def attention_size(self) -> int:
        """Floats of one output that attention remembers."""
        return self.layers[0 if self.attention == "layer_0" else -1].units

    def width_below(self, layer: int) -> int:
        """How many numbers a layer is given, after its projection if it has one."""
        if self.layers[layer].projection:
            return self.layers[layer].units
        return self.layers[layer - 1].units if layer else self._width_of_entry

    @property
    def _width_of_entry(self) -> int:
        return self.layers[0].units if self.entry else self.input_size


def read_stack(source: Source) -> Stack:
    """The network in a source's variables.

    Raises:
        SourceError: there is no recurrent network of Magenta's in them.

    """
    shapes = {name: array.shape for name, array in source.variables.items()}
    cells = {int(match["layer"]): match for name in shapes if (match := _CELL.match(name))}
    head = next((head for head in _HEADS if head.kernel in shapes), None)
    if not cells or head is None or set(cells) != set(range(len(cells))):
        shown = ", ".join(sorted(shapes)[:3]) or "none"
        raise SourceError(f"{source.origin.path} holds no RNN of Magenta's (its variables begin {shown}).")
    first = cells[0]
    attention, prefix = _attention(first)
    layers = tuple(_layer(cells[number], shapes) for number in sorted(cells))
    return Stack(
        input_size=_input_size(shapes, layers[0], prefix),
        outputs=shapes[head.kernel][-1],
        layers=layers,
        attention=attention,
        attention_prefix=prefix,
        residual=bool(layers[0].projection),
        entry=GENIE_ENTRY if f"{GENIE_ENTRY}/kernel" in shapes else "",
        head=head,
        cell=first["cell"],
        nade_hidden=shapes[NADE_ENCODER][-1] if NADE_ENCODER in shapes else 0,
    )


def compare_shapes(source: Source, stack: Stack, config: RnnConfig) -> None:
    """Hold every variable against what such a network of this configuration has.

    Raises:
        SourceError: one is missing, unknown, or of another shape.

    """
    where = source.origin.path
    shapes = {name: array.shape for name, array in source.variables.items()}
    expected = _expected(stack, config)
    if unknown := sorted(shapes.keys() - expected.keys()):
        raise SourceError(
            f"{where} has variables that no plain {config.family} has, so it does not convert: {', '.join(unknown)}."
        )
    if missing := sorted(expected.keys() - shapes.keys()):
        raise SourceError(f"{where} lacks variables that a {config.family} has: {', '.join(missing)}.")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise SourceError(f"{where}: {name} has shape {list(shapes[name])}; {list(shape)} belongs there.")


def _attention(cell: re.Match[str]) -> tuple[Literal["layer_0", "stack"] | None, str]:
    if cell["stack"]:
        return "stack", f"{cell['root']}/attention_cell_wrapper"
    if cell["attention"]:
        return "layer_0", cell.string[: cell.end("attention") - 1]
    return None, ""


def _layer(cell: re.Match[str], shapes: Mapping[str, Shape]) -> Layer:
    projection = cell.string[: cell.end("projection") - 1] if cell["projection"] else ""
    units = shapes[cell.string][-1] // 4
    return Layer(cell.string.removesuffix("/kernel"), units, _FORGET_BIAS[cell["cell"]], projection)


def _input_size(shapes: Mapping[str, Shape], first: Layer, attention: str) -> int:
    """The width of the very first product, less what is fed back into it; 0 where its variable is missing."""
    if f"{GENIE_ENTRY}/kernel" in shapes:
        return shapes[f"{GENIE_ENTRY}/kernel"][0]
    if first.projection:
        return shapes.get(f"{first.projection}/kernel", (0,))[0]
    if attention:
        return shapes.get(f"{attention}/kernel", (0,))[-1]
    return shapes[f"{first.scope}/kernel"][0] - first.units


def _expected(stack: Stack, config: RnnConfig) -> dict[str, Shape]:
    expected: dict[str, Shape] = {}
    if stack.entry:
        expected |= _dense(stack.entry, stack.input_size, stack.layers[0].units)
    for number, layer in enumerate(stack.layers):
        width = stack.width_below(number)
        if layer.projection:
            before = stack.layers[number - 1].units if number else stack.input_size
            expected |= _dense(layer.projection, before, layer.units)
        expected |= _dense(layer.scope, width + layer.units, 4 * layer.units)
    if stack.attention:
        expected |= _expected_attention(stack)
    outputs = stack.nade_hidden + config.outputs[1] if config.is_nade else config.classes
    if config.is_nade:
        notes, hidden = config.outputs[1], stack.nade_hidden
        expected |= {NADE_ENCODER: (notes, 1, hidden), NADE_DECODER: (notes, hidden, 1)}
    return expected | {stack.head.kernel: (stack.layers[-1].units, outputs), stack.head.bias: (outputs,)}


def _expected_attention(stack: Stack) -> dict[str, Shape]:
    prefix, size = stack.attention_prefix, stack.attention_size
    below = stack.width_below(0)
    queried = stack.layers[:1] if stack.attention == "layer_0" else stack.layers
    return {
        **_dense(prefix, below + size, below),
        **_dense(f"{prefix}/attention", 2 * sum(layer.units for layer in queried), size),
        f"{prefix}/attention/attn_w": (1, 1, size, size),
        f"{prefix}/attention/attn_v": (size,),
        **_dense(f"{prefix}/attn_output_projection", 2 * size, size),
    }


def _dense(scope: str, rows: int, columns: int) -> dict[str, Shape]:
    return {f"{scope}/kernel": (rows, columns), f"{scope}/bias": (columns,)}
