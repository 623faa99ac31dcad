"""PWM channels are found by their device, on a tree of files like sysfs."""

from pathlib import Path

import msgspec
import pytest

from appliance.commands.lower_pins import lower_pins
from appliance.drivers.gpio_bridge import open_bridge
from appliance.drivers.hardware_pwm import HardwarePwmLine, find_channel
from appliance.drivers.wiring import PinSettings
from appliance.errors import MotorFault, SettingsError
from appliance.settings import load_settings
from appliance.strike.bridge_wiring import InInEnable
from appliance.strike.motor import COAST, Inputs

PINS = load_settings().room("pins", PinSettings)


def board(root: Path, *devices: str, exported: bool = True) -> Path:
    """A /sys/class/pwm with a chip for each device, in that order."""
    sysfs = root / "class" / "pwm"
    for number, device in enumerate(devices):
        platform = root / "devices" / "platform" / device
        chip = platform / "pwm" / f"pwmchip{number}"
        chip.mkdir(parents=True)
        (chip / "device").symlink_to(platform)
        (chip / "export").write_text("")
        for channel in range(4) if exported else ():
            folder = chip / f"pwm{channel}"
            folder.mkdir()
            for file in ("duty_cycle", "period", "enable"):
                (folder / file).write_text("0\n")
        sysfs.mkdir(parents=True, exist_ok=True)
        (sysfs / f"pwmchip{number}").symlink_to(chip)
    return sysfs


@pytest.mark.parametrize(
    ("devices", "gpio", "channel"),
    [
        (("fe20c000.pwm",), 12, "pwmchip0/pwm0"),
        (("fe20c000.pwm",), 19, "pwmchip0/pwm1"),
        (("fe20c800.pwm", "fe20c000.pwm"), 18, "pwmchip1/pwm0"),  # the audio jack's chip comes first
        (("3f20c000.pwm",), 13, "pwmchip0/pwm1"),
        (("2020c000.pwm",), 13, "pwmchip0/pwm1"),
        (("1f0009c000.pwm", "107d517a80.pwm", "1f00098000.pwm"), 18, "pwmchip2/pwm2"),  # a Pi 5's fan comes first
        (("1f00098000.pwm",), 13, "pwmchip0/pwm1"),
    ],
)
def test_a_channel_is_found_by_its_device_whatever_its_number(
    tmp_path: Path, devices: tuple[str, ...], gpio: int, channel: str
) -> None:
    sysfs = board(tmp_path, *devices)
    assert find_channel(gpio, sysfs) == sysfs / channel


@pytest.mark.parametrize("devices", [(), ("fe20c800.pwm",), ("107d517a80.pwm",)])
def test_a_board_without_the_channel_is_told_what_to_do(tmp_path: Path, devices: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match=r"GPIO 12 has no hardware PWM here: .*dtoverlay=pwm-2chan"):
        find_channel(12, board(tmp_path, *devices))


def test_a_line_without_a_channel_on_any_board_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GPIO 23 has no hardware PWM"):
        find_channel(23, board(tmp_path, "fe20c000.pwm"))


def test_a_channel_that_is_not_exported_is_asked_for(tmp_path: Path) -> None:
    sysfs = board(tmp_path, "fe20c000.pwm", exported=False)
    with pytest.raises(SettingsError, match="did not export its channel 1"):
        find_channel(13, sysfs)  # these are files, no kernel answers
    assert (sysfs / "pwmchip0" / "export").read_text() == "1"


def test_a_channel_starts_low_and_takes_the_duty_in_nanoseconds(tmp_path: Path) -> None:
    channel = find_channel(12, board(tmp_path, "fe20c000.pwm"))
    line = HardwarePwmLine(channel, 20_000)
    assert [(channel / file).read_text().strip() for file in ("period", "duty_cycle", "enable")] == ["50000", "0", "1"]
    assert not line.is_high()
    line.drive(0.25)
    assert line.is_high()
    assert (channel / "duty_cycle").read_bytes().startswith(b"12500")
    line.close()
    # Files keep what lay behind a shorter write; sysfs takes each write as a whole.
    assert (channel / "duty_cycle").read_bytes().startswith(b"0")
    assert (channel / "enable").read_text() == "0"


def test_a_channel_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    channel = find_channel(12, board(tmp_path, "fe20c000.pwm"))
    line = HardwarePwmLine(channel, 20_000)
    (channel / "enable").unlink()
    channel.chmod(0o500)
    (channel / "enable").mkdir()
    with pytest.raises(MotorFault, match="cannot be lowered"):
        line.close()


def test_a_motor_with_a_channel_has_its_strength_there(tmp_path: Path) -> None:
    pytest.importorskip("gpiozero", reason="gpiozero comes with the extra `pi`")
    sysfs = board(tmp_path, "fe20c000.pwm")
    settings = msgspec.structs.replace(
        PINS, factory="mock", hardware_pwm=(12,), motors={"snare": InInEnable(23, 24, 12)}
    )
    bridge = open_bridge(settings, sysfs)
    assert [line.is_high() for line in bridge.guarded] == [False]
    bridge.write("snare", Inputs(1, 0, 0.5))
    assert (sysfs / "pwmchip0/pwm0/duty_cycle").read_bytes().startswith(b"25000")
    bridge.write("snare", COAST)
    assert (sysfs / "pwmchip0/pwm0/duty_cycle").read_bytes().startswith(b"0")
    bridge.close()


def test_the_last_command_lowers_a_channel_too(tmp_path: Path) -> None:
    sysfs = board(tmp_path, "fe20c000.pwm")
    (sysfs / "pwmchip0/pwm0/duty_cycle").write_text("25000")
    settings = msgspec.structs.replace(PINS, hardware_pwm=(12,), motors={"snare": InInEnable(23, 24, 12)})
    assert lower_pins(settings, devices=tmp_path, sysfs=sysfs) == [
        "there is no pin header here: pins.motors are not lowered"
    ]
    assert (sysfs / "pwmchip0/pwm0/duty_cycle").read_text() == "0"
