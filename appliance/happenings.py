"""What happens between the pad and the striker, as the rooms tell it to the loop, the views and the journal."""

import msgspec

from appliance.answer.delivered import AnswerBegan as AnswerBegan
from appliance.answer.delivered import AnswerEnded as AnswerEnded
from appliance.answer.delivered import AnswerMoved as AnswerMoved
from appliance.answer.delivered import AnswerResized as AnswerResized
from appliance.answer.delivered import Kept as Kept
from appliance.answer.delivered import LastBarHeld as LastBarHeld
from appliance.answer.delivered import StrokesDue as StrokesDue
from appliance.answer.delivered import StrokesOff as StrokesOff
from appliance.call.listener import CallEnded as CallEnded
from appliance.call.listener import StepHeard as StepHeard
from appliance.controls.control import Control, Turned, Value
from appliance.controls.learning import Bound, Refused
from appliance.notation.hit import Hit
from appliance.tempo.pulse import Beating
from appliance.turn import Turn


class HitHeard(msgspec.Struct, frozen=True, tag=True):
    """The player struck the pad."""

    hit: Hit


class ThruDue(msgspec.Struct, frozen=True, tag=True):
    """For the striker: beat this hit as soon as a stick can."""

    hit: Hit


class CallDropped(msgspec.Struct, frozen=True, tag=True):
    """A call is not answered: it was too short, had no hit, or its caller fell silent."""

    time: float


class AnswerOver(msgspec.Struct, frozen=True, tag=True):
    """An answer has sounded to its end, or was cut short."""

    time: float


class Silence(msgspec.Struct, frozen=True, tag=True):
    """For the striker: panic, every motor rests now."""

    time: float


class TurnTaken(msgspec.Struct, frozen=True, tag=True):
    """The turn changed."""

    time: float
    turn: Turn


class TurnRefused(msgspec.Struct, frozen=True, tag=True):
    """A control was given a value that it cannot have; it stays where it was."""

    time: float
    control: Control
    value: Value
    reason: str


Happening = (
    HitHeard
    | ThruDue
    | StepHeard
    | CallEnded
    | CallDropped
    | AnswerBegan
    | AnswerResized
    | AnswerMoved
    | StrokesDue
    | StrokesOff
    | LastBarHeld
    | AnswerEnded
    | AnswerOver
    | Kept
    | Silence
    | TurnTaken
    | TurnRefused
    | Turned
    | Bound
    | Refused
    | Beating
)


class Told(msgspec.Struct, frozen=True):
    """A happening, and the name of the duet that it befell; empty for what concerns the whole box."""

    duet: str
    happening: Happening
