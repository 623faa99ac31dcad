"""`ghostnote-converter convert`: a model of Magenta's becomes models/NAME.tflite."""

import argparse
import re
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from rich.console import Console

from converter.architecture import Architecture, recognise
from converter.atomic_file import write_atomically
from converter.card import LikelihoodCard, model_bytes
from converter.conversion import Conversion, Label, convert
from converter.errors import SettingError
from converter.parity_table import refuse_stranger, table
from converter.source import Origin, Source, read_source
from converter.trial import read_trial
from converter.vae_architecture import holds_autoencoder, recognise_vae
from converter.vae_card import vae_model_bytes
from converter.vae_conversion import convert_vae
from converter.vae_parity import refuse_strange_vae, vae_table
from converter.vintage import DatedEncoding, date_encoding
from converter.which_config import Said

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
NOT_STATED = "not stated"
SOURCES = (
    "a .mag bundle, a training checkpoint's prefix or folder, a magenta-js folder, or a .tar or .zip of one of them"
)
_KNOWING = MappingProxyType({"graph": "the bundle's graph", "config.json": "config.json"})
DEAREST = 0.02  # nats per step that quantization may cost on real grooves


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `convert`."""
    parser.add_argument("source", type=Path, help=SOURCES)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("models"), help="folder to write to (default: models)"
    )
    parser.add_argument("--name", help="the model's name (default: the source's)")
    parser.add_argument(
        "--quantize", choices=("none", "float16", "int8"), default="none", help="how the weights are stored"
    )
    add_source_arguments(parser)
    parser.add_argument("--licence", default=NOT_STATED, help="the licence of the weights, for the card")
    parser.add_argument(
        "--credit", default=NOT_STATED, help="whom the weights and their data are owed to, for the card"
    )
    parser.add_argument("--data", type=Path, help="folder of drum MIDI to measure the likelihood on, for the card")
    parser.add_argument("--split", help="only the files of this split of the folder's info.csv")


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """What a source may leave unsaid."""
    parser.add_argument(
        "--attention-length", type=_positive, help="how far attention looks back, where no graph tells (checkpoints)"
    )
    parser.add_argument("--config", help="Magenta's configuration, where the file does not tell it")
    parser.add_argument(
        "--lowest-pitch", type=_pitch, help="the lowest pitch of its range (default: as Magenta has it)"
    )
    parser.add_argument("--steps-per-quarter", type=_positive, help="steps to a quarter (default: as Magenta has it)")
    parser.add_argument(
        "--drum-map", choices=("2019", "2016"), help="Magenta's drum map before or since 2019-04-24 (default: by age)"
    )


def said_of(arguments: argparse.Namespace) -> Said:
    """What the arguments say of a model's configuration."""
    return Said(arguments.config, arguments.lowest_pitch, arguments.steps_per_quarter)


def run(arguments: argparse.Namespace) -> int:
    """Convert, compare and write; the exit status.

    Raises:
        ConverterError: nothing is written, for the reason it gives.

    """
    source = read_source(arguments.source)
    if holds_autoencoder(source.variables):
        return _convert_autoencoder(source, arguments)
    architecture = recognise(source, arguments.attention_length, said=said_of(arguments))
    dated = dated_drums(source, architecture, arguments.drum_map)
    target = _target(arguments.output, arguments.name or _name_of(source.origin))
    warn_of_assumptions(architecture, dated, arguments.attention_length)
    label = _label(target, arguments)
    trial = None
    if arguments.data:
        if dated is None:
            raise SettingError(f"--data measures drum models; {architecture.config.name} is none: use verify --data.")
        trial = read_trial(arguments.data, arguments.split, dated.encoding, architecture.config.steps_per_quarter)
    conversion = convert(source, architecture, dated, arguments.quantize, label, trial)
    _report(conversion)
    refuse_stranger(conversion.difference, arguments.quantize)
    content = model_bytes(conversion.model)
    _write(target, content)
    print(f"{target}: {len(content):,} bytes, {arguments.quantize}")
    return 0


