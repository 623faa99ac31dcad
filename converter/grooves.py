"""Grooves: drum MIDI files as the label sequences a drums_rnn model is trained and measured on."""

import csv
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.drum_kit import Encoding
from converter.errors import DataError

with warnings.catch_warnings():
    # note-seq reaches pydub, which warns where ffmpeg is absent; no sound file is read here.
    warnings.simplefilter("ignore")
    from note_seq import NoteSequence, midi_io, sequences_lib


class NoGroovesError(DataError):
    """The folder gives nothing to learn from; the message says why."""


class _LeftOut(Exception):
    """Why one file is left out, in words that can be counted."""


@dataclass(frozen=True)
class Groove:
    """One file: its path within the folder, and the label of each step [T] from time 0 to the last hit."""

    path: str
    labels: npt.NDArray[np.int32]


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


def read_grooves(
    directory: Path,
    split: str | None,
    encoding: Encoding,
    steps_per_quarter: int,
    report: Callable[[str], None] = _to_stderr,
) -> list[Groove]:
    """The grooves in a folder, sorted by path: drums (MIDI channel 10) in 4/4 with one tempo, to the nearest step.

    With a split, `info.csv` of the folder says which files belong to it (columns `midi_filename` and `split`, as in the
    Groove MIDI Dataset); with None, every .mid and .midi file below the folder is read. A file that cannot be read is
    reported in one line and left out.

    Raises:
        NoGroovesError: the folder is absent, has no info.csv for the split, or not one file serves.

    """
    grooves: list[Groove] = []
    left_out: Counter[str] = Counter()
    for path in groove_files(directory, split):
        name = path.relative_to(directory).as_posix()
        try:
            grooves.append(Groove(name, _labels(_sequence(path), encoding, steps_per_quarter)))
        except _LeftOut as reason:
            left_out[str(reason)] += 1
        except (midi_io.MIDIConversionError, OSError) as error:
            left_out["unreadable"] += 1
            report(f"{name} is left out, it cannot be read: {error or type(error).__name__}")
    if not grooves:
        raise NoGroovesError(_nothing(directory, split, left_out))
    return grooves


def groove_files(directory: Path, split: str | None) -> list[Path]:
    """The MIDI files of a folder, or those that its info.csv counts to a split, sorted.

    Raises:
        NoGroovesError: there is no folder, or no info.csv for the split.

    """
    if not directory.is_dir():
        raise NoGroovesError(f"{directory} is not a folder; name the folder that holds the MIDI files.")
    if split is None:
        return sorted(path for path in directory.rglob("*") if path.suffix.lower() in {".mid", ".midi"})
    return sorted(directory / name for name in _listed(directory / "info.csv", split))


def _listed(table: Path, split: str) -> Iterator[str]:
    """The `midi_filename` column of the rows of this split."""
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            yield from [row["midi_filename"] for row in csv.DictReader(lines) if row["split"] == split]
    except FileNotFoundError:
        raise NoGroovesError(f"{table} is needed to tell the {split} files, and it is not there.") from None
    except (KeyError, UnicodeDecodeError):
        raise NoGroovesError(f"{table} must be UTF-8 with the columns midi_filename and split.") from None


def _sequence(path: Path) -> NoteSequence:
    with warnings.catch_warnings():
        # pretty_midi warns of meta events on other tracks than the first, which many programs write.
        warnings.simplefilter("ignore")
        return midi_io.midi_file_to_note_sequence(str(path))


def _labels(sequence: NoteSequence, encoding: Encoding, steps_per_quarter: int) -> npt.NDArray[np.int32]:
    """The labels from step 0, which is time 0, to the step of the last hit.

    This start and end give the 34,205 predicted steps that Magenta's tools count on the Groove validation split.
    """
    if not any(note.is_drum for note in sequence.notes):
        raise _LeftOut("without drums on MIDI channel 10")
    hits = _hits(_quantized(sequence, steps_per_quarter).notes)
    return np.array([encoding.label(hits.get(step, ())) for step in range(max(hits) + 1)], np.int32)


def _quantized(sequence: NoteSequence, steps_per_quarter: int) -> NoteSequence:
    try:
        quantized = sequences_lib.quantize_note_sequence(sequence, steps_per_quarter)
    except sequences_lib.MultipleTempoError:
        raise _LeftOut("with more than one tempo") from None
    except (sequences_lib.MultipleTimeSignatureError, sequences_lib.BadTimeSignatureError):
        raise _LeftOut("not in 4/4 throughout") from None
    signature = quantized.time_signatures[0]
    if (signature.numerator, signature.denominator) != (4, 4):
        raise _LeftOut("not in 4/4 throughout")
    return quantized


def _hits(notes: Iterable[NoteSequence.Note]) -> dict[int, set[int]]:
    """The pitches struck in each step that has a drum note."""
    hits: dict[int, set[int]] = {}
    for note in notes:
        if note.is_drum:
            hits.setdefault(note.quantized_start_step, set()).add(note.pitch)
    return hits


def _nothing(directory: Path, split: str | None, left_out: Counter[str]) -> str:
    kind = "MIDI files" if split is None else f"files of the {split} split"
    if not left_out:
        return f"{directory} has no {kind}."
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(left_out.items()))
    return f"{directory} has {left_out.total()} {kind}, and none serves: {reasons}."
