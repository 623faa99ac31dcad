"""The calls and answers of an evening, each as a track of whole bars: what a journal is worth as music."""

from collections import deque
from collections.abc import Iterable

import msgspec

from appliance.answer.answering import StepAnswered
from appliance.happenings import (
    AnswerBegan,
    AnswerOver,
    CallEnded,
    HitHeard,
    StepHeard,
    StrokesDue,
    StrokesOff,
    TurnTaken,
)
from appliance.notation.drum_track import DrumTrack, Note, drum_track
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Timeline
from appliance.turn import Turn
from appliance.views.journal import Entry

_MOST_HITS = 1 << 14  # that are kept for the call they may be of: half an hour of playing


class Phrase(msgspec.Struct, frozen=True):
    """A call or an answer of a duet; both of a pair have one `number`, from 1.

    `hits` are a call's as they were played, on `timeline`; of an answer, and of a call below an accompaniment, there
    are none.
    """

    number: int
    duet: str
    kind: str
    track: DrumTrack
    timeline: Timeline
    hits: tuple[Hit, ...] = ()


class _Duet:
    """What is known of one duet's call and answer under way."""

    def __init__(self) -> None:
        self.hits: deque[Hit] = deque(maxlen=_MOST_HITS)
        self.heard: list[Note] = []
        self.last_heard = -1
        self.call: CallEnded | None = None
        self.answer: AnswerBegan | None = None
        self.offset = 0
        self.number = 0
        self.steps: dict[int, StepAnswered] = {}


class Phrases:
    """Follows a journal. An answer is what of it was to sound: of steps made again the last take, up to a cut."""

    def __init__(self) -> None:
        self._duets: dict[str, _Duet] = {}
        self._number = 0

    def see(self, entry: Entry) -> list[Phrase]:
        """Take an event in; the phrases that are whole by that."""
        duet = self._duets.setdefault(entry.duet, _Duet())
        match entry.event:
            case HitHeard(hit):
                duet.hits.append(hit)
            case TurnTaken(_, Turn.LISTENING | Turn.ACCOMPANYING):
                duet.heard.clear()
            case StepHeard(step, notes):
                duet.heard.extend(notes)
                duet.last_heard = step
            case CallEnded() as call:
                duet.call = call
            case AnswerBegan() as answer:
                return self._begin(entry.duet, duet, answer)
            case StrokesDue(step):
                duet.steps[step.step] = step
            case StrokesOff(time, muted) if not muted:
                _take_back(duet.steps, time)
            case AnswerOver():
                return self._end(entry.duet, duet)
        return []

    def rest(self) -> list[Phrase]:
        """What was under way when the journal ended."""
        return [phrase for name, duet in self._duets.items() for phrase in self._end(name, duet)]

    def _begin(self, name: str, duet: _Duet, answer: AnswerBegan) -> list[Phrase]:
        self._number += 1
        duet.number, duet.answer, duet.steps = self._number, answer, {}
        # An accompaniment begins behind the steps that were heard before it.
        duet.offset = duet.last_heard + 1 if answer.length == 0 else 0
        call, duet.call = duet.call, None
        if call is None:
            return []
        first, last = call.timeline.time_of(-0.5), call.timeline.time_of(call.track.length - 0.5)
        hits = tuple(hit for hit in duet.hits if first <= hit.time < last)
        return [Phrase(self._number, name, "call", call.track, call.timeline, hits)]

    def _end(self, name: str, duet: _Duet) -> list[Phrase]:
        answer, duet.answer = duet.answer, None
        if answer is None or not duet.steps:
            return []
        grid = answer.timeline.grid
        steps = sorted(duet.steps.items())
        notes = [
            Note(at + duet.offset, stroke.pitch, stroke.velocity, round(stroke.length / grid.step_seconds))
            for at, step in steps
            for stroke in step.strokes
        ]
        phrases = [
            Phrase(duet.number, name, "answer", _in_bars(notes, steps[-1][0] + 1 + duet.offset, grid), answer.timeline)
        ]
        if answer.length == 0 and duet.heard:
            length = max(duet.last_heard, duet.heard[-1].step) + 1
            phrases.append(Phrase(duet.number, name, "call", _in_bars(duet.heard, length, grid), answer.timeline))
        return phrases


def _in_bars(notes: Iterable[Note], length: int, grid: Grid) -> DrumTrack:
    bar = grid.steps_per_bar
    return drum_track(notes, -(-length // bar) * bar)


def _take_back(steps: dict[int, StepAnswered], time: float) -> None:
    """Nothing of an answer sounds from the first step on that has a stroke at or behind an instant."""
    late = min((at for at, step in steps.items() if any(stroke.time >= time for stroke in step.strokes)), default=None)
    if late is not None:
        for at in [at for at in steps if at >= late]:
            del steps[at]
