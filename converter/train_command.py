"""`ghostnote-converter train`: from a data set to a Magenta bundle, and to the .tflite that the appliance plays."""

import argparse
import difflib
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from converter.arguments import count, minutes, outcome_arguments, positive, share, sizes
from converter.dataset import NOT_STATED, Dataset, read_dataset
from converter.errors import SettingError
from converter.lesson_config import LESSON_CONFIGS, LessonConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from converter.encoded import Code
    from converter.lesson_plan import Plan
    from converter.schooling import Arrays
    from converter.warm_start import Parent

RATE, WARM_RATE = 0.002, 0.0005  # highest learning rates, from scratch and from a parent
# Settings that shape a training: a checkpoint made under others is not gone on with.
_SHAPING = (
    *("config", "layers", "attention", "drum_map", "steps", "seed", "rate", "lanes", "window", "longest"),
    *("dropout", "event_dropout", "weight_decay", "smoothing", "patience", "validations"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("config", type=_config, metavar="CONFIG", help=", ".join(LESSON_CONFIGS))
    parser.add_argument("--data", type=Path, required=True, metavar="FILE.notes", help="of ghostnote-converter dataset")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="NAME.mag", help="the bundle to write")
    parser.add_argument("--from", dest="parent", type=Path, metavar="SOURCE", help="go on from this model's weights")
    parser.add_argument("--layers", type=sizes, metavar="N,N", help="units of each LSTM layer (default: by CONFIG)")
    parser.add_argument("--attention", type=count, metavar="N", help="outputs layer 0 attends to, 0 for none")
    parser.add_argument("--drum-map", choices=("2019", "2016"), help="of the model given with --from")
    parser.add_argument(
        "--steps", type=positive, default=3000, metavar="N", help="windows to learn from, at most: 3000"
    )
    parser.add_argument("--seed", type=count, default=1, metavar="N", help="the same seed gives the same weights")
    parser.add_argument(
        "--rate", type=share, metavar="R", help=f"highest learning rate: {RATE}, with --from {WARM_RATE}"
    )
    parser.add_argument("--lanes", type=positive, default=32, metavar="N", help="pieces learnt side by side: 32")
    parser.add_argument("--window", type=positive, default=64, metavar="N", help="steps learnt at a time: 64")
    parser.add_argument(
        "--longest", type=positive, default=512, metavar="N", help="steps of the longest drum piece: 512"
    )
    parser.add_argument("--dropout", type=share, default=0.25, metavar="P", help="share of units left out: 0.25")
    parser.add_argument("--event-dropout", type=share, default=0.1, metavar="P", help="share of events left out: 0.1")
    parser.add_argument(
        "--weight-decay", type=share, default=0.01, metavar="D", help="pull of the kernels to zero: 0.01"
    )
    parser.add_argument(
        "--smoothing", type=share, default=0.0, metavar="P", help="share of each label spread over all: 0"
    )
    parser.add_argument("--validations", type=positive, default=40, metavar="N", help="in a whole training: 40")
    parser.add_argument(
        "--patience", type=count, default=8, metavar="N", help="validations without gain: 8; 0 for ever"
    )
    parser.add_argument("--sample-minutes", type=minutes, default=5.0, metavar="M", help="between samples; 0 for none")
    parser.add_argument("--description", default="", help="a sentence to put in the bundle")
    parser.add_argument("--no-convert", action="store_true", help="write the bundle alone")
    outcome_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Train, and write bundle, curve and .tflite; 130 (as after Ctrl-C) when they are written but it was cut short.

    Raises:
        DataError: the data set gives nothing to learn from.
        SettingError: something does not fit, or cannot be written where it was asked for.

    """
    _refuse_output(args.output)
    if args.rate == 0:
        raise SettingError("--rate 0 learns nothing: leave it out, or give a share above 0 such as 0.001.")
    dataset = read_dataset(args.data)
    console = Console(stderr=True)
    from converter.keras_library import BACKEND, spread_over_devices

    cards = spread_over_devices()  # before TensorFlow reads the parent and hides the cards from itself
    from converter.lesson_material import codes, player_of
    from converter.lesson_plan import plan
    from converter.listening import write_sample
    from converter.network import NetworkShape
    from converter.pupil import Dropout
    from converter.schooling import Schedule
    from converter.train import Restraint, train
    from converter.trained_model import Outcome, write_model
    from converter.training_checkpoint import CheckpointFile
    from converter.training_view import TrainingView

    parent = _parent(args, codes())
    config = args.config
    code = codes()[config.name]
    layers, attention = args.layers or config.layers, config.attention if args.attention is None else args.attention
    lesson = plan(config, dataset, NetworkShape(code, layers, attention), parent, seed=args.seed, longest=args.longest)
    _say_what_is_learnt(lesson, parent, f"{BACKEND}{f', {cards} cards' if cards else ''}", console)
    rate = (WARM_RATE if parent else RATE) if args.rate is None else args.rate
    schedule = Schedule(args.steps, rate, args.lanes, args.window, args.patience, args.validations)
    restraint = Restraint(Dropout(args.event_dropout, args.dropout), args.weight_decay, args.smoothing)
    file = CheckpointFile(args.output.with_suffix(".training"), _fingerprint(args, parent, BACKEND))
    if args.afresh:
        file.path.unlink(missing_ok=True)
    elif file.path.exists():
        console.print(f"Going on with {file.path}.", highlight=False)
    player = player_of(config.name, parent.encoding if parent else None)

    def sample(path: Path, weights: "Arrays") -> None:
        write_sample(path, config.name, player, lesson.lesson.shape, weights)

    with TrainingView(console, args.output, args.steps, args.sample_minutes, sample) as view:
        trained = train(lesson.lesson, schedule, restraint, view.observer(), file)
    status = write_model(Outcome(trained, config, lesson.lesson.shape, args, _about(args, dataset)), console)
    if not trained.stopped:
        file.path.unlink(missing_ok=True)
    if args.json:
        steps = trained.history[-1].step if trained.history else 0
        figures: dict[str, object] = {
            "before": trained.before,
            "validation": trained.validation,
            "steps": steps,
            "end": trained.end,
        }
        figures["history"] = [[entry.step, entry.validation] for entry in trained.history]
        print(json.dumps({"bundle": str(args.output), **figures}))
    return 130 if trained.stopped else status


def _parent(args: argparse.Namespace, known: "Mapping[str, Code]") -> "Parent | None":
    from converter.warm_start import Asked, read_parent

    if args.parent is None:
        return None
    return read_parent(args.parent, Asked(args.config.name, args.layers, args.attention, args.drum_map), known)


def _say_what_is_learnt(lesson: "Plan", parent: "Parent | None", where: str, console: Console) -> None:
    for part, (pieces, steps) in (("learns from", lesson.learnt), ("judged by", lesson.judged)):
        console.print(f"{part} {pieces} pieces, {steps:,} steps to foretell", highlight=False)
    if lesson.judges_itself:
        console.print("warning: the data set has no validation part, so what is learnt judges itself.")
    sizes_of = " + ".join(map(str, lesson.lesson.shape.layer_sizes))
    console.print(f"LSTM {sizes_of}{f', from {parent.path}' if parent else ''}, on {where}", highlight=False)


def _about(args: argparse.Namespace, dataset: Dataset) -> tuple[str, str]:
    return args.licence or dataset.header.licence or NOT_STATED, args.credit or dataset.header.credit or NOT_STATED


def _fingerprint(args: argparse.Namespace, parent: "Parent | None", backend: str) -> str:
    """Of the data and of all that shapes the training: what it must be to go on from a checkpoint."""
    settings = {name: str(getattr(args, name)) for name in _SHAPING} | {"backend": backend}
    settings["data"] = hashlib.sha256(args.data.read_bytes()).hexdigest()
    settings["parent"] = parent.sha256 if parent else ""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _refuse_output(path: Path) -> None:
    """Before an hour of training rather than after it."""
    if path.suffix != ".mag":
        raise SettingError(f"{path} must end in .mag, as Magenta's bundles do.")
    if not path.parent.is_dir():
        raise SettingError(f"{path.parent} is not a folder; make it first, or name another place for {path.name}.")
    if not os.access(path.parent, os.W_OK):
        raise SettingError(f"{path.parent} cannot be written to; name another place for {path.name}.")


def _config(name: str) -> LessonConfig:
    if name in LESSON_CONFIGS:
        return LESSON_CONFIGS[name]
    close = difflib.get_close_matches(name, LESSON_CONFIGS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(LESSON_CONFIGS)}."
    raise argparse.ArgumentTypeError(f"{name!r} cannot be trained: {hint}")
