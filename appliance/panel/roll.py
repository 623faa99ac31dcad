"""What scrolls by on the page: each hit, stroke and beat with its instant, and what became of it."""

from collections import deque
from collections.abc import Iterable
from typing import Any

from appliance.controls.learning import Bound, Refused
from appliance.happenings import (
    AnswerBegan,
    AnswerMoved,
    AnswerOver,
    CallEnded,
    HitHeard,
    Kept,
    Silence,
    StrokesDue,
    StrokesOff,
    ThruDue,
    TurnRefused,
)
from appliance.notation.drums import drum_of
from appliance.notation.timeline import Timeline
from appliance.strike.outcome import LeftOut, Struck
from appliance.tempo.pulse import BeatFell

Mark = dict[str, Any]

# What a page that comes now is still shown, in seconds.
_SHOWN = 16.0
# Marks that are kept for it: a busy box makes some 100 in a second.
_MOST = 4096


def marks(duet: str, event: object, answer: int | None = None) -> list[Mark]:
    """An event in the page's words; empty for one that leaves no mark. `answer`: the one that the duet is giving."""
    match event:
        case HitHeard(hit):
            return [_mark("hit", hit.time, hit.pitch, hit.velocity, duet=duet)]
        case StrokesDue(step, muted):
            return [
                _mark(
                    "stroke", one.time, one.pitch, one.velocity, duet=duet, answer=answer, step=step.step, muted=muted
                )
                for one in step.strokes
            ]
        case StrokesOff(time, muted):
            return [{"e": "off", "duet": duet, "from": time, "muted": muted}]
        case ThruDue(hit):
            return [_mark("thru", hit.time, hit.pitch, hit.velocity, duet=duet)]
        case Struck(stroke, lateness):
            return [_mark("struck", stroke.time, stroke.pitch, stroke.velocity, lateness=lateness)]
        case LeftOut(stroke, reason):
            return [_mark("left_out", stroke.time, stroke.pitch, stroke.velocity, reason=reason.value)]
        case BeatFell(time, bar, beat, clicks):
            return [{"e": "beat", "time": time, "bar": bar, "beat": beat, "clicks": clicks}]
        case Silence(time):
            return [{"e": "silence", "time": time}]
    return _words(duet, event)


def _words(duet: str, event: object) -> list[Mark]:
    match event:
        case CallEnded(track, timeline, _):
            return [{"e": "call", "duet": duet, **placed(timeline, track.length)}]
        case AnswerBegan(answer, _, length, timeline):
            return [{"e": "answer", "duet": duet, "answer": answer, **placed(timeline, length)}]
        case AnswerMoved(timeline):
            return [{"e": "moved", "duet": duet, **placed(timeline, None)}]
        case AnswerOver(time):
            return [{"e": "over", "duet": duet, "time": time}]
        case Kept(_, answer):
            return [{"e": "kept", "duet": duet, "answer": answer}]
        case Bound(_, binding):
            return [{"e": "bound", "control": binding.control.value, "by": binding.by, "port": binding.port}]
        case TurnRefused(_, _, _, reason) | Refused(_, reason):
            return [said("refused", reason)]
    return []


def said(kind: str, text: str, do: str = "") -> Mark:
    """A sentence for the person at the page: `refused`, `fault` or `news`."""
    return {"e": "said", "kind": kind, "text": text, "do": do}


def placed(timeline: Timeline, steps: int | None) -> dict[str, Any]:
    """Where a call or an answer lies in time."""
    grid = timeline.grid
    return {
        "origin": timeline.origin,
        "steps": steps,
        "step_seconds": grid.step_seconds,
        "steps_per_bar": grid.steps_per_bar,
        "steps_per_beat": grid.steps_per_beat,
    }


class Roll:
    """The marks of the last seconds and of what is to come, for a page that is opened now."""

    def __init__(self) -> None:
        self._marks: deque[Mark] = deque(maxlen=_MOST)

    def add(self, marks: Iterable[Mark]) -> None:
        """Keep them; what is taken back is kept no more."""
        for mark in marks:
            match mark["e"]:
                case "off":
                    self._take_back(mark)
                case "silence":
                    self._keep(lambda one, time=mark["time"]: not (one["e"] == "stroke" and one["time"] > time))
                case "hit" | "stroke" | "thru" | "struck" | "left_out" | "beat":
                    self._marks.append(mark)

    def recent(self, now: float) -> list[Mark]:
        """All that a page that comes now is to show."""
        self._keep(lambda one: one["time"] > now - _SHOWN)
        return list(self._marks)

    def _take_back(self, off: Mark) -> None:
        def gone(one: Mark) -> bool:
            return bool(one["e"] == "stroke" and one["duet"] == off["duet"] and one["time"] >= off["from"])

        if off["muted"]:
            self._marks = deque(({**one, "muted": True} if gone(one) else one for one in self._marks), _MOST)
        else:
            self._keep(lambda one: not gone(one))

    def _keep(self, wanted: Any) -> None:
        self._marks = deque(filter(wanted, self._marks), _MOST)


def _mark(name: str, time: float, key: int, velocity: int, **more: object) -> Mark:
    drum = drum_of(key)
    label = "" if drum is None else drum.label
    return {"e": name, "time": time, "key": key, "drum": label, "velocity": velocity, **more}
