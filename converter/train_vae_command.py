"""`ghostnote-converter train-vae`: from a data set to a MusicVAE or GrooVAE checkpoint, and to its .tflite."""

import argparse
import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from converter.arguments import count, minutes, outcome_arguments, positive, share, sizes, whole_share
from converter.dataset import NOT_STATED, Dataset, read_dataset
from converter.errors import DataError, SettingError
from converter.tensorflow_library import there
from converter.vae_config import VaeConfig, vae_config_named

if TYPE_CHECKING:
    from converter.schooling import Trained
    from converter.training_checkpoint import CheckpointFile
    from converter.vae_lesson_plan import VaeParent
    from converter.vae_train import VaeLesson

# Settings that shape a training: a checkpoint made under others is not gone on with.
_SHAPING = (
    *("config", "z", "encoder", "decoder", "conductor", "steps", "seed", "rate", "batch", "spacing", "keep"),
    "thinned",
    *("weight_decay", "loss", "beta", "free_bits", "patience", "validations"),
)
CURVE = ("nats a window", "training, with z drawn")  # the unit of its losses, and what tells the two apart
RATE, WARM_RATE = 0.003, 0.0005  # highest learning rates, from scratch and from a parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("config", metavar="CONFIG", help="Magenta's name, as groovae_2bar_humanize")
    parser.add_argument("--data", type=Path, required=True, metavar="FILE.notes", help="of ghostnote-converter dataset")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PREFIX", help="the checkpoint to write")
    parser.add_argument("--from", dest="parent", type=Path, metavar="SOURCE", help="go on from this checkpoint")
    parser.add_argument("--z", type=positive, metavar="N", help="numbers of the latent (default: as published)")
    parser.add_argument("--encoder", type=sizes, metavar="N,N", help="units of its layers, of one direction")
    parser.add_argument("--decoder", type=sizes, metavar="N,N", help="units of its layers")
    parser.add_argument("--conductor", type=sizes, metavar="N,N", help="units of its layers, where there is one")
    parser.add_argument("--steps", type=positive, default=3000, metavar="N", help="batches to learn from: 3000")
    parser.add_argument("--minutes", type=minutes, default=0.0, metavar="M", help="end after them; 0 for no limit")
    parser.add_argument("--batch", type=positive, default=64, metavar="N", help="windows in a step: 64")
    parser.add_argument("--spacing", type=positive, default=1, metavar="BARS", help="between windows to learn from: 1")
    parser.add_argument("--seed", type=count, default=1, metavar="N", help="the same seed gives the same weights")
    parser.add_argument("--rate", type=share, metavar="R", help=f"highest learning rate: {RATE}, --from {WARM_RATE}")
    parser.add_argument(
        "--loss",
        choices=("published", "played"),
        default="published",
        help="of grooves: published, or of the drums that are hit alone, as it is played (default: published)",
    )
    parser.add_argument("--beta", type=whole_share, metavar="B", help="price of a nat of z (default: as published)")
    parser.add_argument("--free-bits", type=count, metavar="N", help="bits of z that are free (default: as published)")
    parser.add_argument("--keep", type=whole_share, default=1.0, metavar="P", help="share of inputs not dropped: 1")
    parser.add_argument(
        "--thinned", type=whole_share, default=0.0, metavar="P", help="share of grooves heard with hits left out: 0"
    )
    parser.add_argument("--weight-decay", type=share, default=0.01, metavar="D", help="pull of kernels to zero: 0.01")
    parser.add_argument("--validations", type=positive, default=20, metavar="N", help="in a whole training: 20")
    parser.add_argument("--patience", type=count, default=6, metavar="N", help="validations without gain: 6")
    parser.add_argument("--no-convert", action="store_true", help="write the checkpoint alone")
    outcome_arguments(parser)


@dataclass(frozen=True)
class Learnt:
    """A training that has ended, and what it was of."""

    dataset: Dataset
    lesson: "VaeLesson"
    trained: "Trained"
    file: "CheckpointFile"


def run(args: argparse.Namespace) -> int:
    """Train, and write checkpoint, curve and .tflite; 130 (as after Ctrl-C) when it was cut short.

    Raises:
        DataError: the data set gives nothing to learn from.
        SettingError: something does not fit, or cannot be written where it was asked for.

    """
    console = Console(stderr=True)
    learnt = learn(args, console)
    status = write(args, learnt, console)
    trained = learnt.trained
    if args.json:
        history = [[entry.step, entry.validation] for entry in trained.history]
        figures = {"before": trained.before, "validation": trained.validation, "end": trained.end, "history": history}
        print(json.dumps({"checkpoint": str(args.output), **figures}))
    return 130 if trained.stopped else status


