"""`ghostnote-converter verify`: a converted model held against what it was made of."""

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table

from converter.architecture import Architecture, recognise
from converter.card import Model, SourceCard, read_model
from converter.convert_command import SOURCES, add_source_arguments, dated_drums, said_of
from converter.drum_kit import Encoding
from converter.errors import DataError, SettingError
from converter.parity_table import refuse_stranger
from converter.patterns import STEPS_PER_PATTERN, beat, patterns
from converter.real_input import RealInput, real_input
from converter.source import read_source
from converter.vae_architecture import recognise_vae
from converter.vae_card import is_vae_model, read_vae_model
from converter.vae_conversion import described, open_vae_model, vae_differences
from converter.vae_parity import refuse_strange_vae, vae_table
from converter.vae_seconds import seconds_of
from converter.verification import Verification, verify
from converter.which_config import Said

_MOST_FILES = 20  # of a folder: each event is a run of the source's graph, a millisecond or two


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `verify`."""
    parser.add_argument("model", type=Path, help="a .tflite that ghostnote-converter wrote")
    parser.add_argument(
        "--against",
        type=Path,
        metavar="SOURCE",
        help=f"{SOURCES} (default: the file beside the model that its card names)",
    )
    parser.add_argument(
        "--data", type=Path, help="folder of MIDI to hear it on (default: a rock beat, or a theme of Beethoven's)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    add_source_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare and print; the exit status.

    Raises:
        ConverterError: the model, the source or the folder will not do, or model and source are not the same.

    """
    if is_vae_model(arguments.model):
        return _verify_autoencoder(arguments)
    model = read_model(arguments.model)
    source = read_source(arguments.against or _beside(arguments.model, model.card.source))
    length = arguments.attention_length or (model.card.attention.length if model.card.attention else None)
    architecture = recognise(source, length, said=_said(arguments, model))
    _refuse_another(arguments.model, model, architecture)
    dated = dated_drums(source, architecture, arguments.drum_map)
    drums = dated.encoding if dated else None
    chance, _ = patterns(architecture.config, drums)
    music = _drummed(architecture, drums, arguments.data) if drums else _played(architecture, arguments.data)
    verification = verify(model, source, architecture, {"chance": chance}, music)
    if arguments.json:
        print(json.dumps({"model": str(arguments.model), "source": str(source.origin.path), **asdict(verification)}))
    else:
        _print(model, verification)
    for difference in verification.differences.values():
        refuse_stranger(difference, model.card.quantization)
    return 0


def _said(arguments: argparse.Namespace, model: Model) -> Said:
    """What the arguments say, and where they are silent the card."""
    card, said = model.card, said_of(arguments)
    if said.config is None:
        ranged = card.encoding.kind in {"melody", "key_melody", "pianoroll"}
        pitch = card.encoding.lowest_pitch if ranged and said.lowest_pitch is None else said.lowest_pitch
        said = Said(card.config, pitch, said.steps_per_quarter or card.steps_per_quarter or None)
    return said


def _verify_autoencoder(arguments: argparse.Namespace) -> int:
    model = read_vae_model(arguments.model)
    card = model.card
    if arguments.data:
        raise SettingError(f"--data is heard by recurrent models; {card.config} is an autoencoder.")
    source = read_source(arguments.against or _beside(arguments.model, card.source))
    drums: Literal["2019", "2016"] = "2016" if card.drum_map_vintage == "2016" else "2019"
    architecture = recognise_vae(source, arguments.config or card.config, arguments.drum_map or drums)
    if described(card) != (architecture.config, architecture.sizes):
        raise SettingError(f"{arguments.model} has other layers than the source has: it was made of something else.")
    differences = vae_differences(model, source, architecture)
    seconds = seconds_of(open_vae_model(model))
    if arguments.json:
        found = {name: asdict(difference) for name, difference in differences.items()}
        figures = {"differences": found, "bytes": len(model.flatbuffer), **asdict(seconds)}
        print(json.dumps({"model": str(arguments.model), "source": str(source.origin.path), **figures}))
    else:
        console = Console(soft_wrap=True)
        console.print(f"{card.name}: {card.description}, {card.quantization}")
        console.print(vae_table(differences, card.quantization))
        console.print(f"{len(model.flatbuffer):,} bytes; here a window is read in {seconds.read * 1e3:.1f} ms and")
        console.print(f"played in {seconds.played * 1e3:.1f} ms ({card.steps} steps)")
        console.print(f"operators: {', '.join(card.tflite.operators)}")
    # Float32 is judged by the kernels that round as little as the source, the others by those that play.
    judged = differences["plain kernels" if card.quantization == "none" else "playing kernels"]
    refuse_strange_vae(judged, card.quantization)
    return 0


