"""What lamp and buttons hang on: the [status] table."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from appliance.status.presses import Button

# The GPIO numbers of the 40-pin header without 0 and 1, which belong to the EEPROM of an add-on board.
_FIRST, _LAST = 2, 27

_LED_PINS = {"none": 0, "plain": 1, "rgb": 3}


class StatusSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [status] table. Raises: ValueError for a GPIO that is none, or that is given twice."""

    led: Literal["none", "plain", "rgb"]
    led_pins: tuple[int, ...]
    led_lit: Literal["high", "low"]
    panic: int | Literal["none"]
    footswitch: int | Literal["none"]
    shutdown: int | Literal["none"]
    full: int
    hot: float

    def __post_init__(self) -> None:
        wanted = _LED_PINS[self.led]
        if len(self.led_pins) != wanted:
            raise ValueError(f"status.led_pins: a led of kind {self.led!r} has {wanted} pins, not {len(self.led_pins)}")
        owner: dict[int, str] = {}
        for key, gpio in self.lines():
            if not _FIRST <= gpio <= _LAST:
                raise ValueError(f"status.{key} is GPIO {gpio}: the header has {_FIRST} to {_LAST}")
            if gpio in owner:
                raise ValueError(f"status.{key} and status.{owner[gpio]} are both GPIO {gpio}: give each its own")
            owner[gpio] = key
        if self.full < 0:
            raise ValueError(f"status.full is a number of MB, 0 or more, not {self.full}")

    def lines(self) -> Iterator[tuple[str, int]]:
        """Each line in use, as (its key in [status], its GPIO number)."""
        for gpio in self.led_pins:
            yield "led_pins", gpio
        for button, gpio in self.buttons.items():
            yield button.value, gpio

    @property
    def buttons(self) -> dict[Button, int]:
        """The buttons that are there, with their GPIO numbers."""
        wired = {Button.PANIC: self.panic, Button.FOOTSWITCH: self.footswitch, Button.SHUTDOWN: self.shutdown}
        return {button: gpio for button, gpio in wired.items() if gpio != "none"}