def learn(args: argparse.Namespace, console: Console, fewest: int = 1) -> Learnt:
    """Train as the arguments say, with a bar; a training that was cut short is gone on with.

    With fewer windows than `fewest` it is not begun.

    Raises:
        DataError: the data set gives nothing to learn from.
        SettingError: something does not fit.

    """
    config = vae_config_named(args.config)
    _refuse_output(args.output)
    dataset = read_dataset(args.data)
    from converter.keras_library import BACKEND
    from converter.schooling import Schedule
    from converter.training_checkpoint import CheckpointFile
    from converter.training_view import TrainingView
    from converter.vae_centring import centred
    from converter.vae_lesson_plan import vae_lesson, vae_parent
    from converter.vae_train import train_vae

    parent = vae_parent(args, config)
    lesson = vae_lesson(args, config, dataset, parent)
    if len(lesson.learnt) < fewest:
        raise DataError(
            f"{dataset.header.source} gives {len(lesson.learnt)} windows of {config.steps} sixteenths to learn from; "
            f"a {config.name} takes {fewest} at least, and some hundred to learn something: bring more music."
        )
    shown = lesson.shape.sizes
    console.print(f"learns from {len(lesson.learnt)} windows, judged by {len(lesson.judged)}", highlight=False)
    console.print(f"{config.name}: z {shown.z}, encoder {shown.encoder}, decoder {shown.decoder}, on {BACKEND}")
    rate = args.rate or (WARM_RATE if parent else RATE)
    schedule = Schedule(args.steps, rate, args.batch, config.steps, args.patience, args.validations, args.minutes)
    file = CheckpointFile(Path(f"{args.output}.training"), _fingerprint(args, parent, BACKEND))
    if args.afresh:
        file.path.unlink(missing_ok=True)
    elif file.path.exists():
        console.print(f"Going on with {file.path}.", highlight=False)
    with TrainingView(console, args.output, args.steps, 0.0, lambda *_: None) as view:
        trained = train_vae(lesson, schedule, view.observer(), file)
    weights = centred(lesson.shape, trained.weights, lesson.learnt)
    return Learnt(dataset, lesson, replace(trained, weights=weights), file)


def write(args: argparse.Namespace, learnt: Learnt, console: Console) -> int:
    """Write checkpoint, loss curve, and what the box plays; the exit status of the conversion.

    Of a training that came to its end nothing else is kept.

    Raises:
        SettingError: one cannot be written; what was written before it stays.

    """
    from converter.atomic_file import write_atomically
    from converter.loss_curve import loss_curve_svg
    from converter.training_checkpoint import kept_words
    from converter.v2_checkpoint import write_v2_checkpoint

    trained, config = learnt.trained, learnt.lesson.shape.config
    step = trained.history[-1].step if trained.history else 0
    try:
        write_v2_checkpoint(args.output, trained.weights, step)
        if trained.history:
            write_atomically(Path(f"{args.output}.svg"), loss_curve_svg(trained.history, *CURVE).encode())
    except OSError as error:
        kept = kept_words(learnt.file.path)
        raise SettingError(f"{args.output} cannot be written: {error.strerror}. {kept}") from error
    console.print(
        f"{args.output}: validation {trained.validation:.3f} nats a window, before {trained.before:.3f}; "
        f"ended after {trained.end}.",
        highlight=False,
        soft_wrap=True,
    )
    if not trained.stopped:
        learnt.file.path.unlink(missing_ok=True)
    return 0 if args.no_convert else to_tflite(args, learnt.dataset, config, console)


def to_tflite(args: argparse.Namespace, dataset: Dataset, config: VaeConfig, console: Console) -> int:
    """Convert the checkpoint; the exit status. A machine that only trains may lack what converts, and is told so.

    Raises:
        ConverterError: it is not converted, for the reason it gives.

    """
    if not there("tensorflow"):
        console.print(
            f"TensorFlow is not installed here, so there is no .tflite yet: bring {args.output}.* to a machine that "
            f"has it, and ghostnote-converter convert {args.output} --config {config.name} there.",
            highlight=False,
            soft_wrap=True,
        )
        return 0
    from converter import convert_command

    parser = argparse.ArgumentParser()
    convert_command.add_arguments(parser)
    about = args.licence or dataset.header.licence or NOT_STATED, args.credit or dataset.header.credit or NOT_STATED
    words = ["--config", config.name, "-o", str(args.output.parent), "--name", args.output.name]
    words += ["--quantize", args.quantize, "--licence", about[0], "--credit", about[1]]
    return convert_command.run(parser.parse_args([str(args.output), *words]))


def _fingerprint(args: argparse.Namespace, parent: "VaeParent | None", backend: str) -> str:
    """Of the data and of all that shapes the training: what it must be to go on from a checkpoint."""
    settings = {name: str(getattr(args, name)) for name in _SHAPING} | {"backend": backend}
    settings["data"] = hashlib.sha256(args.data.read_bytes()).hexdigest()
    settings["parent"] = parent.sha256 if parent else ""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _refuse_output(prefix: Path) -> None:
    """Before an hour of training rather than after it."""
    if prefix.suffix in {".tflite", ".mag", ".index", ".notes"}:
        raise SettingError(f"{prefix} must be a checkpoint's prefix, without an ending: {prefix.with_suffix('')}.")
    if not prefix.parent.is_dir():
        raise SettingError(f"{prefix.parent} is not a folder; make it first, or name another place for {prefix.name}.")
    if not os.access(prefix.parent, os.W_OK):
        raise SettingError(f"{prefix.parent} cannot be written to; name another place for {prefix.name}.")