def _beside(path: Path, source: SourceCard) -> Path:
    named = path.with_name(source.file)
    if named.is_file() and hashlib.sha256(named.read_bytes()).hexdigest() == source.sha256:
        return named
    raise SettingError(f"{path} was made of {named.name}, which is not beside it: say where it is with --against.")


def _refuse_another(path: Path, model: Model, architecture: Architecture) -> None:
    ours = tuple((tensor.name, tensor.size) for tensor in model.card.state)
    if ours != architecture.state() or model.card.encoding.classes != architecture.classes:
        raise SettingError(f"{path} has other layers than the source has: it was made of something else.")


def _drummed(architecture: Architecture, drums: Encoding, folder: Path | None) -> list[RealInput]:
    """The grooves of a folder, or a rock beat."""
    if folder is None:
        grooves = [beat(drums, STEPS_PER_PATTERN, np.random.default_rng(1))]
    else:
        from converter.trial import read_trial

        trial = read_trial(folder, None, drums, architecture.config.steps_per_quarter)
        grooves = [groove.astype(np.int64) for groove in trial.grooves[:_MOST_FILES] if len(groove) > 1]
    return [RealInput(drums.inputs(labels[:-1]), labels[1:, None]) for labels in grooves]


def _played(architecture: Architecture, folder: Path | None) -> list[RealInput]:
    """The MIDI files of a folder that the network can hear, or a theme."""
    if folder is None:
        from converter.tune import tune

        return [real_input(architecture.config, tune())]
    pieces = []
    for path in sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".mid", ".midi"})[:_MOST_FILES]:
        pieces += _heard(architecture, path)
    if not pieces:
        raise DataError(f"{folder} holds no MIDI that {architecture.config.name} could hear.")
    return pieces


def _heard(architecture: Architecture, path: Path) -> list[RealInput]:
    import note_seq

    try:
        return [real_input(architecture.config, note_seq.midi_file_to_note_sequence(str(path)))]
    except (
        note_seq.MIDIConversionError,
        note_seq.MultipleTempoError,
        note_seq.MultipleTimeSignatureError,
        note_seq.NonIntegerStepsPerBarError,
        note_seq.PolyphonicMelodyError,
        DataError,
        ValueError,
    ):
        return []  # other pieces will do: this is no data set


def _print(model: Model, verification: Verification) -> None:
    card, foretold = model.card, verification.foretold
    console = Console(soft_wrap=True)
    console.print(f"{card.name}: {card.description}, {card.quantization}")
    console.print(f"beside the {verification.reference}:")
    table = Table("compared", *verification.differences)
    differences = verification.differences.values()
    table.add_row("steps", *(f"{d.steps}" for d in differences))
    table.add_row("softmax, one step", *(f"{d.softmax:.1e}" for d in differences))
    table.add_row("softmax, carrying its own state", *(f"{d.drift:.1e}" for d in differences))
    table.add_row("mean divergence, nats", *(f"{d.divergence:.1e}" for d in differences))
    table.add_row("logits", *(f"{d.logits:.1e}" for d in differences))
    for name in next(iter(differences)).states:
        table.add_row(f"state {name}", *(f"{d.states[name]:.1e}" for d in differences))
    table.add_row("same first choice", *(f"{d.top1_agreement:.2%}" for d in differences))
    console.print(table)
    lost = foretold.nats - foretold.source_nats
    console.print(
        f"real music ({foretold.events:,} events): {foretold.nats:.4f} nats per event, its source "
        f"{foretold.source_nats:.4f}: {lost:+.4f} by {card.quantization}"
    )
    console.print(f"{verification.bytes:,} bytes; a step takes {verification.seconds * 1e6:.0f} µs here")
    console.print(f"operators: {', '.join(verification.operators)}")
