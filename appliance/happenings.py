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
from appliance.controls.binding import Binding
from appliance.controls.control import Control, Turned, Value
from appliance.controls.learning import Bound, Refused
from appliance.notation.hit import Hit
from appliance.pad.presence import Presence
from appliance.tempo.pulse import Beating, Pulse
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


class Rerouted(msgspec.Struct, frozen=True, tag=True):
    """The duet hears and plays on others from now on: `inputs` are pads and duets, `outputs` as in the settings."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class ModelOffered(msgspec.Struct, frozen=True, tag=True):
    """Every duet can choose this model as well."""

    model: str


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
    | Rerouted
    | ModelOffered
    | Beating
)


class Told(msgspec.Struct, frozen=True):
    """A happening, and the name of the duet that it befell; empty for what concerns the whole box."""

    duet: str
    happening: Happening


class Stand(msgspec.Struct, frozen=True):
    """How things stand with a duet."""

    turn: Turn
    controls: dict[Control, Value]
    models: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Standing(msgspec.Struct, frozen=True, tag=True):
    """How all things stand at `time` (s), for a view that comes in the middle of an evening.

    `pads` and `outputs` are all that a duet could hear and play on; `ports` the inputs that were looked for.
    """

    time: float
    duets: dict[str, Stand]
    pads: tuple[str, ...]
    outputs: tuple[str, ...]
    pulse: Pulse
    runs: bool
    led: bool
    metronome: bool
    bindings: tuple[Binding, ...]
    learning: Control | None
    ports: tuple[Presence, ...] = ()
