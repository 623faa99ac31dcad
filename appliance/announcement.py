"""What happens in the box, in words of OSC for screens and lights."""

from appliance.happenings import (
    AnswerBegan,
    AnswerOver,
    CallEnded,
    HitHeard,
    Silence,
    StrokesDue,
    Told,
    TurnTaken,
)
from appliance.notation.drums import drum_of
from appliance.out.wire import Argument, Say
from appliance.tempo.pulse import BeatFell

_ROOT = "/ghostnote"


def words(told: Told, now: float) -> list[Say]:
    """The words of a happening, each about the instant at which it sounds, that is for strokes and beats ahead of it.

    `/ghostnote/beat` bar beat; `/ghostnote/call` duet steps qpm, when it has ended; `/ghostnote/answer` duet steps qpm,
    when its first step sounds; `/ghostnote/stroke` and `/ghostnote/hit` duet drum key velocity; `/ghostnote/turn` duet
    turn; `/ghostnote/over` duet, when its answer is; `/ghostnote/silence`, at a panic. The sender adds, as the last
    argument, how many seconds that is ahead. Bars and beats count from 0; a drum is a name such as snare, empty for a
    key that is no drum of ours.
    """
    duet = told.duet
    match told.happening:
        case StrokesDue(step, muted) if not muted:
            return [_say(one.time, duet, "stroke", *_touch(one.pitch, one.velocity)) for one in step.strokes]
        case BeatFell(time, bar, beat):
            return [Say(time, f"{_ROOT}/beat", (bar, beat))]
        case Silence(time):
            return [Say(time, f"{_ROOT}/silence")]
        case HitHeard(hit):
            return [_say(hit.time, duet, "hit", *_touch(hit.pitch, hit.velocity))]
        case CallEnded(track, timeline, _):
            return [_say(now, duet, "call", track.length, timeline.grid.qpm)]
        case AnswerBegan(_, _, length, timeline):
            return [_say(timeline.origin, duet, "answer", length, timeline.grid.qpm)]
        case AnswerOver(time):
            return [_say(time, duet, "over")]
        case TurnTaken(time, turn):
            return [_say(time, duet, "turn", turn.value)]
    return []


def _say(time: float, duet: str, word: str, *arguments: Argument) -> Say:
    return Say(time, f"{_ROOT}/{word}", (duet, *arguments), duet)


def _touch(key: int, velocity: int) -> tuple[Argument, ...]:
    drum = drum_of(key)
    return "" if drum is None else drum.label, key, velocity
