"""What a data set holds and what it left out: tables for the terminal, a picture for the eye."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np
from rich.table import Table

from converter.collection import SPLITS
from converter.dataset import Dataset, LeftOut
from converter.drum_kit import DRUM_MAP_2019
from converter.piece import Piece

WIDTH, ROW, LEFT, BARS = 760, 20, 250, 400  # px: the picture, a row of it, the labels, the longest bar
DRUM_NAMES = ("kick", "snare", "closed hi-hat", "open hi-hat", "low tom", "mid tom", "high tom", "crash", "ride")
PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
Rows = list[tuple[str, int]]


def kept_table(dataset: Dataset) -> Table:
    """Files, pieces, bars and notes of each split."""
    table = Table("split", *("files", "pieces", "bars", "notes"))
    for split in SPLITS:
        pieces = dataset.part(split)
        if pieces:
            figures = (
                len({piece.file for piece in pieces}),
                len(pieces),
                round(sum(map(_bars, pieces))),
                _notes(pieces),
            )
            table.add_row(split, *(f"{figure:,}" for figure in figures))
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def reasons_table(left_out: Sequence[LeftOut]) -> Table:
    """Why files gave nothing, the commonest reason first, with one file of each for a look."""
    table = Table("files", "gave nothing because", "for example")
    table.columns[0].justify = "right"
    for reason, count in reasons(left_out):
        example = next(entry.file for entry in left_out if _reason(entry) == reason)
        table.add_row(f"{count:,}", reason, example)
    return table


def reasons(left_out: Sequence[LeftOut]) -> Rows:
    """Each reason and how many it struck."""
    return Counter(map(_reason, left_out)).most_common()


def _reason(entry: LeftOut) -> str:
    return "the same notes as another" if entry.reason.startswith("the same notes as ") else entry.reason


def _bars(piece: Piece) -> float:
    return float(piece.notes.ends.max(initial=0) / piece.quarters_per_bar)


def _notes(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.notes) for piece in pieces)


def report_svg(dataset: Dataset) -> str:
    """The picture: what was kept and left out, how long the pieces are, and which drums or notes they have."""
    header = dataset.header
    kept = Counter(f"kept: {piece.split}" for piece in dataset.pieces)
    blocks = [
        ("pieces kept, and what gave nothing", [*sorted(kept.items()), *reasons(header.left_out)]),
        ("bars in a piece", _lengths(dataset.pieces)),
        ("notes", _NOTES[header.kind](dataset.pieces)),
    ]
    lines, y = list[str](), 30
    for title, rows in blocks:
        lines.append(f'<text x="10" y="{y}" font-weight="bold">{escape(title)}</text>')
        lines += _bars_of(rows, y + 8)
        y += 40 + ROW * len(rows)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" '
            'font-size="12">',
            f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>',
            *lines,
            "</svg>",
            "",
        ]
    )


def _bars_of(rows: Rows, top: int) -> list[str]:
    highest = max((count for _, count in rows), default=1) or 1
    lines = []
    for number, (label, count) in enumerate(rows):
        y, width = top + ROW * number, BARS * count / highest
        lines.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(label[:40])}</text>')
        lines.append(f'<rect x="{LEFT}" y="{y + 2}" width="{width:.1f}" height="{ROW - 4}" fill="#0055aa"/>')
        lines.append(f'<text x="{LEFT + width + 6:.1f}" y="{y + 14}">{count:,}</text>')
    return lines


def _lengths(pieces: Sequence[Piece]) -> Rows:
    edges = (1, 2, 4, 8, 16, 32, 64, 128)
    found = np.digitize([_bars(piece) for piece in pieces], edges)
    names = ["under 1", *(f"{low} to {high}" for low, high in pairwise(edges)), "128 and more"]
    return [(name, int((found == number).sum())) for number, name in enumerate(names)]


def _drums(pieces: Sequence[Piece]) -> Rows:
    heard = Counter(int(pitch) for piece in pieces for pitch in piece.notes.pitches)
    rows = [
        (name, sum(heard[pitch] for pitch in pitches)) for name, pitches in zip(DRUM_NAMES, DRUM_MAP_2019, strict=True)
    ]
    known = {pitch for pitches in DRUM_MAP_2019 for pitch in pitches}
    return [*rows, ("no drum of drum_kit", sum(count for pitch, count in heard.items() if pitch not in known))]


def _pitch_classes(pieces: Sequence[Piece]) -> Rows:
    heard = Counter(int(pitch) % 12 for piece in pieces for pitch in piece.notes.pitches)
    return [(name, heard[number]) for number, name in enumerate(PITCH_NAMES)]


def _roles(pieces: Sequence[Piece]) -> Rows:
    found = Counter[str]()
    for piece in pieces:
        for role, count in piece.parts:
            found[role] += count
    return [(role, found[role]) for role in ("melody", "bass", "drums")]


_NOTES = {"drums": _drums, "melody": _pitch_classes, "trio": _roles}
