"""Hardware PWM by sysfs: edges to the microsecond without any processor time, on the few lines that have a channel.

The board's boot settings give a line to its channel: `dtoverlay=pwm-2chan,pin=12,func=4,pin2=13,func2=4` in config.txt.
Software PWM needs none of that and works on every line, but a new strength begins up to one period late, each period
wakes the processor twice, and a busy board makes the strength uneven.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from appliance.errors import MotorFault, SettingsError

SYSFS = Path("/sys/class/pwm")

# The header's channels by GPIO, by the end of the name of the device behind a pwmchip; the chips' own numbers change
# between kernels (raspberrypi/linux issue 6818). 20c000: BCM2835 to BCM2711 (2020c000, 3f20c000, fe20c000), whose other
# one, 20c800, is the audio jack's. The last is the RP1's of a Pi 5.
_BCM = {12: 0, 18: 0, 13: 1, 19: 1}
_RP1 = {12: 0, 13: 1, 18: 2, 19: 3}
_DEVICES = (("20c000.pwm", _BCM), ("bcm2835-pwm", _BCM), ("1f00098000.pwm", _RP1))

_SECOND = 1_000_000_000  # sysfs counts nanoseconds

# Looks at a new channel, and seconds between two of them.
_LOOKS, _LOOK = 100, 0.02


class HardwarePwmLine:
    """A line by its PWM channel; a new duty counts from its next period on (50 us at 20 kHz)."""

    def __init__(self, channel: Path, frequency: int) -> None:
        self._channel = channel
        self._period = _SECOND // frequency
        # 0 first: a period below the old duty is refused.
        _put(channel / "duty_cycle", "0")
        _put(channel / "period", str(self._period))
        _put(channel / "enable", "1")
        self._duty = os.open(channel / "duty_cycle", os.O_RDWR | os.O_CLOEXEC)

    def drive(self, duty: float) -> None:
        """High for that share of each period."""
        os.pwrite(self._duty, b"%d" % round(duty * self._period), 0)

    def lower(self) -> None:
        """Low from the end of the running period on."""
        os.pwrite(self._duty, b"0", 0)

    def is_high(self) -> bool:
        """Whether the duty is above 0."""
        return os.pread(self._duty, 32, 0).strip() not in (b"0", b"")

    def files(self) -> tuple[int, ...]:
        """The file of the duty."""
        return (self._duty,)

    def close(self) -> None:
        """Lower it and switch the channel off. Raises: MotorFault when it refuses."""
        try:
            self.lower()
            _put(self._channel / "enable", "0")
        except (OSError, SettingsError) as error:
            raise MotorFault(f"the PWM channel {self._channel} cannot be lowered: {error}") from error
        finally:
            os.close(self._duty)


def find_channel(gpio: int, sysfs: Path = SYSFS) -> Path:
    """The folder of a line's PWM channel, which is made if need be. Raises: SettingsError when the board has none."""
    for chip in sorted(sysfs.glob("pwmchip*")):
        channels = _channels(chip)
        if gpio in channels:
            return _exported(chip, channels[gpio])
    raise SettingsError(
        f"GPIO {gpio} has no hardware PWM here: it needs one of GPIO 12, 13, 18, 19 and a pwm overlay in config.txt "
        f"(dtoverlay=pwm-2chan), or take it out of pins.hardware_pwm"
    )


def _channels(chip: Path) -> dict[int, int]:
    device = (chip / "device").resolve().name
    return next((channels for ending, channels in _DEVICES if device.endswith(ending)), {})


def _exported(chip: Path, number: int, wait: Callable[[float], None] = time.sleep) -> Path:
    channel = chip / f"pwm{number}"
    if not channel.exists():
        _put(chip / "export", str(number))
        # Its files are root's until udev has given them to the group (60-ghostnote.rules): some ms.
        for _ in range(_LOOKS):
            if not channel.exists() or os.access(channel / "duty_cycle", os.W_OK):
                break
            wait(_LOOK)
    if not channel.exists():
        raise SettingsError(f"{chip} did not export its channel {number}")
    return channel


def _put(file: Path, text: str) -> None:
    try:
        file.write_text(text)
    except OSError as error:
        raise SettingsError(f"{file} refuses {text!r}: {error.strerror} (is this user in the group gpio?)") from error
