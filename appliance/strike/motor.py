"""What a bridge's pins are told, and what whoever drives them must be able to do."""

from typing import Protocol

import msgspec

from appliance.errors import MotorFault


class Inputs(msgspec.Struct, frozen=True):
    """The two direction inputs of an H-bridge, each 0 or 1, and the duty of its PWM input, 0 to 1.

    Both 0 is a coast. Raises: MotorFault for both 1 (a short circuit in some bridges, a brake in others) and for a
    duty that is none.
    """

    in1: int
    in2: int
    duty: float

    def __post_init__(self) -> None:
        if self.in1 not in (0, 1) or self.in2 not in (0, 1) or (self.in1 and self.in2):
            raise MotorFault(f"the inputs of a bridge are 0 0, 1 0 or 0 1, not {self.in1} {self.in2}")
        if not 0 <= self.duty <= 1:
            raise MotorFault(f"the duty of a bridge is 0 to 1, not {self.duty}")

    @property
    def driven(self) -> int:
        """1 when driven forward, -1 when driven back, 0 in a coast."""
        return self.in1 - self.in2


COAST = Inputs(0, 0, 0.0)


class MotorDriver(Protocol):
    """The pins of all motors, real or dry; used by the real-time thread alone."""

    def write(self, motor: str, inputs: Inputs) -> None:
        """Set a motor's inputs now: the duty first, then the direction, so that the edge has its strength at once.

        Real-time safe: it does not wait, take a lock, open a file or allocate more than a few small values.
        Raises: MotorFault when the motor is unknown or its pins refuse; its inputs are then unknown, a coast is due.
        """
        ...

    def coast_all(self) -> None:
        """Lower every input of every motor now, whatever happened before; it may be called again and again.

        Real-time safe as `write` is. Raises: MotorFault, after every motor has been tried, when one could not be
        lowered.
        """
        ...
