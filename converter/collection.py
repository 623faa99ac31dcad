"""From a folder of music to a data set: every file gives pieces, or a reason why it gives none."""

import csv
import hashlib
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from converter.dataset import NOT_STATED, Augmentation, Dataset, Header, LeftOut, PieceEntry
from converter.drum_part import drum_parts
from converter.errors import DataError
from converter.made_with import made_with
from converter.melody_part import MelodyRules, melody_parts
from converter.music_file import DRUM_CHANNEL, READERS, Choice, LeftOutError, read_music
from converter.note_seq_library import NoteSequence
from converter.piece import Kind, Notes, Parts, Piece, Split
from converter.quarters import metre_of
from converter.trio_part import trio_parts

_Found = tuple[Notes, Parts]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Shares:
    """Which share of the files judges the training, and which is kept for a last test; drawn with the seed."""

    validation: float = 0.1
    test: float = 0.0
    seed: int = 1


@dataclass(frozen=True)
class Wanted:
    """What to take from each file.

    `any_channel`: every note is a drum (drums alone). `window_bars`: longer pieces are cut, 0 leaves them whole.
    """

    kind: Kind
    choice: Choice = field(default_factory=Choice)
    any_channel: bool = False
    melody: MelodyRules = field(default_factory=MelodyRules)
    window_bars: int = 0
    duplicates: bool = False


@dataclass(frozen=True)
class About:
    """What a person says of the music, for the header."""

    choice: str = ""
    licence: str = NOT_STATED
    credit: str = NOT_STATED


