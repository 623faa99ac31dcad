"""`ghostnote-converter evaluate`: how well a model foretells a folder of grooves, or a data set."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from converter.architecture import recognise
from converter.card import read_model
from converter.convert_command import add_source_arguments, dated_drums, warn_of_assumptions
from converter.drum_kit import Encoding
from converter.exam import measured, read_exam
from converter.likelihood import Forecast, Likelihood, forecast_of_reference, forecast_of_stepper
from converter.reference import open_reference
from converter.source import read_source
from converter.stepper import Stepper


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `evaluate`."""
    parser.add_argument("model", type=Path, help="a .tflite of the converter's, a .mag bundle or a training checkpoint")
    parser.add_argument("data", type=Path, help="folder of drum MIDI, or a data set")
    parser.add_argument("--split", help="only this split of the data set, or of the folder's info.csv")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a line")
    add_source_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; the exit status.

    Raises:
        ConverterError: the model or the folder will not do, for the reason it gives.

    """
    from converter.evaluate_vae import opened, run_groove

    if autoencoder := opened(arguments.model, arguments.config):
        return run_groove(arguments, *autoencoder)
    with _open(arguments) as subject:
        exam = read_exam(arguments.data, arguments.split, subject.config, subject.encoding)
        found = measured(subject.forecast, exam)
    print(_as_json(found, arguments) if arguments.json else _as_line(found, exam.data))
    return 0


@dataclass(frozen=True)
class _Subject:
    forecast: Forecast
    config: str
    encoding: Encoding | None


@contextmanager
def _open(arguments: argparse.Namespace) -> Iterator[_Subject]:
    if arguments.model.suffix == ".tflite":
        model = read_model(arguments.model)
        card = model.card.encoding
        drums = Encoding(card.drum_map, card.counter_bits) if card.kind == "multi_drum" else None
        yield _Subject(forecast_of_stepper(Stepper(model.flatbuffer)), model.card.config, drums)
        return
    source = read_source(arguments.model)
    architecture = recognise(source, arguments.attention_length)
    dated = dated_drums(source, architecture, arguments.drum_map)
    warn_of_assumptions(architecture, dated, arguments.attention_length)
    with open_reference(source, architecture) as reference:
        encoding = dated.encoding if dated else None
        yield _Subject(forecast_of_reference(reference), architecture.config.name, encoding)


def _as_line(found: Likelihood, data: str) -> str:
    return (
        f"{found.nats_per_step:.4f} nats per step, perplexity {found.perplexity:.3f} "
        f"({data}: {found.files} files, {found.steps:,} steps)"
    )


def _as_json(found: Likelihood, arguments: argparse.Namespace) -> str:
    return json.dumps(
        {
            "nats_per_step": found.nats_per_step,
            "perplexity": found.perplexity,
            "files": found.files,
            "steps": found.steps,
            "model": str(arguments.model),
            "data": str(arguments.data),
            "split": arguments.split,
        }
    )
