"""A motion given in plain numbers, for one motor: what calibration asks for."""

import math
from typing import Annotated

import msgspec

from appliance.strike.profile import Segment, StrikeProfile

# Characters of a motor's name: it comes back with every try, and a packet of replies has an end.
LONGEST_NAME = 64


class Try(msgspec.Struct, frozen=True, tag=True):
    """Push `motor` for `forward` s with `duty` from the instant `time` on; after `pause` s pull for `back` s.

    Unlike a stroke's, `time` is the start of the push: when the stick arrives is what the asker wants to learn.
    Raises: ValueError for numbers that no motor may be given.
    """

    motor: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
    time: float
    forward: float
    duty: float
    pause: float = 0.0
    back: float = 0.0
    back_duty: float = 0.0
    batch: int = 0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.time, self.forward, self.pause, self.back))):
            raise ValueError("the seconds of a try are finite")
        if self.forward <= 0 or self.pause < 0 or self.back < 0:
            raise ValueError(f"a try pushes for more than 0 s, not {self.forward}, {self.pause} and {self.back} s")
        if not (0 < self.duty <= 1 and 0 <= self.back_duty <= 1):
            raise ValueError(f"a duty is above 0 and at most 1, not {self.duty} and {self.back_duty}")

    @property
    def pulls(self) -> bool:
        """Whether the motor is driven back at all."""
        return self.back > 0 and self.back_duty > 0

    @property
    def profile(self) -> StrikeProfile:
        """The motion; its lead is 0, so that it starts at `time`."""
        return StrikeProfile(
            forward=Segment(self.forward, self.duty),
            pause=Segment(self.pause, 0.0),
            back=Segment(self.back, self.back_duty),
            lead=0.0,
        )
