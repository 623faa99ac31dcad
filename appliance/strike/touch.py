"""How hard a motor is to strike: a velocity's profile on each motor."""

from itertools import pairwise

from appliance.notation.hit import LOUDEST
from appliance.strike.kit import Kit, Motor, Push, Rebound
from appliance.strike.profile import Segment, StrikeProfile


def profile_of(motor: Motor, velocity: int) -> StrikeProfile:
    """The motion for a velocity of 1 to 127: the softer, the weaker and shorter the push, and the longer the lead.

    The pause lasts from the end of the push until the stick has left the head: a stick in flight is not pulled at.
    """
    push = push_of(motor, velocity)
    return StrikeProfile(
        forward=Segment(push.forward, push.duty),
        pause=Segment(max(push.lead - push.forward, 0.0) + motor.back.contact, 0.0),
        back=Segment(motor.back.seconds, motor.back.duty),
        lead=push.lead,
        settle=motor.back.settle,
    )


def push_of(motor: Motor, velocity: int) -> Push:
    """The push alone: between the two knots of the motor's touch, if it was calibrated, else between soft and hard."""
    for softer, harder in pairwise(motor.touch):
        if velocity <= harder.velocity:
            share = (velocity - softer.velocity) / (harder.velocity - softer.velocity)
            return _push_between(softer.push, harder.push, share)
    return _push_between(motor.soft, motor.hard, ((velocity - 1) / (LOUDEST - 1)) ** motor.curve)


def rebound_of(motor: Motor, rebound: Rebound) -> StrikeProfile:
    """The second stroke of a double: the settings' own push whatever its velocity, and the motor's pull."""
    return StrikeProfile(
        forward=Segment(rebound.forward, rebound.duty),
        pause=Segment(rebound.lead - rebound.forward + motor.back.contact, 0.0),
        back=Segment(motor.back.seconds, motor.back.duty),
        lead=rebound.lead,
        settle=motor.back.settle,
    )


class Touch:
    """Every profile of a kit, computed before the music begins."""

    def __init__(self, kit: Kit) -> None:
        self._profiles = {
            motor.name: tuple(profile_of(motor, velocity) for velocity in range(1, LOUDEST + 1)) for motor in kit.motors
        }
        self._rebounds = {motor.name: rebound_of(motor, motor.rebound) for motor in kit.motors if motor.rebound}

    def rebound(self, motor: str) -> StrikeProfile:
        """The second stroke of a double, on a motor of this kit that plays doubles."""
        return self._rebounds[motor]

    def profile(self, motor: str, velocity: int) -> StrikeProfile:
        """The profile of a motor of this kit for a velocity of 1 to 127."""
        return self._profiles[motor][velocity - 1]


def _push_between(soft: Push, hard: Push, share: float) -> Push:
    lead = _between(soft.lead, hard.lead, share)
    return Push(
        forward=min(_between(soft.forward, hard.forward, share), lead),
        duty=_between(soft.duty, hard.duty, share),
        lead=lead,
    )


def _between(soft: float, hard: float, share: float) -> float:
    # A weighted sum can err past its ends by a rounding; a motor's limits are not to be passed even by that.
    low, high = min(soft, hard), max(soft, hard)
    return min(high, max(low, soft + (hard - soft) * share))
