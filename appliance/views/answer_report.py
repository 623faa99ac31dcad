"""What became of one call: for a person as drum grids, for a program as JSON."""

import shutil
from collections import Counter
from typing import TypeVar

import msgspec

from appliance.happenings import AnswerEnded, CallEnded, Happening, HitHeard, StrokesDue
from appliance.notation.drums import drum_of
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid
from appliance.rehearsal import Rehearsal, Timed
from appliance.views.grid import drum_grid

Kind = TypeVar("Kind", bound=Happening)
_WIDTH = 96  # columns, where the output is no terminal


class AnswerReport:
    """Call, answer and strokes of a rehearsal in which one call was answered."""

    def __init__(self, rehearsal: Rehearsal, grid: Grid, seed: int, model: str) -> None:
        self.grid = grid
        self.seed = seed
        self.model = model
        timed_call, self.call = _only(rehearsal.happenings, CallEnded)
        timed_answer, self.answer = _only(rehearsal.happenings, AnswerEnded)
        self.hits = sum(isinstance(timed.happening, HitHeard) for timed in rehearsal.happenings)
        self.strokes: tuple[Stroke, ...] = tuple(
            sorted((struck.stroke for struck in rehearsal.struck), key=lambda stroke: (stroke.time, stroke.pitch))
        )
        self.left_out = tuple(rehearsal.left_out)
        self.first_stroke = _first_stroke(rehearsal.happenings, timed_call.began)
        self.answer_seconds = timed_answer.known - timed_call.began

    def bars(self, length: int) -> int:
        """How many bars so many steps are."""
        return length // self.grid.steps_per_bar


def as_json(report: AnswerReport) -> str:
    """One JSON object; instants in seconds from the start of the call's file, computing times in milliseconds."""
    answer = report.answer
    return msgspec.json.encode(
        {
            "qpm": report.grid.qpm,
            "meter": str(report.grid.meter),
            "model": report.model,
            "call": {"bars": report.bars(report.call.track.length), "hits": report.hits},
            "answer": {
                "start_seconds": answer.timeline.origin,
                "bars": report.bars(answer.track.length),
                "seed": report.seed,
                "log_likelihood": answer.log_likelihood,
                "fault": answer.fault or None,
                "strokes": [_stroke(stroke) for stroke in report.strokes],
                "left_out": [{**_stroke(left.stroke), "reason": left.reason} for left in report.left_out],
            },
            "timing": {
                "first_stroke_ms": None if report.first_stroke is None else report.first_stroke * 1e3,
                "answer_ms": report.answer_seconds * 1e3,
            },
        }
    ).decode()


def as_text(report: AnswerReport) -> str:
    """Two drum grids and a few lines of figures."""
    grid, call, answer = report.grid, report.call, report.answer
    width = shutil.get_terminal_size((_WIDTH, 0)).columns
    steps = answer.track.length
    lines = [
        f"call    {_bars(report.bars(call.track.length))} of {grid.meter} at {grid.qpm:.4g} quarters a minute, "
        f"{report.hits} hits",
        drum_grid(call.track, grid, width),
        "",
        f"answer  {_bars(report.bars(steps))} from {answer.timeline.origin:.3f} s on, {len(report.strokes)} strokes "
        f"by {report.model}, seed {report.seed}",
        drum_grid(answer.track, grid, width) or "(the model chose to rest)",
        "",
        f"log-likelihood {answer.log_likelihood:.2f} nats ({answer.log_likelihood / steps:.3f} a step); computed in "
        f"{report.answer_seconds * 1e3:.1f} ms{_until_first(report)}",
    ]
    if report.left_out:
        reasons = Counter(left.reason.value for left in report.left_out)
        lines.append("left out: " + ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())))
    if answer.fault:
        lines.append(f"the answer echoes the call, because {answer.fault}")
    return "\n".join(lines)


def _bars(count: int) -> str:
    return f"{count} bar{'s' * (count != 1)}"


def _until_first(report: AnswerReport) -> str:
    return (
        "" if report.first_stroke is None else f", the first stroke {report.first_stroke * 1e3:.2f} ms after the call"
    )


def _stroke(stroke: Stroke) -> dict[str, object]:
    drum = drum_of(stroke.pitch)
    return {
        "seconds": stroke.time,
        "drum": drum.label if drum is not None else None,
        "pitch": stroke.pitch,
        "velocity": stroke.velocity,
    }


def _only(happenings: list[Timed], kind: type[Kind]) -> tuple[Timed, Kind]:
    return next((timed, timed.happening) for timed in happenings if isinstance(timed.happening, kind))


def _first_stroke(happenings: list[Timed], since: float) -> float | None:
    """Seconds of computing until the first stroke was ready, or None for an answer without strokes."""
    for timed in happenings:
        if isinstance(timed.happening, StrokesDue) and timed.happening.step.strokes:
            return timed.known - since
    return None
