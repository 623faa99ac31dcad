"""Motors that exist in memory only: they refuse what a bridge refuses, and keep a log of what they were told."""

from collections import deque

import msgspec

from appliance.clock import Clock
from appliance.errors import MotorFault
from appliance.strike.budget import Heat
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs

# Writes remembered: four a stroke, and for each two that were rehearsed on another motor, so 20 s of dense playing.
_LOG = 4096


class Written(msgspec.Struct, frozen=True, gc=False):
    """A motor got these inputs at `time` (s)."""

    time: float
    motor: str
    inputs: Inputs


class DryBridge:
    """A rack of bridges in memory; it implements MotorDriver.

    A write that would burn a bridge raises MotorFault and changes nothing; a coast is never refused to a motor it has.
    """

    def __init__(self, settings: StrikeSettings, clock: Clock) -> None:
        self._clock = clock
        self._dead_time = settings.dead_time
        self._heat = {motor.name: Heat(settings.budget_of(motor)) for motor in settings.motors}
        self._max_on = settings.max_on
        self._inputs = {motor.name: COAST for motor in settings.motors}
        self._turned = dict.fromkeys(self._inputs, float("-inf"))  # from a drive to a coast, or the reverse
        self._since = dict.fromkeys(self._inputs, 0.0)  # when the latest inputs were written
        self._way = dict.fromkeys(self._inputs, 0)  # of the latest drive
        self.log: deque[Written] = deque(maxlen=_LOG)

    def write(self, motor: str, inputs: Inputs) -> None:
        """Set a motor's inputs now. Raises: MotorFault for a motor that is not there or a drive that would burn it."""
        if motor not in self._inputs:
            raise MotorFault(f"there is no motor {motor!r}: the kit has {', '.join(self._inputs)}")
        now = self._clock.now()
        before = self._inputs[motor]
        if inputs.driven:
            self._check_drive(motor, inputs.driven, now)
            self._way[motor] = inputs.driven
        if bool(inputs.driven) != bool(self._inputs[motor].driven):
            self._turned[motor] = now
        if before.driven:
            self._heat[motor].add(self._since[motor], now, before.duty)
        self._since[motor] = now
        self._inputs[motor] = inputs
        self.log.append(Written(now, motor, inputs))

    def coast_all(self) -> None:
        """Lower every input of every motor."""
        for motor in self._inputs:
            self.write(motor, COAST)

    def _check_drive(self, motor: str, way: int, now: float) -> None:
        driven = self._inputs[motor].driven
        turned = self._turned[motor]
        if not driven and self._heat[motor].left(now) <= 0:
            raise MotorFault(f"motor {motor!r} was to be driven although its duty budget is used up")
        if driven == -way:
            raise MotorFault(f"motor {motor!r} was to turn round without a coast")
        if driven == way and now >= turned + self._max_on:
            raise MotorFault(f"motor {motor!r} was to be driven on after {now - turned} s, max_on is {self._max_on} s")
        if not driven and self._way[motor] == -way and now < turned + self._dead_time:
            raise MotorFault(
                f"motor {motor!r} was to turn round after {now - turned} s, the dead time is {self._dead_time} s"
            )
