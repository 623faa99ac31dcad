"""Drums that exist in software only: dry motors that throw sticks with a mass, and tell when these meet the heads."""

from collections.abc import Mapping

import msgspec

from appliance.clock import Clock
from appliance.drivers.dry_bridge import DryBridge
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.stick import Contact, Stick, Unsteadiness, different


class Beat(msgspec.Struct, frozen=True, gc=False):
    """A motor's stick met its drum."""

    motor: str
    contact: Contact


def sticks_of(settings: StrikeSettings, seed: int, unsteadiness: Unsteadiness | None = None) -> dict[str, Stick]:
    """A stick for each motor of the kit, no two alike; the same seed, the same sticks and strokes."""
    unsteadiness = unsteadiness or Unsteadiness()
    kit = zip(settings.motors, different(seed, len(settings.motors)), strict=True)
    return {motor.name: Stick(mechanics, unsteadiness, seed + n) for n, (motor, mechanics) in enumerate(kit)}


class SimulatedDrums:
    """A dry rack of bridges with a stick on each motor; it implements MotorDriver, and refuses what a bridge refuses.

    Not for the real-time thread of a striker that has better to do: a write may reckon a tenth of a second of motion.
    """

    def __init__(self, settings: StrikeSettings, sticks: Mapping[str, Stick], clock: Clock) -> None:
        self._bridges = DryBridge(settings, clock)
        self._sticks = dict(sticks)
        self._clock = clock
        self._beats: list[Beat] = []

    def write(self, motor: str, inputs: Inputs) -> None:
        """Set a motor's inputs now. Raises: MotorFault as DryBridge does; the stick then moves on as it did."""
        self._bridges.write(motor, inputs)
        self._move(motor)
        self._sticks[motor].drive(inputs)

    def coast_all(self) -> None:
        """Let every stick go."""
        for motor in self._sticks:
            self.write(motor, COAST)

    def take_beats(self) -> list[Beat]:
        """What was struck and has ended by now, since the last time of asking, in order of time."""
        for motor in self._sticks:
            self._move(motor)
        beats, self._beats = sorted(self._beats, key=lambda beat: beat.contact.time), []
        return beats

    def _move(self, motor: str) -> None:
        self._beats.extend(Beat(motor, contact) for contact in self._sticks[motor].advance(self._clock.now()))
