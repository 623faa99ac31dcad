"""Lamp, buttons and status socket of a striker, around one board."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from appliance.clock import Clock
from appliance.drivers.button import Buttons, open_buttons
from appliance.drivers.lookout import Lookout
from appliance.drivers.power_off import POWER_OFF, PowerOff
from appliance.drivers.realtime import Grant
from appliance.drivers.stage_door import StageDoor
from appliance.drivers.status_door import StatusDoor
from appliance.drivers.status_led import open_lamp
from appliance.drivers.striker import Door, StrikerLoop
from appliance.status.board import StatusBoard
from appliance.status.codes import Code
from appliance.status.presses import Press
from appliance.status.wiring import StatusSettings
from appliance.strike.kit import Kit


class Surroundings(msgspec.Struct, frozen=True):
    """What a stage stands in: the pins' factory, the path of its socket, how it is switched off."""

    factory: Callable[[], Any]
    socket: Path
    power_off: tuple[str, ...] = POWER_OFF


class Stage:
    """What the crew sees and presses; `close` leaves the lamp dark.

    Raises: SettingsError when a pin or the socket cannot be had.
    """

    def __init__(self, settings: StatusSettings, kit: Kit, around: Surroundings, clock: Clock) -> None:
        self._kit = kit
        self.board = StatusBoard()
        self._lamp = open_lamp(settings, around.factory)
        self._pins = open_buttons(settings, around.factory, clock)
        self._status = StatusDoor(around.socket, self.board)
        self._power = PowerOff(self.board, around.power_off)
        self._door: StageDoor | None = None

    def beside(self, door: Door) -> StageDoor:
        """The door that the loop is to have."""
        self._door = StageDoor(door, self.board, self._kit)
        return self._door

    def employ(self, loop: StrikerLoop, grant: Grant) -> None:
        """Let the loop attend to lamp, buttons and socket."""
        if not grant.priority:
            self.board.post(Code.NO_REAL_TIME)
        motors = [motor.name for motor in self._kit.motors]
        loop.employ(Lookout(self.board, self._lamp, lambda: loop.state, motors), self._status, self._power)
        if self._pins is not None:
            loop.employ(Buttons(self._pins, self._act))

    def close(self) -> None:
        """Dark, and everything let go of."""
        self._lamp.close()
        if self._pins is not None:
            self._pins.close()
        self._status.close()

    def _act(self, press: Press, at: float) -> None:
        match press:
            case Press.SEEN:
                self.board.see()
            case Press.STEP:
                self._status.step(at)
            case Press.PANIC:
                self._panic()
            case Press.SHUT_DOWN:
                self._panic()
                self._power.ask(at)

    def _panic(self) -> None:
        if self._door is not None:
            self._door.panic()
