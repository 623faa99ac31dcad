"""What a training leaves: a bundle that Magenta reads, the loss curve, and the model that the appliance plays."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from converter import convert_command
from converter.atomic_file import write_atomically
from converter.bundle import Bundle, write_bundle
from converter.errors import SettingError
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.lesson_config import LessonConfig
from converter.loss_curve import loss_curve_svg
from converter.network import NetworkShape, magenta_variables
from converter.schooling import Trained
from converter.training_checkpoint import kept_words


@dataclass(frozen=True)
class Outcome:
    """A finished training; `about` is the licence of the weights and whom they are owed to."""

    trained: Trained
    config: LessonConfig
    shape: NetworkShape
    arguments: argparse.Namespace
    about: tuple[str, str]


def write_model(outcome: Outcome, console: Console) -> int:
    """Write all three beside each other; the exit status of the conversion, 0 where none was asked for.

    Raises:
        ConverterError: one cannot be written; what was written before it stays.

    """
    trained, path = outcome.trained, Path(outcome.arguments.output)
    try:
        write_bundle(path, _bundle(outcome))
        if trained.history:
            write_atomically(path.with_suffix(".svg"), loss_curve_svg(trained.history).encode())
    except OSError as error:
        kept = kept_words(path.with_suffix(".training"))
        raise SettingError(f"{path} cannot be written: {error.strerror}. {kept}") from error
    console.print(
        f"{path}: validation {trained.validation:.4f} nats a step, before {trained.before:.4f}; "
        f"{path.stat().st_size:,} bytes; ended after {trained.end}.",
        highlight=False,
        soft_wrap=True,
    )
    return 0 if outcome.arguments.no_convert else _convert(path, outcome)


def _convert(path: Path, outcome: Outcome) -> int:
    parser = argparse.ArgumentParser()
    convert_command.add_arguments(parser)
    licence, credit = outcome.about
    words = ["-o", str(path.parent), "--quantize", outcome.arguments.quantize, "--licence", licence, "--credit", credit]
    if outcome.arguments.drum_map:
        words += ["--drum-map", outcome.arguments.drum_map]
    return convert_command.run(parser.parse_args([str(path), *words]))


def _bundle(outcome: Outcome) -> Bundle:
    config, shape = outcome.config, outcome.shape
    variables = magenta_variables(shape, outcome.trained.weights)
    return Bundle(
        generator_id=config.name,
        description=outcome.arguments.description or f"{config.family}, {config.name}, trained by Ghostnote",
        checkpoint=v1_checkpoint_bytes(variables),
        metagraph=metagraph_bytes(variables, shape.attention_length, shape.code.input_size),
    )
