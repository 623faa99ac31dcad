"""What a pitched model answered to a file: for a person as piano rolls, for a program as JSON."""

import shutil

import msgspec

from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid
from appliance.notation.tone import Tone
from appliance.views.piano_roll import note_name, piano_roll

_WIDTH = 96  # columns, where the output is no terminal


class TuneReport(msgspec.Struct, frozen=True):
    """A call and its answer, in whole bars of a grid; both sound from their first bar line on.

    `strokes` are the answer's tones in seconds; `events` are what the network drew for them.
    """

    grid: Grid
    model: str
    seed: int
    call: tuple[Stroke, ...]
    call_bars: int
    call_start: float
    strokes: tuple[Stroke, ...]
    bars: int
    start: float
    log_likelihood: float
    events: int
    seconds: float


def tune_as_json(report: TuneReport) -> str:
    """One JSON object; instants in seconds from the start of the call's file, computing time in milliseconds."""
    return msgspec.json.encode(
        {
            "qpm": report.grid.qpm,
            "meter": str(report.grid.meter),
            "model": report.model,
            "call": {"bars": report.call_bars, "tones": [_tone(stroke) for stroke in report.call]},
            "answer": {
                "start_seconds": report.start,
                "bars": report.bars,
                "seed": report.seed,
                "log_likelihood": report.log_likelihood,
                "events": report.events,
                "tones": [_tone(stroke) for stroke in report.strokes],
            },
            "timing": {"answer_ms": report.seconds * 1e3},
        }
    ).decode()


def tune_as_text(report: TuneReport) -> str:
    """Two piano rolls and a few figures."""
    grid, width = report.grid, shutil.get_terminal_size((_WIDTH, 0)).columns
    bar = grid.steps_per_bar
    call = piano_roll(_on_grid(report.call, report.call_start, grid), report.call_bars * bar, grid, width)
    answer = piano_roll(_on_grid(report.strokes, report.start, grid), report.bars * bar, grid, width)
    each = report.log_likelihood / report.events if report.events else 0.0
    return "\n".join(
        [
            f"call    {_bars(report.call_bars)} of {grid.meter} at {grid.qpm:.4g} quarters a minute, "
            f"{len(report.call)} tones",
            call,
            "",
            f"answer  {_bars(report.bars)} from {report.start:.3f} s on, {len(report.strokes)} tones "
            f"by {report.model}, seed {report.seed}",
            answer if report.strokes else "(the model chose to rest)",
            "",
            f"log-likelihood {report.log_likelihood:.2f} nats ({each:.3f} an event); computed in "
            f"{report.seconds * 1e3:.1f} ms",
        ]
    )


def _on_grid(strokes: tuple[Stroke, ...], start: float, grid: Grid) -> list[Tone]:
    """For the picture alone: each tone from its nearest step on, for a step at least."""
    tones = []
    for stroke in strokes:
        first = max(0, round((stroke.time - start) / grid.step_seconds))
        last = max(first + 1, round((stroke.time + stroke.length - start) / grid.step_seconds))
        tones.append(Tone(first, last, stroke.pitch, stroke.velocity))
    return tones


def _bars(count: int) -> str:
    return f"{count} bar{'s' * (count != 1)}"


def _tone(stroke: Stroke) -> dict[str, object]:
    return {
        "seconds": stroke.time,
        "length": stroke.length,
        "pitch": stroke.pitch,
        "name": note_name(stroke.pitch),
        "velocity": stroke.velocity,
    }
