"""How hard a motor is to strike: a velocity's profile on each motor."""

from appliance.notation.hit import LOUDEST
from appliance.strike.kit import Kit, Motor
from appliance.strike.profile import Segment, StrikeProfile


def profile_of(motor: Motor, velocity: int) -> StrikeProfile:
    """The motion for a velocity of 1 to 127: the softer, the weaker and shorter the push, and the longer the lead.

    The pause lasts from the end of the push until the stick has left the head: a stick in flight is not pulled at.
    """
    share = ((velocity - 1) / (LOUDEST - 1)) ** motor.curve
    forward = _between(motor.soft.forward, motor.hard.forward, share)
    lead = _between(motor.soft.lead, motor.hard.lead, share)
    return StrikeProfile(
        forward=Segment(forward, _between(motor.soft.duty, motor.hard.duty, share)),
        pause=Segment(max(lead - forward, 0.0) + motor.back.contact, 0.0),
        back=Segment(motor.back.seconds, motor.back.duty),
        lead=lead,
    )


class Touch:
    """Every profile of a kit, computed before the music begins."""

    def __init__(self, kit: Kit) -> None:
        self._profiles = {
            motor.name: tuple(profile_of(motor, velocity) for velocity in range(1, LOUDEST + 1)) for motor in kit.motors
        }

    def profile(self, motor: str, velocity: int) -> StrikeProfile:
        """The profile of a motor of this kit for a velocity of 1 to 127."""
        return self._profiles[motor][velocity - 1]


def _between(soft: float, hard: float, share: float) -> float:
    # A weighted sum can err past its ends by a rounding; a motor's limits are not to be passed even by that.
    low, high = min(soft, hard), max(soft, hard)
    return min(high, max(low, soft + (hard - soft) * share))
