"""Pieces as piano rolls in a grid: one picture to look at, where listening takes minutes."""

from collections.abc import Sequence
from html import escape

from converter.vae_music import DRUM_CHANNEL, Part

CELL_WIDTH, CELL_HEIGHT, GAP, TITLE = 300, 130, 16, 18  # px
COLUMNS = 4
COLOURS = ("#0055aa", "#aa5500", "#333333")  # melody, bass, and drums the last


def rolls_svg(pieces: Sequence[tuple[str, Sequence[Part]]], quarters: float, columns: int = COLUMNS) -> str:
    """An SVG of named pieces, each `quarters` long, left to right and down; a note is darker the louder it is."""
    across = min(columns, max(1, len(pieces)))
    down = -(-len(pieces) // across)
    width, height = across * (CELL_WIDTH + GAP) + GAP, down * (CELL_HEIGHT + TITLE + GAP) + GAP
    cells = []
    for number, (name, parts) in enumerate(pieces):
        x = GAP + number % across * (CELL_WIDTH + GAP)
        y = GAP + number // across * (CELL_HEIGHT + TITLE + GAP)
        cells.append(f'<g transform="translate({x} {y})">{_cell(name, parts, quarters)}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(cells) + "\n</svg>\n"
    )


def _cell(name: str, parts: Sequence[Part], quarters: float) -> str:
    pitches = sorted({int(pitch) for part in parts for pitch in part.notes.pitches})
    drums_alone = all(part.channel == DRUM_CHANNEL for part in parts)
    # Drums have a row each; melodies keep their distances.
    rows = {pitch: row for row, pitch in enumerate(pitches)}
    if pitches and not drums_alone:
        rows = {pitch: pitch - pitches[0] for pitch in pitches}
    tall = CELL_HEIGHT / (max(rows.values(), default=0) + 1)
    bars = "".join(
        f'<path d="M{CELL_WIDTH * bar * 4 / quarters:.1f} {TITLE}v{CELL_HEIGHT}" stroke="#dddddd"/>'
        for bar in range(int(quarters // 4) + 1)
    )
    notes = "".join(_notes(part, rows, tall, quarters) for part in parts)
    return f'<text y="12">{escape(name)}</text>{bars}{notes}'


def _notes(part: Part, rows: dict[int, int], tall: float, quarters: float) -> str:
    colour = COLOURS[-1] if part.channel == DRUM_CHANNEL else COLOURS[min(part.channel, 1)]
    drawn, notes = [], part.notes
    for start, end, pitch, velocity in zip(notes.starts, notes.ends, notes.pitches, notes.velocities, strict=True):
        y = TITLE + CELL_HEIGHT - (rows[int(pitch)] + 1) * tall
        x, long = CELL_WIDTH * start / quarters, CELL_WIDTH * (end - start) / quarters
        drawn.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(1.5, long - 1):.1f}" height="{max(1.0, tall - 1):.1f}" '
            f'fill="{colour}" opacity="{0.25 + 0.75 * int(velocity) / 127:.2f}"/>'
        )
    return "".join(drawn)
