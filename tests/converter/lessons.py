"""Small data sets to train on."""

from pathlib import Path

import numpy as np

from converter.dataset import Augmentation, Dataset, Header, PieceEntry, write_dataset
from converter.melody_part import notes_of_events
from converter.piece import Kind, Notes, Piece

ROCK = {36: (0, 8, 10), 38: (4, 12), 42: tuple(range(0, 16, 2))}  # sixteenths of the bar
TUNE = [60, -2, 62, -2, 64, -2, 65, -2, 67, -2, -2, -2, 64, -2, -1, -2]


def rock(bars: int) -> Notes:
    hits = sorted((bar * 16 + step, pitch) for bar in range(bars) for pitch, steps in ROCK.items() for step in steps)
    starts = np.array([step for step, _ in hits]) / 4
    return Notes(
        starts, starts + 0.25, np.array([pitch for _, pitch in hits], np.uint8), np.full(len(hits), 90, np.uint8)
    )


def write_lessons(path: Path, kind: Kind = "drums", augmentation: Augmentation = Augmentation()) -> Path:  # noqa: B008
    """Three pieces to learn and one to judge by."""
    made = [rock(bars) if kind == "drums" else notes_of_events(TUNE * bars) for bars in (2, 3, 4, 2)]
    pieces = tuple(
        Piece(f"{number}.mid", f"{number}.mid", 4.0, notes, "train" if number < 3 else "validation")
        for number, notes in enumerate(made)
    )
    entries = tuple(PieceEntry(piece.name, piece.file, "", piece.split, 4.0, len(piece.notes)) for piece in pieces)
    header = Header(
        kind=kind,
        source="lessons",
        choice="",
        licence="CC0",
        credit="nobody",
        seed=1,
        augmentation=augmentation,
        pieces=entries,
        left_out=(),
        made_with={},
    )
    write_dataset(path, Dataset(header, pieces))
    return path
