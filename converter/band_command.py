"""`ghostnote-converter train-on-my-band`: a folder of a band's MIDI becomes a model and a page of what it plays."""

import argparse
import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from converter import train_vae_command
from converter.arguments import count, minutes, outcome_arguments, positive
from converter.atomic_file import write_atomically
from converter.dataset import NOT_STATED, write_dataset
from converter.errors import ParityError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from converter.band_folder import Band
    from converter.train_vae_command import Learnt

STEPS, WARM_STEPS = 1200, 400  # batches to learn from, from nothing and from a parent
BATCH = {"trio": "16", "melody": "32", "drums": "32"}
FEWEST = 8  # windows; below, there is nothing to learn
MODELS = (Path(__file__).parents[1] / "models", Path(sys.prefix) / "share/ghostnote/models")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the band's MIDI files: drums, or whole songs")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="where model and page go")
    parser.add_argument(
        "--config", help="Magenta's configuration (default: a trio where most files are one, else drums)"
    )
    parser.add_argument("--from", dest="parent", metavar="SOURCE", help="what to go on from: a checkpoint, or nothing")
    parser.add_argument("--minutes", type=minutes, default=15.0, metavar="M", help="of training, at most: 15")
    parser.add_argument("--steps", type=positive, metavar="N", help=f"batches: {STEPS}, from a model {WARM_STEPS}")
    parser.add_argument("--samples", type=positive, default=6, metavar="N", help="pieces out of nothing: 6")
    parser.add_argument(
        "--temperature", type=minutes, default=0.5, metavar="T", help="of them; 0 is the likeliest: 0.5"
    )
    parser.add_argument("--seed", type=count, default=1, metavar="N", help="the same seed gives the same model")
    outcome_arguments(parser)
    parser.set_defaults(quantize="int8")


def run(args: argparse.Namespace) -> int:
    """Read, train, convert, play; 130 (as after Ctrl-C) when the training was cut short, and all is there all the same.

    Raises:
        DataError: the folder gives too little to learn from.
        SettingError: something does not fit, or cannot be written.

    """
    began, console = time.monotonic(), Console(stderr=True)
    _make(args.output, args.folder)
    with _bar(console, "reading") as passed:
        band = _read(args, passed)
    parent = _parent(args, band)
    console.print(
        f"{len(band.dataset.pieces)} pieces for a {band.config.name}, from {parent or 'nothing'}", highlight=False
    )
    training = _training(args, band, parent)
    _write(training.data, lambda: write_dataset(training.data, band.dataset))
    learnt = train_vae_command.learn(training, console, FEWEST)
    train_vae_command.write(training, learnt, console)
    page = args.output / "index.html"
    with _bar(console, "playing") as passed:
        figures = _play(args, band, learnt, (parent, began), page, passed)
    status = _convert(training, learnt, console)
    if args.json:
        print(json.dumps({"model": str(training.output), "page": str(page), **figures}))
    else:
        print(
            f"{page} shows and plays what {training.output.name} makes; the MIDI files are in {page.parent / 'samples'}"
        )
    return 130 if learnt.trained.stopped else status


def _read(args: argparse.Namespace, passed: "Callable[[str], None]") -> "Band":
    from converter.band_folder import read_band  # note-seq takes a second to import
    from converter.collection import About

    about = About("train-on-my-band", args.licence or NOT_STATED, args.credit or NOT_STATED)
    return read_band(args.folder, args.config, about, args.seed, passed)


def _parent(args: argparse.Namespace, band: "Band") -> Path | None:
    """What to go on from: what is named, else the shipped checkpoint of this configuration."""
    if args.parent:
        return None if args.parent == "nothing" else Path(args.parent)
    shipped = [index for folder in MODELS for index in sorted(folder.glob(f"{band.config.name}*.index"))]
    return shipped[0].with_suffix("") if shipped else None


def _training(args: argparse.Namespace, band: "Band", parent: Path | None) -> argparse.Namespace:
    """What train-vae is asked."""
    parser = argparse.ArgumentParser()
    train_vae_command.add_arguments(parser)
    kind = band.config.learnt_from
    words = [band.config.name, "--data", str(args.output / "band.notes"), "-o", str(args.output / _name(args.output))]
    words += ["--from", str(parent)] if parent else _layers(band)
    words += ["--steps", str(args.steps or (WARM_STEPS if parent else STEPS)), "--minutes", str(args.minutes)]
    words += ["--batch", BATCH[kind], "--seed", str(args.seed), "--quantize", args.quantize, "--no-convert"]
    words += ["--loss", "played"] if band.config.kind == "groove" else []
    words += ["--afresh"] if args.afresh else []
    return parser.parse_args(words)


