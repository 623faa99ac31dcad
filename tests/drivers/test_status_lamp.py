"""Lamps and buttons on gpiozero's mock pins."""

import pytest
from gpiozero.pins.mock import MockFactory

from appliance.clock import VirtualClock
from appliance.drivers.button import Buttons, open_buttons
from appliance.drivers.status_led import open_lamp
from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.status.codes import MEANINGS, Colour
from appliance.status.presses import Press
from appliance.status.wiring import StatusSettings

NONE = load_settings().room("status", StatusSettings)


def settings(**keys: object) -> StatusSettings:
    plain = {key: getattr(NONE, key) for key in NONE.__struct_fields__}
    return StatusSettings(**{**plain, **keys})


def levels(factory: MockFactory, pins: tuple[int, ...]) -> tuple[bool, ...]:
    return tuple(bool(factory.pin(f"GPIO{pin}").state) for pin in pins)


def no_factory() -> MockFactory:
    raise AssertionError("no pin is to be opened")


def test_a_box_without_lamp_and_buttons_opens_no_pin() -> None:
    lamp = open_lamp(NONE, no_factory)
    lamp.light(Colour.RED)
    lamp.close()
    assert open_buttons(NONE, no_factory, VirtualClock()) is None


@pytest.mark.parametrize(("lit", "level"), [("high", True), ("low", False)])
def test_a_plain_lamp_is_lit_in_every_colour_and_dark_when_it_is_closed(lit: str, level: bool) -> None:
    factory = MockFactory()
    lamp = open_lamp(settings(led="plain", led_pins=(5,), led_lit=lit), lambda: factory)
    assert levels(factory, (5,)) == (not level,)
    for row in MEANINGS.values():
        lamp.light(row.colour)
        assert levels(factory, (5,)) == (level,)
        lamp.light(None)
        assert levels(factory, (5,)) == (not level,)
    lamp.close()
    assert factory.pin("GPIO5").function == "input"


def test_an_rgb_lamp_tells_every_colour_from_every_other() -> None:
    factory = MockFactory()
    pins = (5, 6, 7)
    lamp = open_lamp(settings(led="rgb", led_pins=pins), lambda: factory)
    seen = set()
    for colour in Colour:
        lamp.light(colour)
        seen.add(levels(factory, pins))
    assert len(seen) == len(Colour)
    assert (False, False, False) not in seen
    lamp.light(Colour.RED)
    assert levels(factory, pins) == (True, False, False)


def test_a_button_is_heard_at_the_next_look_and_once() -> None:
    factory = MockFactory()
    clock = VirtualClock()
    pins = open_buttons(settings(panic=4), lambda: factory, clock)
    assert pins is not None
    acts: list[tuple[Press, float]] = []
    buttons = Buttons(pins, lambda press, at: acts.append((press, at)))
    for at, low in [(1.0, True), (1.002, False), (1.004, True), (1.5, False)]:
        clock.set(at)
        (factory.pin("GPIO4").drive_low if low else factory.pin("GPIO4").drive_high)()
    assert acts == []
    buttons.advance(1.51)
    buttons.advance(1.52)
    assert acts == [(Press.PANIC, 1.0)]
    assert buttons.next_deadline() == pytest.approx(1.53)
    pins.close()


def test_a_pin_that_is_taken_is_said() -> None:
    factory = MockFactory()
    held = settings(led="plain", led_pins=(5,))
    lamp = open_lamp(held, lambda: factory)
    with pytest.raises(SettingsError, match="GPIO 5 cannot be had"):
        open_lamp(held, lambda: factory)
    lamp.close()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"led": "rgb", "led_pins": (5, 6)}, "has 3 pins, not 2"),
        ({"led_pins": (5,)}, "has 0 pins, not 1"),
        ({"panic": 28}, "status.panic is GPIO 28"),
        ({"panic": 4, "shutdown": 4}, "status.shutdown and status.panic are both GPIO 4"),
        ({"led": "plain", "led_pins": (4,), "footswitch": 4}, "status.footswitch and status.led_pins"),
        ({"full": -1}, "status.full"),
    ],
)
def test_a_wiring_that_cannot_be_is_said(keys: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        settings(**keys)
