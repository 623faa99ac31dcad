"""Training that goes on from a model: its weights, brought into the trainer's form, if they fit."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from converter.architecture import Architecture, recognise
from converter.card import read_model
from converter.drum_kit import Encoding
from converter.encoded import Code
from converter.errors import SettingError, SourceError
from converter.network import WRAPPER, Floats, NetworkShape, trained_weights
from converter.source import read_source
from converter.vintage import date_encoding

FORGET_BIAS = 1.0  # what the trainer's cells add while running


@dataclass(frozen=True)
class Asked:
    """What the command was told of the network; None leaves it to the parent."""

    config: str
    layers: tuple[int, ...] | None
    attention: int | None
    drum_map: Literal["2019", "2016"] | None = None


@dataclass(frozen=True)
class Parent:
    """A model to go on from: where it came from, its network and weights; of a drum model the encoding too."""

    path: Path
    sha256: str
    shape: NetworkShape
    weights: dict[str, Floats]
    encoding: Encoding | None


def read_parent(path: Path, asked: Asked, code_of: Mapping[str, Code]) -> Parent:
    """The model at `path`: a bundle, a checkpoint, or a .tflite that has its source beside it.

    Raises:
        SourceError: it cannot be read, or is no network the trainer knows.
        SettingError: it is not what was asked for; the message says in what.

    """
    source = read_source(_source_of(path))
    architecture = recognise(source, asked.attention)
    _refuse_stranger(path, architecture, asked)
    length = architecture.attention.length if architecture.attention else 0
    encoding = None
    if architecture.config.family == "drums_rnn":
        encoding = date_encoding(source, architecture, asked.drum_map).encoding
    shape = NetworkShape(code_of[asked.config], architecture.layer_sizes, length)
    weights = trained_weights(shape, _plain(architecture, source.variables))
    return Parent(path, source.origin.sha256, shape, weights, encoding)


def _source_of(path: Path) -> Path:
    """A converted model cannot be trained, the bundle or checkpoint it was made of can."""
    if path.suffix != ".tflite":
        return path
    card = read_model(path).card
    beside = path.with_name(card.source.file)
    try:
        found = hashlib.sha256(beside.read_bytes()).hexdigest()
    except OSError:
        raise SourceError(
            f"{path} was made of {card.source.file}, and only that can be trained: put it beside, or name it."
        ) from None
    if found != card.source.sha256:
        raise SourceError(f"{beside} is not the file that {path} was made of (sha256 differs): name the right one.")
    return beside


def _refuse_stranger(path: Path, architecture: Architecture, asked: Asked) -> None:
    name, attention = architecture.config.name, architecture.attention
    if name != asked.config:
        raise SettingError(
            f"{path} is a {name} model, with {architecture.input_size} inputs and {architecture.classes} classes: "
            f"it cannot become {asked.config}. Train {name}, or {asked.config} without --from."
        )
    if asked.layers not in {None, architecture.layer_sizes}:
        raise SettingError(
            f"{path} has layers of {_list(architecture.layer_sizes)} units, not {_list(asked.layers or ())}: "
            "leave --layers out, or train without --from."
        )
    if attention and attention.scope == "stack":
        raise SettingError(
            f"{path} has attention around all its layers, as until 2017: the trainer knows layer 0 only."
        )
    if architecture.stack.residual:
        raise SettingError(f"{path} has residual connections, which the trainer does not know.")
    length = attention.length if attention else 0
    if asked.attention not in {None, length}:
        told = f"attends to {length} steps" if length else "has no attention"
        raise SettingError(f"{path} {told}, not {asked.attention}: leave --attention out, or train without --from.")


def _list(sizes: tuple[int, ...]) -> str:
    return " + ".join(map(str, sizes))


def _plain(architecture: Architecture, variables: Mapping[str, Floats]) -> dict[str, Floats]:
    """The variables under the newest names, the forget gates' biases as the trainer's cells have them."""
    plain = dict(variables)
    for number, layer in enumerate(architecture.stack.layers):
        wrapped = architecture.attention and not number
        scope = f"{WRAPPER}/basic_lstm_cell" if wrapped else f"rnn/multi_rnn_cell/cell_{number}/basic_lstm_cell"
        bias = variables[f"{layer.scope}/bias"].copy()
        bias[2 * layer.units : 3 * layer.units] += layer.forget_bias - FORGET_BIAS
        plain |= {f"{scope}/kernel": variables[f"{layer.scope}/kernel"], f"{scope}/bias": bias}
    return plain
