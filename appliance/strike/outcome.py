"""What became of a stroke: every stroke received is, sooner or later, struck once or left out once."""

from enum import StrEnum

import msgspec

from appliance.notation.hit import Stroke


class Reason(StrEnum):
    """Why a stroke was left out."""

    LATE = "late"  # its motor should have started already: nothing is hurried
    RECOVERY = "recovery"  # its motor is not back at rest by then
    DOUBLED = "doubled"  # a harder one on the same motor at the same instant is played
    NO_MOTOR = "no motor"
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
    """A stroke that will not be played."""

    stroke: Stroke
    reason: Reason
    batch: int = 0
