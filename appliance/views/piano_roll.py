"""Tones as a piano roll of signs: a row a pitch, the highest on top, a column a step."""

from collections.abc import Sequence

from appliance.notation.timeline import Grid
from appliance.notation.tone import Tone
from appliance.views.grid import REST, bars_in, row_of_bars, touch

HELD = "-"
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_OCTAVE = 12
_NAME_WIDTH = 4


def note_name(pitch: int) -> str:
    """The name of a MIDI pitch: 60 is C4."""
    return f"{_NAMES[pitch % _OCTAVE]}{pitch // _OCTAVE - 1}"


def piano_roll(tones: Sequence[Tone], steps: int, grid: Grid, width: int) -> str:
    """Lines of text; what is long is broken into systems of as many bars as fit the width, each with its own rows."""
    bar = grid.steps_per_bar
    columns = bars_in(width - _NAME_WIDTH - 1, grid) * bar
    systems = []
    for start in range(0, steps, columns):
        end = min(start + columns, steps)
        here = [tone for tone in tones if tone.start < end and tone.end > start]
        rows = {pitch: [REST] * (end - start) for pitch in sorted({tone.pitch for tone in here}, reverse=True)}
        for tone in sorted(here):
            for step in range(max(tone.start, start), min(tone.end, end)):
                rows[tone.pitch][step - start] = HELD
            if tone.start >= start:
                rows[tone.pitch][tone.start - start] = touch(tone.velocity)
        # A system in which nothing sounds is there all the same: its bars count.
        shown = {note_name(pitch): signs for pitch, signs in rows.items()} or {"": [REST] * (end - start)}
        systems.append("\n".join(f"{name:>{_NAME_WIDTH}} {row_of_bars(signs, grid)}" for name, signs in shown.items()))
    return "\n\n".join(systems)
