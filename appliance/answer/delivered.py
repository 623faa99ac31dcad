"""What an answer's delivery says: when it begins, what of it is to sound, and what came of it."""

import msgspec

from appliance.answer.answering import StepAnswered
from appliance.notation.drum_track import DrumTrack
from appliance.notation.timeline import Timeline


class AnswerBegan(msgspec.Struct, frozen=True, tag=True):
    """Answer `answer` of the evening will sound from `quarter` of the song on, for `length` steps.

    Length 0: until it is ended, as an accompaniment is.
    """

    answer: int
    quarter: float
    length: int
    timeline: Timeline


class AnswerResized(msgspec.Struct, frozen=True, tag=True):
    """The answer under way, from `quarter` of the song on, is to have `length` steps, as somebody turned it."""

    quarter: float
    length: int
    timeline: Timeline


class AnswerMoved(msgspec.Struct, frozen=True, tag=True):
    """The answer under way lies on another timeline from here on, or is sent again."""

    timeline: Timeline


class StrokesDue(msgspec.Struct, frozen=True, tag=True):
    """For the striker: a step of the answer. One that is muted is for other duets alone."""

    step: StepAnswered
    muted: bool = False


class StrokesOff(msgspec.Struct, frozen=True, tag=True):
    """For the striker: leave out what was to sound from `time` on and is not yet begun.

    With `muted` only the drum falls silent: who listens to the duet goes on to hear it.
    """

    time: float
    muted: bool = False


class LastBarHeld(msgspec.Struct, frozen=True, tag=True):
    """A fault: from `step` on, due at `time`, the model gave nothing in time, and the last bar goes on."""

    time: float
    step: int


class AnswerEnded(msgspec.Struct, frozen=True, tag=True):
    """The whole answer `answer`. `fault` says what of it is not the model's, and why; `loops`: it begins again."""

    track: DrumTrack
    timeline: Timeline
    log_likelihood: float
    fault: str
    answer: int = 0
    loops: bool = False


class Kept(msgspec.Struct, frozen=True, tag=True):
    """The player likes this answer: it is to be written down."""

    time: float
    answer: int
    track: DrumTrack
    timeline: Timeline


Delivered = AnswerBegan | AnswerResized | AnswerMoved | StrokesDue | StrokesOff | LastBarHeld | AnswerEnded | Kept
