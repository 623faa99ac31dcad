"""`ghostnote-converter evaluate`: how well a model foretells a folder of grooves."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from converter.architecture import recognise
from converter.card import read_model
from converter.convert_command import add_source_arguments, warn_of_assumptions
from converter.drum_kit import Encoding
from converter.errors import DataError
from converter.likelihood import Forecast, Likelihood, forecast_of_reference, forecast_of_stepper, likelihood
from converter.reference import open_reference
from converter.source import read_source
from converter.stepper import Stepper
from converter.trial import read_trial
from converter.vintage import date_encoding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `evaluate`."""
    parser.add_argument("model", type=Path, help="a .tflite of the converter's, a .mag bundle or a training checkpoint")
    parser.add_argument("directory", type=Path, help="folder of drum MIDI")
    parser.add_argument("--split", help="only the files of this split of the folder's info.csv")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a line")
    add_source_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; the exit status.

    Raises:
        ConverterError: the model or the folder will not do, for the reason it gives.

    """
    with _open(arguments) as subject:
        trial = read_trial(arguments.directory, arguments.split, subject.encoding, subject.steps_per_quarter)
        try:
            measured = likelihood(subject.forecast, trial.grooves, subject.encoding)
        except ValueError as error:
            raise DataError(f"{arguments.directory}: {error}") from error
    print(_as_json(measured, arguments) if arguments.json else _as_line(measured, trial.data))
    return 0


@dataclass(frozen=True)
class _Subject:
    forecast: Forecast
    encoding: Encoding
    steps_per_quarter: int


@contextmanager
def _open(arguments: argparse.Namespace) -> Iterator[_Subject]:
    if arguments.model.suffix == ".tflite":
        model = read_model(arguments.model)
        encoding = Encoding(model.card.encoding.drum_map, model.card.encoding.counter_bits)
        yield _Subject(forecast_of_stepper(Stepper(model.flatbuffer)), encoding, model.card.steps_per_quarter)
        return
    source = read_source(arguments.model)
    architecture = recognise(source, arguments.attention_length)
    dated = date_encoding(source, architecture, arguments.drum_map)
    warn_of_assumptions(architecture, dated, arguments.attention_length)
    with open_reference(source, architecture) as reference:
        yield _Subject(forecast_of_reference(reference), dated.encoding, architecture.config.steps_per_quarter)


def _as_line(measured: Likelihood, data: str) -> str:
    return (
        f"{measured.nats_per_step:.4f} nats per step, perplexity {measured.perplexity:.3f} "
        f"({data}: {measured.files} files, {measured.steps:,} steps)"
    )


def _as_json(measured: Likelihood, arguments: argparse.Namespace) -> str:
    return json.dumps(
        {
            "nats_per_step": measured.nats_per_step,
            "perplexity": measured.perplexity,
            "files": measured.files,
            "steps": measured.steps,
            "model": str(arguments.model),
            "data": str(arguments.directory),
            "split": arguments.split,
        }
    )
