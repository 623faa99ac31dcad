"""Which GPIO lines drive which motor, and through what: the [pins] table."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from appliance.errors import SettingsError
from appliance.strike.bridge_wiring import InIn, InInEnable, PhaseEnable, Solenoid
from appliance.strike.kit import StrikeSettings

# GPIO 0 to 8 have pull-ups at power-on (BCM2711 datasheet, table of alternative functions) and 14 is the serial
# console's output, high while the board boots: a bridge there would drive its motor before any program runs.
_FIRST, _LAST, _CONSOLE = 9, 27, 14

# lgpio accepts 0.1 Hz to 10 kHz; below 1 kHz a change of strength would be more than 1 ms late.
_SLOWEST, _FASTEST = 1000, 10000

# What a line may be high at most beyond max_on, whatever happens to the striker (s), and the share of it that the guard
# needs from its decision to the last line when it has no real-time priority on a busy board.
_AFTERMATH, _REACTION = 0.050, 0.010


Wiring = InInEnable | InIn | PhaseEnable | Solenoid


class GuardLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a silent striker is given up, in seconds.

    It beats every `beat`. After `limit` without, it is killed if a line is high; after `patience`, in any case: a
    process without real-time priority can be kept waiting by a busy machine, and with all lines low that does no harm.
    Raises: ValueError when they are not in that order, with room for four beats in the limit.
    """

    beat: float
    limit: float
    patience: float

    def __post_init__(self) -> None:
        if not 0 < 4 * self.beat <= self.limit <= self.patience:
            raise ValueError(
                f"pins.guard: beat ({self.beat} s) is at most a quarter of limit ({self.limit} s), and limit at most "
                f"patience ({self.patience} s)"
            )


class PinSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [pins] table. Raises: ValueError for a GPIO that no bridge may hang on or that is given twice."""

    factory: Literal["", "lgpio", "rpigpio", "mock"]
    motors: dict[str, Wiring]
    enable: int
    hardware_pwm: tuple[int, ...]
    hardware_frequency: int
    software_frequency: int
    guard: GuardLimits

    def __post_init__(self) -> None:
        owner: dict[int, str] = {}
        for key, gpio in self.lines():
            _check_line(key, gpio)
            if gpio in owner:
                raise ValueError(f"pins.{key} and pins.{owner[gpio]} are both GPIO {gpio}: give each a line of its own")
            owner[gpio] = key
        for gpio in self.hardware_pwm:
            if gpio not in owner:
                raise ValueError(f"pins.hardware_pwm names GPIO {gpio}, which no motor uses")
        if self.software_frequency and not _SLOWEST <= self.software_frequency <= _FASTEST:
            raise ValueError(
                f"pins.software_frequency is {_SLOWEST} to {_FASTEST} Hz, or 0 for lines that are only on or off, not "
                f"{self.software_frequency}"
            )
        if self.hardware_frequency < _SLOWEST:
            raise ValueError(f"pins.hardware_frequency is {_SLOWEST} Hz or more, not {self.hardware_frequency}")

    def lines(self) -> Iterator[tuple[str, int]]:
        """Each line that a bridge hangs on, as (its key in [pins], its GPIO number)."""
        if self.enable >= 0:
            yield "enable", self.enable
        for name, wiring in self.motors.items():
            for field in wiring.__struct_fields__:
                gpio = getattr(wiring, field)
                if gpio is not None:
                    yield f"motors.{name}.{field}", gpio

    def wired(self, strike: StrikeSettings) -> StrikeSettings:
        """The motors that have pins, and no others.

        Raises: SettingsError for pins of a motor that is not in [strike], for no pins at all, and for limits that do
        not fit those of [strike].
        """
        names = [motor.name for motor in strike.motors]
        for name in self.motors:
            if name not in names:
                raise SettingsError(f"pins.motors.{name} is no motor of [strike]: there are {', '.join(names)}")
        if not self.motors:
            raise SettingsError("no motor has pins: give each that is wired a table [pins.motors.NAME]")
        self._check_guard(strike)
        self._check_dead_time(strike)
        return msgspec.structs.replace(
            strike, motors=tuple(motor for motor in strike.motors if motor.name in self.motors)
        )

    def _check_guard(self, strike: StrikeSettings) -> None:
        longest = strike.max_on + _AFTERMATH - _REACTION
        if self.guard.limit > longest:
            raise SettingsError(
                f"pins.guard.limit is {self.guard.limit} s: with strike.max_on at {strike.max_on} s it is at most "
                f"{longest:.3f} s, or a motor of a striker that hangs is driven too long"
            )

    def _check_dead_time(self, strike: StrikeSettings) -> None:
        # Such a line can stay high until the end of its PWM period, and the other direction may be next.
        if not self.software_frequency or strike.dead_time > 1 / self.software_frequency:
            return
        for name, wiring in self.motors.items():
            pwm = wiring.in1 if isinstance(wiring, InIn) else wiring.enable if isinstance(wiring, PhaseEnable) else None
            if pwm is not None and pwm not in self.hardware_pwm:
                raise SettingsError(
                    f"pins.motors.{name} stops a PWM period late: strike.dead_time, {strike.dead_time} s, must be "
                    f"longer than a period of pins.software_frequency, {self.software_frequency} Hz"
                )


def _check_line(key: str, gpio: int) -> None:
    if gpio == _CONSOLE:
        raise ValueError(f"pins.{key} is GPIO 14, the serial console, high at boot: take 9 to 13 or 15 to 27")
    if 0 <= gpio < _FIRST:
        raise ValueError(f"pins.{key} is GPIO {gpio}, pulled up at power-on: take 9 to 13 or 15 to 27")
    if not _FIRST <= gpio <= _LAST:
        raise ValueError(f"pins.{key} is GPIO {gpio}, which is not on the header: take 9 to 13 or 15 to 27")
