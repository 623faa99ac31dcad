"""Lamp, buttons and status socket of a striker, around one board."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from appliance.clock import Clock
from appliance.drivers.button import Buttons, open_buttons
from appliance.drivers.lookout import Lookout
from appliance.drivers.power_off import PowerOff, power_off_command
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


class Stage:
    """What the crew sees and presses; `close` leaves the lamp dark.

    `kit` has all motors of the settings, whether they have pins or not: their order gives them their numbers.
    Raises: SettingsError when a pin cannot be had.
    """

    def __init__(
        self,
        settings: StatusSettings,
        kit: Kit,
        factory: Callable[[], Any],
        clock: Clock,
        power_off: Sequence[str] | None = None,
    ) -> None:
        self._kit = kit
        self.board = StatusBoard()
        self._lamp = open_lamp(settings, factory)
        self._pins = open_buttons(settings, factory, clock)
        self._power = PowerOff(self.board, power_off or power_off_command())
        self._loop: StrikerLoop | None = None
        self._status: StatusDoor | None = None

    def beside(self, door: Door, socket: Path) -> StageDoor:
        """The door that the loop is to have, with the status socket beside it. Raises: SettingsError."""
        self._status = StatusDoor(socket, self.board)
        return StageDoor(door, self.board, self._kit)

    def employ(self, loop: StrikerLoop, grant: Grant) -> None:
        """Let the loop attend to lamp, buttons and socket."""
        if not grant.priority:
            self.board.post(Code.NO_REAL_TIME)
        self._loop = loop
        motors = [motor.name for motor in self._kit.motors]
        loop.employ(Lookout(self.board, self._lamp, lambda: loop.state, motors), self._power)
        if self._status is not None:
            loop.employ(self._status)
        if self._pins is not None:
            loop.employ(Buttons(self._pins, self._act))

    def close(self) -> None:
        """Dark, and everything let go of."""
        self._lamp.close()
        if self._pins is not None:
            self._pins.close()
        if self._status is not None:
            self._status.close()

    def _act(self, press: Press, at: float) -> None:
        match press:
            case Press.SEEN:
                self.board.see()
            case Press.STEP:
                if self._status is not None:
                    self._status.step(at)
            case Press.PANIC:
                self._panic()
            case Press.SHUT_DOWN:
                self._panic()
                self._power.ask(at)

    def _panic(self) -> None:
        # At once, before anything else that the button may mean: what switches the box off takes its time.
        if self._loop is not None:
            self._loop.panic()
            self.board.mark(Code.PANIC_PRESSED)