def _convert(training: argparse.Namespace, learnt: "Learnt", console: Console) -> int:
    """The exit status; a model of so little music that eight bits change what it says is written in full."""
    config = learnt.lesson.shape.config
    try:
        return train_vae_command.to_tflite(training, learnt.dataset, config, console)
    except ParityError as error:
        if training.quantize == "none":
            raise
        console.print(f"{error} So it is done here.", highlight=False, soft_wrap=True)
    training.quantize = "none"
    return train_vae_command.to_tflite(training, learnt.dataset, config, console)


def _name(folder: Path) -> str:
    """The model's: the folder's, without what a model's name may not have."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", folder.resolve().name).strip("_-") or "band"


def _layers(band: "Band") -> list[str]:
    """Small ones, as many as the configuration has: some minutes on two cores teach them something."""
    config, words = band.config, ["--z", "64"]
    words += ["--encoder", ",".join(["128"] * (1 if config.encoder_segments > 1 else len(config.encoder)))]
    units = "128" if config.conductor else "192"
    words += ["--decoder", ",".join([units] * len(config.decoder_units))]
    return [*words, "--conductor", ",".join(["128"] * len(config.conductor))] if config.conductor else words


def _play(
    args: argparse.Namespace,
    band: "Band",
    learnt: "Learnt",
    where: tuple[Path | None, float],
    page: Path,
    passed: "Callable[[str], None]",
) -> dict[str, object]:
    """The samples, beside the page as MIDI files and in it; what there is to tell of it in figures."""
    from converter.band_page import Told, band_page
    from converter.band_samples import band_samples
    from converter.collection import readable
    from converter.keras_library import BACKEND
    from converter.listening import parts_bytes
    from converter.vae_plain_network import VaePlainNetwork
    from converter.vae_player import VaePlayer
    from converter.vae_sampling import sampler_of_weights

    (parent, began), lesson, trained = where, learnt.lesson, learnt.trained
    config, sizes = lesson.shape.config, lesson.shape.sizes
    network = VaePlainNetwork(config, sizes, trained.weights)
    player = VaePlayer(network, sampler_of_weights(config, trained.weights))
    samples = []
    for sample in band_samples(player, config, band.dataset, args.samples, args.temperature, args.seed):
        samples.append(sample)
        path = page.parent / "samples" / f"{sample.name}.mid"
        _write(path, lambda path=path, parts=sample.parts: write_atomically(path, parts_bytes(parts)))  # type: ignore[misc]
        passed(sample.name)
    told = Told(
        name=readable(args.output.resolve().name),
        windows=(len(lesson.learnt), len(lesson.judged)),
        parent=f"the shipped {parent.name}"
        if parent and parent.parent in MODELS
        else readable(str(parent or "nothing")),
        minutes=(time.monotonic() - began) / 60,
        megabytes=_megabytes(),
        backend=BACKEND,
    )
    _write(page, lambda: write_atomically(page, band_page(band, trained, samples, told).encode()))
    return {
        "before": trained.before, "validation": trained.validation, "judges_itself": band.judges_itself,
        "windows": told.windows, "minutes": round(told.minutes, 2), "megabytes": round(told.megabytes),
        "likeness": {sample.name: round(sample.likeness, 3) for sample in samples},
    }  # fmt: skip


def _megabytes() -> float:
    """The most memory that this process has had; macOS tells bytes, Linux kilobytes (getrusage(2))."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _make(folder: Path, songs: Path) -> None:
    if folder.resolve().is_relative_to(songs.resolve()):
        raise SettingError(f"{folder} lies in {songs}: the samples would be learnt the next time; name another place.")
    try:
        (folder / "samples").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"{folder} cannot be made a folder: {error.strerror}; name another place.") from error


def _write(path: Path, write: "Callable[[], None]") -> None:
    try:
        write()
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _bar(console: Console, what: str) -> "Iterator[Callable[[str], None]]":
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda name: bar.update(task, advance=1, description=name)
