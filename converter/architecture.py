"""The shape of a recurrent network of Magenta's, read off its variables."""

from dataclasses import dataclass
from typing import Literal

from converter.errors import SourceError
from converter.rnn_config import RnnConfig
from converter.source import Source
from converter.stack import Shape, Stack, compare_shapes, read_stack
from converter.which_config import Said, which_config


@dataclass(frozen=True)
class Attention:
    """Attention over the last `length` outputs of layer 0 (Magenta since 2017-05-24) or of the whole stack (before).

    `size`: floats of one remembered output. `length_from` says what knew the length, which no variable has.
    `prefix`: the variable scope of the wrapper.
    """

    scope: Literal["layer_0", "stack"]
    size: int
    length: int
    length_from: Literal["graph", "config.json", "argument", "default"]
    prefix: str


@dataclass(frozen=True)
class Architecture:
    """A recurrent network: LSTM layers, perhaps attention, a dense head, and behind it softmaxes or a NADE."""

    config: RnnConfig
    stack: Stack
    attention: Attention | None

    @property
    def input_size(self) -> int:
        """Width of an encoded event."""
        return self.config.input_size

    @property
    def classes(self) -> int:
        """Number of logits."""
        return sum(self.outputs)

    @property
    def outputs(self) -> tuple[int, ...]:
        """The sizes of the softmaxes in the logits; for a NADE, its hidden units (which vary) and its notes."""
        return (self.stack.nade_hidden, self.config.outputs[1]) if self.config.is_nade else self.config.outputs

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units of each layer, the lowest first."""
        return tuple(layer.units for layer in self.stack.layers)

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


def recognise(
    source: Source, attention_length: int | None = None, config: str | None = None, said: Said | None = None
) -> Architecture:
    """The network whose variables these are, to the last one.

    The attention's length comes from the bundle's graph or a config.json, else from the argument, else from Magenta's
    default. `config` is `said` of a configuration alone.

    Raises:
        SourceError: it is no recurrent network of Magenta's, or a variable is missing, unknown or of an unexpected
            shape.
        SettingError: what is said is no configuration's name, or does not fit.

    """
    stack = read_stack(source)
    chosen = which_config(source, stack, said or Said(config))
    compare_shapes(source, stack, chosen)
    return Architecture(chosen, stack, _attention(source, chosen, stack, attention_length))


def _attention_state(attention: Attention) -> list[tuple[str, int]]:
    return [("attns", attention.size), ("attn_states", attention.length * attention.size)]


def _attention(source: Source, config: RnnConfig, stack: Stack, argument: int | None) -> Attention | None:
    if stack.attention is None:
        return None
    scope, size, prefix = stack.attention, stack.attention_size, stack.attention_prefix
    if source.graph and source.graph.state_sizes:
        length = _length_in_graph(source, stack, config, source.graph.state_sizes)
        return Attention(scope, size, length, "graph", prefix)
    if source.attention_length is not None:
        return Attention(scope, size, source.attention_length, "config.json", prefix)
    if argument is not None:
        return Attention(scope, size, argument, "argument", prefix)
    return Attention(scope, size, config.attention_length, "default", prefix)


def _length_in_graph(source: Source, stack: Stack, config: RnnConfig, kept: Shape) -> int:
    """Before 2017-05-16 the whole state was one tensor, so only its sum is the same in every vintage."""
    nade = stack.nade_hidden + config.outputs[1] if config.is_nade else 0
    size = stack.attention_size
    memory = sum(kept) - nade - 2 * sum(layer.units for layer in stack.layers) - size
    if memory <= 0 or memory % size:
        raise SourceError(
            f"{source.origin.path}: its graph keeps state tensors of {', '.join(map(str, kept))} floats; "
            f"no attention over outputs of {size} fits them."
        )
    return memory // size
