"""A drum track as drummers write it: a row a drum, a column a step."""

from appliance.notation.drum_track import DrumTrack
from appliance.notation.drums import Drum, drum_of
from appliance.notation.timeline import Grid

_WIDTH = 96  # columns, where nobody says how many there are
REST = "·"
# Softer than mezzo-piano, up to forte, and accents.
_TOUCHES = ((50, "o"), (105, "x"), (128, "X"))
# Cymbals on top, kick at the bottom, as on a drum stave.
STAVE = tuple(sorted(Drum, reverse=True))


def touch(velocity: int) -> str:
    """The sign for a velocity: o soft, x normal, X an accent."""
    return next(sign for limit, sign in _TOUCHES if velocity < limit)


def bars_in(width: int, grid: Grid) -> int:
    """How many bars fit a line of so many columns, and at least one."""
    bar = grid.steps_per_bar
    return max(1, (width - 1) // (bar + (bar - 1) // grid.steps_per_beat + 1))


def drum_grid(track: DrumTrack, grid: Grid, width: int = _WIDTH) -> str:
    """Lines of text; a long track is broken into systems of as many bars as fit the width."""
    rows = _rows(track)
    name_width = max((len(name) for name in rows), default=0)
    bar = grid.steps_per_bar
    bars = bars_in(width - name_width - 1, grid)
    systems = [
        "\n".join(
            f"{name:>{name_width}} {row_of_bars(row[start : start + bars * bar], grid)}" for name, row in rows.items()
        )
        for start in range(0, track.length, bars * bar)
    ]
    return "\n\n".join(systems)


def _rows(track: DrumTrack) -> dict[str, list[str]]:
    """Signs by step for each drum that is played; keys that are no drum of ours come last, by number."""
    names: dict[str, list[str]] = {}
    played = {drum_of(note.pitch) for note in track.notes}
    strangers = sorted({note.pitch for note in track.notes if drum_of(note.pitch) is None})
    for name in [drum.label.replace("_", " ") for drum in STAVE if drum in played] + [
        f"key {key}" for key in strangers
    ]:
        names[name] = [REST] * track.length
    for note in sorted(track.notes, key=lambda note: note.velocity):
        drum = drum_of(note.pitch)
        name = f"key {note.pitch}" if drum is None else drum.label.replace("_", " ")
        names[name][note.step] = touch(note.velocity)
    return names


def row_of_bars(signs: list[str], grid: Grid) -> str:
    """Signs with a bar line around each bar and a gap between beats."""
    beat, bar = grid.steps_per_beat, grid.steps_per_bar
    bars = [signs[start : start + bar] for start in range(0, len(signs), bar)]
    return (
        "|" + "|".join(" ".join("".join(one[at : at + beat]) for at in range(0, len(one), beat)) for one in bars) + "|"
    )
