"""`ghostnote-converter inspect`: what a file is, and what would become of it."""

import argparse
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from converter.architecture import Architecture, recognise
from converter.card import read_model
from converter.convert_command import SOURCES
from converter.errors import ConverterError
from converter.source import Source, read_source
from converter.vae_architecture import holds_autoencoder, recognise_vae
from converter.vae_card import is_vae_model, read_vae_model
from converter.vae_conversion import description


@dataclass(frozen=True)
class Inspection:
    """What was found. `network` says what the variables make, or why nothing that converts."""

    path: str
    kind: str
    sha256: str
    generator_id: str
    description: str
    tensorflow: str
    network: str
    config: str
    layer_sizes: tuple[int, ...]
    attention: str
    variables: tuple[tuple[str, tuple[int, ...]], ...]
    parameters: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inspect`."""
    parser.add_argument("source", type=Path, help=f"{SOURCES}; or a converted .tflite")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Look and print; the exit status.

    Raises:
        ConverterError: it is no model; the sentence says what it is instead.

    """
    if arguments.source.suffix == ".tflite":
        path = arguments.source
        card = msgspec.to_builtins((read_vae_model(path) if is_vae_model(path) else read_model(path)).card)
        print(json.dumps(card)) if arguments.json else Console().print_json(data=card)
        return 0
    found = inspect(read_source(arguments.source))
    print(json.dumps(asdict(found))) if arguments.json else _print(found)
    return 0


def inspect(source: Source) -> Inspection:
    """What a source holds, whether it converts or not."""
    origin = source.origin
    config, attention = "", ""
    sizes: tuple[int, ...] = ()
    try:
        if holds_autoencoder(source.variables):
            vae = recognise_vae(source)
            network, config, sizes = description(vae), vae.config.name, vae.sizes.decoder
        else:
            architecture = recognise(source)
            network, config, sizes = _network(architecture), architecture.config.name, architecture.layer_sizes
            attention = _attention(architecture)
    except ConverterError as error:
        network = str(error)
    return Inspection(
        path=str(origin.path),
        kind=origin.kind,
        sha256=origin.sha256,
        generator_id=origin.generator_id,
        description=origin.description,
        tensorflow=source.graph.tensorflow_version if source.graph else "",
        network=network,
        config=config,
        layer_sizes=sizes,
        attention=attention,
        variables=tuple((name, array.shape) for name, array in source.variables.items()),
        parameters=sum(array.size for array in source.variables.values()),
    )


def _network(architecture: Architecture) -> str:
    config = architecture.config
    return (
        f"{config.family}, configuration {config.name}: {config.input_size} numbers in, {architecture.classes} out, "
        f"{'residual, ' if architecture.stack.residual else ''}cells {architecture.stack.cell}"
    )


def _attention(architecture: Architecture) -> str:
    attention = architecture.attention
    if attention is None:
        return ""
    over = "layer 0" if attention.scope == "layer_0" else "the whole stack"
    return f"over {attention.length} outputs of {over} (length by the {attention.length_from})"


def _print(found: Inspection) -> None:
    console = Console(soft_wrap=True)
    console.print(f"{found.path}: a {found.kind}, sha256 {found.sha256[:12]}…")
    if found.generator_id:
        written = f", written by TensorFlow {found.tensorflow}"
        console.print(f"generator {found.generator_id!r}, {found.description!r}{written}")
    console.print(found.network)
    if found.layer_sizes:
        attention = f", attention {found.attention}" if found.attention else ""
        console.print(f"LSTM {' + '.join(map(str, found.layer_sizes))}{attention}")
    table = Table("variable", "shape", "numbers")
    for name, shape in found.variables:
        table.add_row(name, " x ".join(map(str, shape)) or "-", f"{math.prod(shape):,}")
    console.print(table)
    console.print(f"{found.parameters:,} parameters, {4 * found.parameters:,} bytes in float32")
