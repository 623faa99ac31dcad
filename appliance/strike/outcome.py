"""What became of a stroke: every stroke received is, sooner or later, struck once or left out once."""

from enum import StrEnum

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.trial import Try

# What a motion is for.
Asked = Stroke | Try


class Reason(StrEnum):
    """Why a stroke was left out."""

    LATE = "late"  # its motor should have started already: nothing is hurried
    RECOVERY = "recovery"  # its motor is not back at rest by then
    DOUBLED = "doubled"  # a harder one on the same motor at the same instant is played
    NO_MOTOR = "no motor"
    HOT = "hot"  # its motor's duty budget is used up
    CHOKED = "choked"  # a drum that chokes it sounds at the same instant
    GROOVE = "groove"  # the striker plays this bar alone: the player came back too late for it
    LIMIT = "limit"  # a try that no motor of the kit may be given
    FAULT = "fault"  # its motor has been taken out of play
    FULL = "full"  # more strokes are waiting than the schedule holds
    CANCELLED = "cancelled"
    PANIC = "panic"


class Struck(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A motor started `lateness` seconds after the instant that lets the stroke land on time."""

    stroke: Stroke
    lateness: float
    batch: int = 0


class LeftOut(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A stroke that will not be played; `hot` is the motor that is too hot for it, where that is the reason."""

    stroke: Stroke
    reason: Reason
    batch: int = 0
    hot: str = ""


class Tried(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A motor started on a try `lateness` seconds after the instant that was asked for."""

    trial: Try
    lateness: float


class NotTried(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A try that is not made."""

    trial: Try
    reason: Reason


Begun = Struck | Tried
Dropped = LeftOut | NotTried


def begun(asked: Asked, lateness: float, batch: int) -> Begun:
    """What to say of a motion that started."""
    return Tried(asked, lateness) if isinstance(asked, Try) else Struck(asked, lateness, batch)


def dropped(asked: Asked, reason: Reason, batch: int, hot: str = "") -> Dropped:
    """What to say of a motion that is not made; `hot` as LeftOut has it."""
    return NotTried(asked, reason) if isinstance(asked, Try) else LeftOut(asked, reason, batch, hot)
