"""Pins that no bridge may hang on are refused in one sentence that names the key."""

from pathlib import Path

import msgspec
import pytest

from appliance.drivers.wiring import PinSettings
from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.strike.bridge_wiring import InIn
from appliance.strike.kit import StrikeSettings

SHIPPED = load_settings()
STRIKE = SHIPPED.room("strike", StrikeSettings)
PINS = SHIPPED.room("pins", PinSettings)


def pins(tmp_path: Path, text: str) -> PinSettings:
    file = tmp_path / "owner.toml"
    file.write_text(text)
    return load_settings(file).room("pins", PinSettings)


def motor(name: str = "snare", **lines: int) -> str:
    kind = "in_in" if len(lines) == 2 else "in_in_enable"
    return f'[pins.motors.{name}]\nkind = "{kind}"\n' + "\n".join(f"{key} = {gpio}" for key, gpio in lines.items())


def test_as_shipped_no_motor_is_wired() -> None:
    assert list(PINS.lines()) == []
    with pytest.raises(SettingsError, match=r"no motor has pins: give each that is wired a table \[pins.motors.NAME\]"):
        PINS.wired(STRIKE)


def test_only_motors_with_pins_are_played(tmp_path: Path) -> None:
    wired = pins(tmp_path, motor(in1=23, in2=24, enable=12)).wired(STRIKE)
    assert [motor.name for motor in wired.motors] == ["snare"]
    assert wired.max_on == STRIKE.max_on


@pytest.mark.parametrize("gpio", range(9))
def test_a_line_pulled_up_at_power_on_is_refused(tmp_path: Path, gpio: int) -> None:
    with pytest.raises(SettingsError, match=rf"pins\.motors\.snare\.in2 is GPIO {gpio}, pulled up at power-on: take"):
        pins(tmp_path, motor(in1=23, in2=gpio, enable=12))


def test_the_console_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pins\.motors\.snare\.enable is GPIO 14, the serial console"):
        pins(tmp_path, motor(in1=23, in2=24, enable=14))


@pytest.mark.parametrize("gpio", [-1, 28, 40])
def test_a_line_off_the_header_is_refused(tmp_path: Path, gpio: int) -> None:
    with pytest.raises(SettingsError, match=rf"GPIO {gpio}, which is not on the header"):
        pins(tmp_path, motor(in1=gpio, in2=24, enable=12))


def test_a_common_enable_line_keeps_the_same_rules(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pins\.enable is GPIO 4, pulled up"):
        pins(tmp_path, "[pins]\nenable = 4")


def test_no_line_serves_twice(tmp_path: Path) -> None:
    twice = motor(in1=23, in2=24, enable=12) + "\n" + motor("kick", in1=12, in2=13, enable=16)
    with pytest.raises(
        SettingsError, match=r"pins\.motors\.kick\.in1 and pins\.motors\.snare\.enable are both GPIO 12"
    ):
        pins(tmp_path, twice)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[pins.motors.snare]\nkind = "in_on"\nin1 = 23', "Invalid value 'in_on'"),
        ('[pins.motors.snare]\nkind = "in_in"\nin1 = 23', "missing required field `in2`"),
        ('[pins]\nfactory = "pigpio"', "Invalid enum value 'pigpio'"),
        ("[pins]\nsoftware_frequency = 100", "pins.software_frequency is 1000 to 10000 Hz, or 0"),
        ("[pins]\nhardware_frequency = 100", "pins.hardware_frequency is 1000 Hz or more"),
        ("[pins]\nhardware_pwm = [12]", "pins.hardware_pwm names GPIO 12, which no motor uses"),
        ("[pins.guard]\nbeat = 0.05", r"pins.guard: beat \(0.05 s\) is at most a quarter of limit"),
        ("[pins.guard]\npatience = 0.05", "limit at most patience"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        pins(tmp_path, text)


def test_pins_of_a_motor_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pins\.motors\.cowbell is no motor of \[strike\]: there are kick, snare"):
        pins(tmp_path, motor("cowbell", in1=23, in2=24, enable=12)).wired(STRIKE)


def test_the_guard_gives_up_soon_enough_for_the_longest_drive(tmp_path: Path) -> None:
    given = pins(tmp_path, motor(in1=23, in2=24, enable=12) + "\n[pins.guard]\nlimit = 0.101")
    with pytest.raises(SettingsError, match=r"pins.guard.limit is 0.101 s: with strike.max_on at 0.06 s .* 0.100 s"):
        given.wired(STRIKE)


def test_a_late_end_of_software_pwm_needs_a_longer_dead_time() -> None:
    two = msgspec.structs.replace(PINS, motors={"snare": InIn(12, 13)})
    with pytest.raises(SettingsError, match=r"pins.motors.snare stops a PWM period late: strike.dead_time, 0.001 s"):
        two.wired(STRIKE)
    assert two.wired(msgspec.structs.replace(STRIKE, dead_time=0.002)).motors
    assert msgspec.structs.replace(two, software_frequency=2000).wired(STRIKE).motors
    assert msgspec.structs.replace(two, hardware_pwm=(12, 13)).wired(STRIKE).motors
