"""`ghostnote-converter train`: from a folder of drum MIDI files to a Magenta bundle."""

import argparse
import os
import random
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from converter.atomic_file import write_atomically
from converter.bundle import Bundle, write_bundle
from converter.drums_config import DRUMS_CONFIGS, DrumsConfig
from converter.errors import SettingError
from converter.grooves import Groove, read_grooves
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.lanes import Labels
from converter.loss_curve import loss_curve_svg
from converter.network import Dropout, NetworkShape
from converter.train import Observer, Progress, Restraint, Schedule, Trained, train

CONFIGS = {config.name: config for config in DRUMS_CONFIGS}
TIMES_OF_VALIDATION = 10  # without a table of splits, one groove in so many is kept back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="drum MIDI files; a Groove info.csv is heeded")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="NAME.mag", help="the bundle to write")
    parser.add_argument("--config", choices=sorted(CONFIGS), default="drum_kit", help="Magenta's name of the encoding")
    parser.add_argument("--layers", type=_sizes, default=(256, 256), metavar="N,N", help="units of each LSTM layer")
    parser.add_argument(
        "--attention", type=_count, default=0, metavar="N", help="outputs layer 0 attends to, 0 for none"
    )
    parser.add_argument("--steps", type=_positive, default=3000, metavar="N", help="windows to learn from")
    parser.add_argument("--seed", type=_count, default=1, metavar="N", help="the same seed gives the same weights")
    parser.add_argument("--rate", type=_share, default=0.002, metavar="R", help="highest learning rate")
    parser.add_argument("--lanes", type=_positive, default=32, metavar="N", help="pieces learnt side by side")
    parser.add_argument("--window", type=_positive, default=64, metavar="N", help="steps learnt at a time")
    parser.add_argument("--longest", type=_positive, default=512, metavar="N", help="steps of the longest piece")
    parser.add_argument("--dropout", type=_share, default=0.25, metavar="P", help="share of units left out")
    parser.add_argument("--event-dropout", type=_share, default=0.1, metavar="P", help="share of events left out")
    parser.add_argument("--weight-decay", type=_share, default=0.01, metavar="D", help="pull of the kernels to zero")
    parser.add_argument(
        "--exchanged", type=_share, default=0.25, metavar="P", help="share of pieces with drums exchanged"
    )
    parser.add_argument("--description", default="", help="a sentence to put in the bundle")
    parser.add_argument("--curve", type=Path, metavar="FILE.svg", help="draw the loss curve")


def run(args: argparse.Namespace) -> int:
    """Train and write the bundle; 0 when it is written, 130 (as after Ctrl-C) when it is but was cut short.

    Raises:
        DataError: the folder gives nothing to learn from.
        SettingError: the bundle cannot be written where it was asked for.

    """
    _refuse_output(args.output)
    _refuse_folder(args.curve)
    config, console = CONFIGS[args.config], Console(stderr=True)
    grooves = _grooves(args.folder, config, args.seed, console)
    shape = NetworkShape(config.encoding, args.layers, args.attention)
    trained = _train(grooves, shape, args, console)
    write_bundle(args.output, _bundle(trained, config, args, shape))
    if args.curve and trained.history:
        write_atomically(args.curve, loss_curve_svg(trained.history).encode())
    console.print(
        f"{args.output}: {'x'.join(map(str, args.layers))}, validation {trained.validation:.4f} nats a step, "
        f"{args.output.stat().st_size} bytes{', stopped early' if trained.stopped else ''}."
    )
    return 130 if trained.stopped else 0


def _refuse_output(path: Path) -> None:
    """Before an hour of training rather than after it."""
    if path.suffix != ".mag":
        raise SettingError(f"{path} must end in .mag, as Magenta's bundles do.")
    _refuse_folder(path)


def _refuse_folder(path: Path | None) -> None:
    if path is None:
        return
    if not path.parent.is_dir():
        raise SettingError(f"{path.parent} is not a folder; make it first, or name another place for {path.name}.")
    if not os.access(path.parent, os.W_OK):
        raise SettingError(f"{path.parent} cannot be written to; name another place for {path.name}.")


def _grooves(folder: Path, config: DrumsConfig, seed: int, console: Console) -> tuple[list[Labels], list[Labels]]:
    """Training and validation labels, as the folder's info.csv parts them, else drawn."""

    def read(split: str | None) -> list[Groove]:
        return read_grooves(folder, split, config.encoding, config.steps_per_quarter, console.print)

    if (folder / "info.csv").is_file():
        learnt, judged = read("train"), read("validation")
    else:
        learnt, judged = part(read(None), seed)
    for name, grooves in (("Training", learnt), ("validation", judged)):
        steps = sum(len(groove.labels) - 1 for groove in grooves)
        console.print(f"{name}: {len(grooves)} grooves, {steps} steps to foretell.", highlight=False)
    return [groove.labels for groove in learnt], [groove.labels for groove in judged]


def part(grooves: Sequence[Groove], seed: int) -> tuple[list[Groove], list[Groove]]:
    """Nine tenths to learn and a tenth, at least one groove, to judge by; a single groove serves for both."""
    if len(grooves) == 1:
        return list(grooves), list(grooves)
    drawn = random.Random(seed).sample(grooves, len(grooves))
    kept_back = max(1, len(grooves) // TIMES_OF_VALIDATION)
    return drawn[kept_back:], drawn[:kept_back]


def _train(
    grooves: tuple[list[Labels], list[Labels]], shape: NetworkShape, args: argparse.Namespace, console: Console
) -> Trained:
    schedule = Schedule(args.steps, args.rate, args.lanes, args.window, args.longest)
    restraint = Restraint(Dropout(args.event_dropout, args.dropout), args.weight_decay, args.exchanged)
    columns = (
        TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.3f}  validation {task.fields[validation]}  best {task.fields[best]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=args.steps, loss=float("nan"), validation="-", best="-")
        return train(grooves, shape, schedule, restraint, args.seed, _observer(bar, task, console))


def _observer(bar: Bar, task: TaskID, console: Console) -> Observer:
    """Shows on the bar; where the output is no terminal, a line for each validation instead."""

    def stepped(step: int, loss: float) -> None:
        bar.update(task, completed=step, loss=loss)

    def validated(now: Progress) -> None:
        bar.update(task, validation=f"{now.validation:.4f}", best=f"{now.best:.4f}")
        if not console.is_terminal:
            line = f"step {now.step}: loss {now.training:.4f}, validation {now.validation:.4f}, best {now.best:.4f}"
            console.print(line, highlight=False)

    return Observer(stepped, validated)


def _bundle(trained: Trained, config: DrumsConfig, args: argparse.Namespace, shape: NetworkShape) -> Bundle:
    return Bundle(
        generator_id=config.name,
        description=args.description or f"drums_rnn, {config.name}, trained by Ghostnote",
        checkpoint=v1_checkpoint_bytes(trained.variables),
        metagraph=metagraph_bytes(trained.variables, shape.attention_length, config.encoding.input_size),
    )


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(_positive(size) for size in text.split(","))


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _positive(text: str) -> int:
    if not _count(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to below 1")
    return number
