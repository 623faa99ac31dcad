"""A data set: music ready to learn from, in one file that says where each note came from.

The file is a ZIP archive (deflated, with fixed dates, so that the same music gives the same bytes) of five members:

    dataset.json     the header, `Header` below, UTF-8
    starts.npy       float64 [notes]: quarters from the beginning of the piece
    ends.npy         float64 [notes]
    pitches.npy      uint8 [notes]: MIDI pitch
    velocities.npy   uint8 [notes]: 1 to 127

The notes of the pieces follow one another in the header's order; each piece says how many are its own. Augmentation
is written down and not carried out: the trainer draws it anew in every pass, and the file keeps each note once.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from converter.atomic_file import write_atomically
from converter.errors import DataError
from converter.piece import Kind, Notes, Parts, Piece, Split

FORMAT = 1
HEADER = "dataset.json"
NOT_STATED = "not stated"  # what a person may leave unsaid of licence and credit
_MEMBERS = ("starts", "ends", "pitches", "velocities")
_TYPES = (np.float64, np.float64, np.uint8, np.uint8)
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # ZIP knows no year before


class Augmentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the trainer changes in the pieces it learns from, never in those it judges by.

    `transpose`: semitones, lowest and highest; `half_or_double`: the share of pieces heard at half or double tempo;
    `exchanged`: the share in which two drums change places.
    """

    transpose: tuple[int, int] = (0, 0)
    half_or_double: float = 0.0
    exchanged: float = 0.0


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file, or a part of one, that gave nothing, and why."""

    file: str
    reason: str


class PieceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One piece: how many of the notes are its own, and of a trio how many of those are each part's."""

    name: str
    file: str
    sha256: str
    split: Split
    quarters_per_bar: float
    notes: int
    parts: Parts = ()


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of dataset.json.

    `source` is the folder's name, `choice` the words of the command that chose the parts; `licence` and `credit` are
    what a person said of the music, and go into the models made of it.
    """

    format: int = FORMAT
    kind: Kind
    source: str
    choice: str
    licence: str
    credit: str
    seed: int
    augmentation: Augmentation
    pieces: tuple[PieceEntry, ...]
    left_out: tuple[LeftOut, ...]
    made_with: dict[str, str]


@dataclass(frozen=True)
class Dataset:
    """The header, and the notes of each of its pieces."""

    header: Header
    pieces: tuple[Piece, ...]

    def part(self, split: Split) -> list[Piece]:
        """The pieces of one split."""
        return [piece for piece in self.pieces if piece.split == split]


def write_dataset(path: Path, dataset: Dataset) -> None:
    """Put the data set at `path`, whole or not at all.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.

    """
    write_atomically(path, dataset_bytes(dataset))


def dataset_bytes(dataset: Dataset) -> bytes:
    """The file's content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        header = msgspec.json.format(msgspec.json.encode(dataset.header, order="sorted"), indent=1)
        archive.writestr(_member(HEADER), header)
        for name, kind in zip(_MEMBERS, _TYPES, strict=True):
            arrays = [getattr(piece.notes, name) for piece in dataset.pieces]
            content = io.BytesIO()
            np.save(content, np.concatenate([*arrays, np.zeros(0)]).astype(kind), allow_pickle=False)
            archive.writestr(_member(f"{name}.npy"), content.getvalue())
    return file.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def read_dataset(path: Path) -> Dataset:
    """The data set in the file at `path`.

    Raises:
        DataError: it cannot be read, is torn, is something else, or of another format.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            header = msgspec.json.decode(archive.read(HEADER), type=Header)
            arrays = [np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False) for name in _MEMBERS]
    except FileNotFoundError:
        raise DataError(f"{path} is not there.") from None
    # zipfile, zlib and numpy answer a torn file with any of these; msgspec's errors are ValueErrors.
    except (OSError, zipfile.BadZipFile, zlib.error, LookupError, ValueError, EOFError, RuntimeError) as error:
        raise DataError(
            f"{path} is no data set of Ghostnote's, or is torn ({error}): make it again with the command dataset."
        ) from error
    if header.format != FORMAT:
        raise DataError(f"{path} is a data set of format {header.format}; this program reads format {FORMAT}.")
    return Dataset(header, _pieces(path, header.pieces, arrays))


def _pieces(path: Path, entries: Sequence[PieceEntry], arrays: list[np.ndarray]) -> tuple[Piece, ...]:
    ends = np.cumsum([entry.notes for entry in entries], dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    if any(len(array) != total for array in arrays):
        raise DataError(f"{path} is torn: its header tells of {total} notes, its arrays of {len(arrays[0])}.")
    for entry in entries:
        if entry.parts and sum(count for _, count in entry.parts) != entry.notes:
            raise DataError(f"{path} is torn: the parts of {entry.name} do not have its {entry.notes} notes.")
    cut = [np.split(array, ends[:-1]) for array in arrays] if len(ends) else [[] for _ in arrays]
    return tuple(
        Piece(entry.name, entry.file, entry.quarters_per_bar, Notes(*notes), entry.split, entry.parts)
        for entry, *notes in zip(entries, *cut, strict=True)
    )
