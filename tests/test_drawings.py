"""The wiring that is drawn is the wiring of the settings beside it, and those can be used."""

import re
from pathlib import Path

import pytest

from appliance.arduino.image import image_of
from appliance.arduino.wiring import ArduinoSettings
from appliance.doctor.finding import Verdict
from appliance.doctor.rights import check_lines
from appliance.drivers.wiring import PinSettings
from appliance.settings import load_settings
from appliance.status.wiring import StatusSettings
from appliance.strike.kit import StrikeSettings

# In hw/firmware, each beside its drawing.
ARDUINO = {"shield_v1.toml": "arduino_shield_v1", "shield_v2.toml": "arduino_shield_v2", "pins.toml": "arduino_pins"}

HW = Path(__file__).parents[1] / "hw"
SETTINGS = sorted(HW.glob("*.toml"))
DRAWN = {"one_drum.toml": "one_drum_l298n", "eight_drums.toml": "eight_drums", "solenoid.toml": "solenoid"}


def test_every_drawing_is_as_its_script_draws_it_now() -> None:
    pytest.importorskip("schemdraw", reason="schemdraw comes with the extra for drawings")
    from hw.drawings.__main__ import drawings
    from hw.drawings.sheet import as_svg

    for name, draw in drawings():
        kept = (HW / "drawings" / f"{name}.svg").read_text("utf-8")
        assert kept == as_svg(draw()), f"draw {name} again: make drawings"


@pytest.mark.parametrize("file", SETTINGS, ids=lambda path: path.name)
def test_the_settings_beside_the_drawings_can_be_used(file: Path) -> None:
    settings = load_settings(file)
    pins, status = settings.room("pins", PinSettings), settings.room("status", StatusSettings)
    assert pins.wired(settings.room("strike", StrikeSettings)).motors
    assert check_lines(pins, status).verdict is Verdict.OK


@pytest.mark.parametrize("file", SETTINGS, ids=lambda path: path.name)
def test_every_line_of_the_settings_is_in_the_drawing(file: Path) -> None:
    settings = load_settings(file)
    drawn = (HW / f"drawings/{DRAWN[file.name]}.svg").read_text("utf-8")
    labels = set(map(int, re.findall(r"GPIO (\d+) \(pin", drawn)))
    assert {gpio for _, gpio in settings.room("pins", PinSettings).lines()} == labels
    lamp = (HW / "drawings/lamp_and_buttons.svg").read_text("utf-8")
    for _, gpio in settings.room("status", StatusSettings).lines():
        assert f"GPIO {gpio} (pin" in lamp


@pytest.mark.parametrize("name", ARDUINO)
def test_an_arduinos_settings_fit_its_board_and_their_drawing(name: str) -> None:
    pytest.importorskip("schemdraw", reason="schemdraw comes with the extra for drawings")
    from hw.drawings.arduino import pin_name

    settings = load_settings(HW / "firmware" / name)
    arduino, strike = settings.room("arduino", ArduinoSettings), settings.room("strike", StrikeSettings)
    assert image_of(strike, arduino)
    drawn = (HW / f"drawings/{ARDUINO[name]}.svg").read_text("utf-8")
    for motor in arduino.motors:
        assert motor.replace("_", "-") in drawn
    for _, place in arduino.places():
        assert (pin_name(place) if arduino.driver == "pins" else f"M{place}") in drawn
