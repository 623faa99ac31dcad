"""The motors of a striker, wherever they are: in memory, on paper, on pins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from appliance.arduino.wiring import ArduinoSettings
from appliance.clock import Clock
from appliance.drivers.dry_bridge import DryBridge
from appliance.drivers.gpio_pins import Guarded
from appliance.drivers.wiring import PinSettings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import MotorDriver


class Rack(msgspec.Struct, frozen=True):
    """Motors, the lines that a guard can lower, what they are called, and how they are let go of."""

    motors: MotorDriver
    guarded: tuple[Guarded, ...]
    name: str
    close: Callable[[], None]
    board: Any = None  # an ArduinoBoard, which is imported only where there is one
    behind: bool = False  # it plays only once the motors' own pins have failed


def dry_rack(settings: StrikeSettings, clock: Clock) -> Rack:
    """Motors in memory: nothing moves, and there is nothing to guard."""
    return Rack(DryBridge(settings, clock), (), "dry motors", _nothing)


def paper_rack(settings: StrikeSettings, clock: Clock, path: Path) -> Rack:
    """Motors on paper. Raises: SettingsError."""
    from appliance.drivers.paper_bridge import PaperBridge

    motors = PaperBridge(settings, clock, path)
    return Rack(motors, motors.guarded, f"motors on paper, {path}", _nothing)


def pin_rack(pins: PinSettings) -> Rack:
    """Motors on the board's pins. Raises: SettingsError."""
    from appliance.drivers.gpio_bridge import open_bridge

    bridge = open_bridge(pins)
    return Rack(bridge, bridge.guarded, f"motors on pins by {bridge.factory}", bridge.close)


def board_rack(strike: StrikeSettings, arduino: ArduinoSettings, clock: Clock) -> Rack:
    """Motors on an Arduino, and none on pins. Raises: SettingsError."""
    from appliance.drivers.arduino_board import open_board

    board = open_board(strike, arduino, clock)
    return Rack(
        DryBridge(strike, clock), (), f"motors on an Arduino at {arduino.port or 'any port'}", board.close, board
    )


def backed(rack: Rack, strike: StrikeSettings, arduino: ArduinoSettings, clock: Clock) -> Rack:
    """The same motors, with an Arduino behind them. Raises: SettingsError."""
    from appliance.drivers.arduino_board import open_board

    board = open_board(strike, arduino, clock)

    def close() -> None:
        try:
            board.close()
        finally:
            rack.close()

    name = f"{rack.name}, an Arduino behind them"
    return msgspec.structs.replace(rack, name=name, close=close, board=board, behind=True)


def _nothing() -> None:
    """There is nothing to let go of."""
