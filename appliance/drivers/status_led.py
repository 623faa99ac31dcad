"""The status lamp on its pins, plain or of three colours, by gpiozero; and none."""

from collections.abc import Callable
from typing import Any, Protocol

from appliance.drivers.plain_pins import opened
from appliance.status.codes import Colour
from appliance.status.wiring import StatusSettings

_DEVICES = "output_devices"  # gpiozero's module of lamps

_RED_GREEN_BLUE = {
    Colour.RED: (1, 0, 0),
    Colour.AMBER: (1, 1, 0),
    Colour.GREEN: (0, 1, 0),
    Colour.CYAN: (0, 1, 1),
    Colour.BLUE: (0, 0, 1),
    Colour.WHITE: (1, 1, 1),
}


class Lamp(Protocol):
    """A lamp; real-time safe: it writes one to three pins and waits for nothing."""

    def light(self, colour: Colour | None) -> None:
        """Shine in a colour, or not at all. Raises: OSError or the pin library's own when a pin refuses."""
        ...

    def close(self) -> None:
        """Go dark and let go of the pins."""
        ...


class NoLamp:
    """The lamp of a box that has none."""

    def light(self, colour: Colour | None) -> None:
        """Nothing shines."""

    def close(self) -> None:
        """Nothing is held."""


class PlainLed:
    """An LED of one colour: it is lit for every colour."""

    def __init__(self, led: Any) -> None:
        self._led = led

    def light(self, colour: Colour | None) -> None:
        """Lit or dark."""
        self._led.value = colour is not None

    def close(self) -> None:
        """Dark, and an input again."""
        self._led.close()


class RgbLed:
    """An LED of three colours, each on or off: dimming would need a thread."""

    def __init__(self, led: Any) -> None:
        self._led = led

    def light(self, colour: Colour | None) -> None:
        """Lit in a colour, or dark."""
        self._led.value = (0, 0, 0) if colour is None else _RED_GREEN_BLUE[colour]

    def close(self) -> None:
        """Dark, and inputs again."""
        self._led.close()


def open_lamp(settings: StatusSettings, factory: Callable[[], Any]) -> Lamp:
    """The lamp of the settings; pins are only opened for one that is there.

    Raises: SettingsError when its pins cannot be had.
    """
    if settings.led == "none":
        return NoLamp()
    found, pins, lit = factory(), settings.led_pins, settings.led_lit == "high"
    if settings.led == "plain":
        return PlainLed(opened(_DEVICES, lambda gpio: gpio.LED(*pins, active_high=lit, pin_factory=found), pins))
    return RgbLed(
        opened(_DEVICES, lambda gpio: gpio.RGBLED(*pins, active_high=lit, pwm=False, pin_factory=found), pins)
    )