def collect(
    folder: Path,
    wanted: Wanted,
    shares: Shares,
    augmentation: Augmentation,
    about: About,
    passed: Callable[[str], None] = lambda _: None,
) -> Dataset:
    """All the music below the folder, in the order of the paths; `passed` is told each file that is done.

    A folder with an info.csv (columns midi_filename and split, as the Groove MIDI Dataset has) is parted as it says,
    another by chance; all pieces of a file are of one split. Of pieces with the same notes the first is kept.

    Raises:
        DataError: the folder is absent, or holds no music file at all.

    """
    files = music_files(folder)
    pieces: list[Piece] = []
    left_out: list[LeftOut] = []
    sums: dict[str, str] = {}
    for path in files:
        name = readable(path.relative_to(folder).as_posix())
        try:
            found = _pieces(path, name, wanted)
            sums[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            pieces += found
        except LeftOutError as reason:
            left_out.append(LeftOut(name, str(reason)))
        passed(name)
    if not wanted.duplicates:
        pieces, doubles = _without_duplicates(pieces, wanted.kind)
        left_out += doubles
    parted = _parted(pieces, folder, shares)
    used = {piece.file for piece in parted}
    unused = sorted({piece.file for piece in pieces} - used)
    left_out += [LeftOut(file, "in no split of info.csv, which lies in the folder") for file in unused]
    pieces = [window for piece in parted for window in _windows(piece, wanted.window_bars)]
    header = Header(
        kind=wanted.kind,
        source=readable(folder.resolve().name),
        choice=about.choice,
        licence=about.licence,
        credit=about.credit,
        seed=shares.seed,
        augmentation=augmentation,
        pieces=tuple(_entry(piece, sums[piece.file]) for piece in pieces),
        left_out=tuple(left_out),
        made_with=made_with(),
    )
    return Dataset(header, tuple(pieces))


def readable(name: str) -> str:
    """A file's name as text: what in it is no UTF-8, as of old disks, becomes a sign for that."""
    return os.fsencode(name).decode("utf-8", "replace")


def music_files(folder: Path) -> list[Path]:
    """The files below the folder that could hold music, sorted.

    Raises:
        DataError: there is no folder, or no such file in it.

    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; name the folder that holds the music.")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READERS and path.is_file())
    if not files:
        raise DataError(f"{folder} has no music files: none ends in {', '.join(READERS)}.")
    return files


def _pieces(path: Path, name: str, wanted: Wanted) -> list[Piece]:
    """The pieces of a file, all in the training split for the time being."""
    found: list[tuple[float, _Found]] = []
    reason = LeftOutError("without a note")
    # A file on channel 10 alone is asked of the drums themselves, which say what is missing.
    choice = replace(wanted.choice, channel="any") if wanted.choice.channel == DRUM_CHANNEL else wanted.choice
    for sequence in read_music(path, choice):
        try:
            found += [(_quarters_per_bar(sequence), part) for part in _parts(sequence, wanted)]
        except LeftOutError as error:
            reason = error
    if not found:
        raise reason
    names = [name if number == 0 else f"{name}#{number + 1}" for number in range(len(found))]
    return [
        Piece(label, name, length, notes, parts=parts)
        for label, (length, (notes, parts)) in zip(names, found, strict=True)
    ]


def _parts(sequence: NoteSequence, wanted: Wanted) -> "list[_Found]":
    """The notes of each piece, and of a trio whose they are."""
    if wanted.kind == "trio":
        return [trio_parts(sequence)]
    if wanted.kind == "melody":
        return [(notes, ()) for notes in melody_parts(sequence, wanted.melody)]
    return [(notes, ()) for notes in drum_parts(sequence, any_channel=wanted.any_channel)]


def _quarters_per_bar(sequence: NoteSequence) -> float:
    numerator, denominator = metre_of(sequence)
    return 4 * numerator / denominator


def _without_duplicates(pieces: Iterable[Piece], kind: Kind) -> tuple[list[Piece], list[LeftOut]]:
    """The pieces whose notes no earlier one has, to the nearest sixteenth; a melody in another key is the same."""
    first: dict[bytes, str] = {}
    kept: list[Piece] = []
    doubles: list[LeftOut] = []
    for piece in pieces:
        mark = _fingerprint(piece.notes, kind)
        if mark in first:
            doubles.append(LeftOut(piece.name, f"the same notes as {first[mark]}"))
        else:
            first[mark] = piece.name
            kept.append(piece)
    return kept, doubles


def _fingerprint(notes: Notes, kind: Kind) -> bytes:
    base = int(notes.pitches[0]) if kind == "melody" and len(notes) else 0
    table = np.stack([notes.steps(4), notes.pitches.astype(np.int64) - base], axis=1)
    return np.unique(table, axis=0).tobytes()


def _windows(piece: Piece, bars: int) -> list[Piece]:
    return piece.windows(bars) if bars else [piece]


def _parted(pieces: Sequence[Piece], folder: Path, shares: Shares) -> list[Piece]:
    files = sorted({piece.file for piece in pieces})
    listed = _listed(folder / "info.csv") or {}
    # A table that names none of them is about something else.
    split = listed if any(file in listed for file in files) else _drawn(files, shares)
    return [replace(piece, split=split[piece.file]) for piece in pieces if piece.file in split]


def _drawn(files: Sequence[str], shares: Shares) -> dict[str, Split]:
    """At least one file judges where there are two; a lone one is learnt, and judges itself when there is no other."""
    shuffled = random.Random(shares.seed).sample(files, len(files))
    judging = max(1, round(len(files) * shares.validation)) if shares.validation and len(files) > 1 else 0
    testing = round(len(files) * shares.test)
    if judging + testing >= len(files) > 0:
        testing = max(0, len(files) - 1 - judging)
    return {
        file: "validation" if number < judging else "test" if number < judging + testing else "train"
        for number, file in enumerate(shuffled)
    }


def _listed(table: Path) -> dict[str, Split] | None:
    """File to split, where a table tells; files it does not list, or in no split of ours, are not used."""
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            rows = [(row["midi_filename"], row["split"]) for row in csv.DictReader(lines)]
    # Many a folder has a table of that name which is about something else.
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        return None
    named: dict[str, Split] = {split: split for split in SPLITS}
    return {name: named[split] for name, split in rows if split in named}


def _entry(piece: Piece, sha256: str) -> PieceEntry:
    return PieceEntry(
        piece.name, piece.file, sha256, piece.split, piece.quarters_per_bar, len(piece.notes), piece.parts
    )
