"""`ghostnote-converter dataset`: a folder of music becomes one file to train on, and a report says what was kept."""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from converter.arguments import count, positive, share, whole_share
from converter.atomic_file import write_atomically
from converter.dataset import NOT_STATED, Augmentation, Dataset, write_dataset
from converter.errors import DataError, SettingError

SELECTING = ("kind", "drums_channel", "channel", "name", "program", "parts", "chords", "shortest", "window")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="MIDI, MusicXML and ABC files, in folders too")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.notes", help="the data set to write")
    parser.add_argument(
        "--kind",
        choices=("drums", "melody", "trio"),
        default="drums",
        help="what to take from the files; a trio is melody, bass and drums that play together",
    )
    parser.add_argument("--drums-channel", type=_channel, default=10, metavar="N|any", help="where the drums are: 10")
    parser.add_argument("--channel", type=_channel, default="any", metavar="N|any", help="where the melodies are: any")
    parser.add_argument("--name", type=_pattern, metavar="PATTERN", help="only tracks with such a name, as 'lead|solo'")
    parser.add_argument("--program", type=_program, metavar="N", help="only this General MIDI program, 1 to 128")
    parser.add_argument("--parts", choices=("each", "highest"), default="each", help="which parts may hold melodies")
    parser.add_argument(
        "--chords", choices=("refuse", "highest"), default="refuse", help="parts with several notes at once"
    )
    parser.add_argument("--shortest", type=positive, default=4, metavar="BARS", help="of a melody: 4")
    parser.add_argument(
        "--window", type=count, default=0, metavar="BARS", help="cut longer pieces; 0 leaves them whole"
    )
    parser.add_argument("--keep-duplicates", action="store_true", help="keep pieces with the same notes as another")
    parser.add_argument("--validation", type=share, default=0.1, metavar="P", help="share of files that judge: 0.1")
    parser.add_argument("--test", type=share, default=0.0, metavar="P", help="share of files kept for a last test: 0")
    parser.add_argument("--seed", type=count, default=1, metavar="N", help="the same seed parts the files alike")
    parser.add_argument(
        "--transpose", type=_semitones, default=0, metavar="N", help="semitones down and up, not for drums"
    )
    parser.add_argument(
        "--half-or-double", type=whole_share, default=0.0, metavar="P", help="share heard so, for drums"
    )
    parser.add_argument(
        "--exchanged", type=whole_share, default=0.0, metavar="P", help="share with two drums exchanged"
    )
    parser.add_argument("--licence", default=NOT_STATED, help="the licence of the music")
    parser.add_argument("--credit", default=NOT_STATED, help="whom the music is owed to")
    parser.add_argument(
        "--picture", type=Path, metavar="FILE.svg", help="draw the report (default: beside the data set)"
    )
    parser.add_argument("--json", action="store_true", help="the report as one JSON object on standard output")


def run(args: argparse.Namespace) -> int:
    """Collect, report and write; 0 when the data set is written.

    Raises:
        DataError: not one file gave a piece; the table of reasons is printed first.
        SettingError: the data set cannot be written where it was asked for.

    """
    from converter.collection import About, Shares, Wanted, collect, music_files  # note-seq takes a second to import
    from converter.dataset_report import kept_table, reasons_table, report_svg
    from converter.melody_part import MelodyRules
    from converter.music_file import Choice

    _refuse(args)
    drums = args.kind == "drums"
    channel = args.drums_channel if drums else args.channel
    wanted = Wanted(
        kind=args.kind,
        choice=Choice(channel, args.name, args.program),
        any_channel=drums and channel != 10,
        melody=MelodyRules(args.parts, args.chords, args.shortest),
        window_bars=args.window,
        duplicates=args.keep_duplicates,
    )
    console = Console(stderr=True)
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=len(music_files(args.folder)))
        dataset = collect(
            args.folder,
            wanted,
            Shares(args.validation, args.test, args.seed),
            Augmentation((-args.transpose, args.transpose), args.half_or_double, args.exchanged),
            About(_choice(args), args.licence, args.credit),
            lambda _: bar.advance(task),
        )
    left_out = dataset.header.left_out
    if left_out:
        console.print(reasons_table(left_out))
        for entry in left_out:
            if entry.reason.startswith("unreadable"):
                console.print(f"{entry.file} is {entry.reason}", highlight=False, soft_wrap=True)
    if not dataset.pieces:
        raise DataError(f"{args.folder} gives nothing to learn from; the table says why. Nothing is written.")
    console.print(kept_table(dataset))
    try:
        write_dataset(args.output, dataset)
        picture = args.picture or args.output.with_suffix(".svg")
        write_atomically(picture, report_svg(dataset).encode())
    except OSError as error:
        raise SettingError(f"{args.output} or its picture cannot be written: {error.strerror}.") from error
    if args.json:
        print(json.dumps(_report(dataset, args.output)))
    else:
        print(
            f"{args.output}: {len(dataset.pieces)} pieces, {args.output.stat().st_size:,} bytes; {picture} shows them"
        )
    return 0


def _report(dataset: Dataset, output: Path) -> dict[str, object]:
    from converter.dataset_report import reasons

    return {
        "file": str(output),
        "pieces": dict(Counter(piece.split for piece in dataset.pieces)),
        "notes": sum(len(piece.notes) for piece in dataset.pieces),
        "reasons": dict(reasons(dataset.header.left_out)),
        "left_out": {entry.file: entry.reason for entry in dataset.header.left_out},
    }


def _refuse(args: argparse.Namespace) -> None:
    if not args.output.parent.is_dir():
        raise SettingError(f"{args.output.parent} is not a folder; make it first, or name another place.")
    if args.kind == "drums" and args.transpose:
        raise SettingError("--transpose changes which drum is struck: it is for --kind melody or trio.")
    if args.kind != "drums" and (args.exchanged or args.half_or_double):
        raise SettingError("--exchanged and --half-or-double are for --kind drums.")
    if args.kind == "trio" and args.window:
        raise SettingError("--window cuts what its network then cuts anyway: leave it out of a trio.")
    if args.kind == "trio" and (args.name or args.program or args.channel != "any"):
        raise SettingError("--name, --program and --channel choose one part; a trio needs three.")
    if args.validation + args.test >= 1:
        raise SettingError(f"--validation {args.validation} and --test {args.test} leave nothing to learn from.")


def _choice(args: argparse.Namespace) -> str:
    """The settings that chose, as they would be typed."""
    values = {name: getattr(args, name) for name in SELECTING}
    pattern = values["name"].pattern if values["name"] else None
    shown = values | {"name": pattern}
    return " ".join(f"--{name.replace('_', '-')} {value}" for name, value in shown.items() if value not in {None, 0})


def _channel(text: str) -> int | str:
    if text == "any":
        return text
    if not text.isdecimal() or not 1 <= int(text) <= 16:
        raise argparse.ArgumentTypeError(f"{text!r} is no MIDI channel: 1 to 16, or any")
    return int(text)


def _program(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 128:
        raise argparse.ArgumentTypeError(f"{text!r} is no General MIDI program: 1 to 128")
    return int(text)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no pattern: {error}") from error


def _semitones(text: str) -> int:
    if count(text) > 24:
        raise argparse.ArgumentTypeError(f"{text!r} is more than two octaves")
    return int(text)