def _convert_autoencoder(source: Source, arguments: argparse.Namespace) -> int:
    architecture = recognise_vae(source, arguments.config, arguments.drum_map)
    if arguments.data:
        raise SettingError(f"--data measures recurrent drum models; {architecture.config.name} is an autoencoder.")
    target = _target(arguments.output, arguments.name or _name_of(source.origin))
    if architecture.told_by in {"name", "weights"}:
        _say(f"It is taken for a {architecture.config.name}, by its {architecture.told_by}; --config says otherwise.")
    conversion = convert_vae(source, architecture, arguments.quantize, _label(target, arguments))
    card = conversion.model.card
    print(f"{card.source.file}: {card.description}")
    print(f"{card.parity.steps} steps against the {card.parity.reference}:")
    Console().print(vae_table({"difference": conversion.difference}, card.quantization))
    refuse_strange_vae(conversion.difference, card.quantization)
    content = vae_model_bytes(conversion.model)
    _write(target, content)
    print(f"{target}: {len(content):,} bytes, {arguments.quantize}")
    return 0


def _label(target: Path, arguments: argparse.Namespace) -> Label:
    if arguments.licence == NOT_STATED:
        _say("The card will say that the licence is not stated; give --licence and --credit.")
    return Label(target.stem, arguments.licence, arguments.credit)


def dated_drums(
    source: Source, architecture: Architecture, chosen: Literal["2019", "2016"] | None
) -> DatedEncoding | None:
    """The encoding of a drum model by its age; None for any other model."""
    return date_encoding(source, architecture, chosen) if architecture.config.family == "drums_rnn" else None


def _report(conversion: Conversion) -> None:
    card = conversion.model.card
    drums = f", drum map {card.encoding.drum_map_vintage}" if card.encoding.drum_map else ""
    print(f"{card.source.file}: {card.description}{drums}")
    print(f"{card.parity.steps} steps against the {card.parity.reference}:")
    Console().print(table(conversion.difference, card.quantization))
    if card.likelihood:
        print(_likelihood_line(card.likelihood))
        _warn_of_cost(card.likelihood, card.quantization)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _pitch(text: str) -> int:
    if not text.isdecimal() or int(text) > 127:
        raise argparse.ArgumentTypeError(f"{text!r} is no MIDI pitch: they are 0 to 127")
    return int(text)


def _name_of(origin: Origin) -> str:
    """`drum_kit_rnn.mag` gives drum_kit_rnn, the checkpoint `model.ckpt-1200` gives model.ckpt-1200."""
    name = origin.path.resolve().name
    if origin.path.is_file():
        return re.sub(r"(\.(mag|ckpt|tar|tgz|zip|gz|bz2|xz))+$", "", name)
    return name


def _target(folder: Path, name: str) -> Path:
    name = name.removesuffix(".tflite")
    if not _NAME.fullmatch(name):
        raise SettingError(f"{name!r} cannot be a model's name: give --name of letters, digits, dots, - and _.")
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{folder} is not a folder: give -o a folder to write the model to.")
    return folder / f"{name}.tflite"


def warn_of_assumptions(architecture: Architecture, dated: DatedEncoding | None, attention_length: int | None) -> None:
    """Say on stderr what neither the source nor the person told."""
    attention = architecture.attention
    if attention and attention.length_from == "default":
        _say(
            f"The attention length is not in a checkpoint; {attention.length}, the default of "
            f"{architecture.config.name}, is taken. Give --attention-length if it was trained with another."
        )
    if attention and attention.length_from in _KNOWING and attention_length not in {None, attention.length}:
        known = _KNOWING[attention.length_from]
        _say(f"--attention-length {attention_length} is ignored: {known} says {attention.length}.")
    if dated and dated.told_by == "default":
        _say(
            f"The drum map is taken to be that of {dated.vintage}. Give --drum-map if it was trained before 2019-04-24."
        )


def _warn_of_cost(card: LikelihoodCard, quantization: str) -> None:
    cost = card.nats_per_step - card.source_nats_per_step
    if cost > DEAREST:
        _say(f"{quantization} costs {cost:.4f} nats per step, more than {DEAREST}: take a milder --quantize.")


def _say(warning: str) -> None:
    print(f"warning: {warning}", file=sys.stderr)


def _likelihood_line(card: LikelihoodCard) -> str:
    return (
        f"{card.data} ({card.files} files, {card.steps:,} steps): {card.nats_per_step:.4f} nats per step, "
        f"its source {card.source_nats_per_step:.4f}"
    )


def _write(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, content)
    except OSError as error:
        raise SettingError(f"{target} cannot be written: {error.strerror}.") from error
