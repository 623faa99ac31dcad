"""`ghostnote lower-pins`: every line that a bridge hangs on goes low, whatever became of the striker."""

import argparse
import sys
import time
from pathlib import Path

from appliance.drivers.gpio_line import header_chip, hold_low
from appliance.drivers.hardware_pwm import SYSFS, find_channel
from appliance.drivers.wiring import PinSettings
from appliance.errors import SettingsError
from appliance.settings import load_settings

# The guard of a striker that died may still hold the lines, for some 0.05 s. Then somebody else does.
_WAIT, _AGAIN = 1.0, 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")


def run(args: argparse.Namespace) -> int:
    """Lower them; 0, or 1 when one could not be. Raises: SettingsError."""
    pins = load_settings(args.settings).room("pins", PinSettings)
    gpios = [gpio for _, gpio in pins.lines()]
    if not gpios or pins.factory == "mock":
        print("ghostnote lower-pins: no motor has pins: there is nothing to lower")
        return 0
    refused = lower_pins(pins)
    for line in refused:
        print(f"ghostnote lower-pins: {line}", file=sys.stderr)
    if not refused:
        print(f"ghostnote lower-pins: GPIO {', '.join(map(str, gpios))} are low")
    return 1 if refused else 0


def lower_pins(pins: PinSettings, devices: Path = Path("/dev"), sysfs: Path = SYSFS) -> list[str]:
    """Lower every line by the kernel alone, without any library; a sentence for each that could not be."""
    gpios = {gpio for _, gpio in pins.lines()} - set(pins.hardware_pwm)
    return [*_stop_pwm(pins.hardware_pwm, sysfs), *_lower(gpios, devices)]


def _stop_pwm(gpios: tuple[int, ...], sysfs: Path) -> list[str]:
    refused = []
    for gpio in gpios:
        try:
            (find_channel(gpio, sysfs) / "duty_cycle").write_text("0")
        except (SettingsError, OSError) as error:
            refused.append(f"GPIO {gpio} was not lowered: {error}")
    return refused


def _lower(gpios: set[int], devices: Path) -> list[str]:
    try:
        chip = header_chip(devices)
        if chip is None:
            return ["there is no pin header here: pins.motors are not lowered"]
        end = time.monotonic() + _WAIT
        while (held := hold_low(chip, sorted(gpios))) and time.monotonic() < end:
            gpios = set(held)
            time.sleep(_AGAIN)
    except OSError as error:
        return [f"the lines were not lowered: {error}"]
    return [f"GPIO {gpio} was not lowered: another process holds it" for gpio in held]
