"""What the motors hang on, on the Arduino's side: the [arduino] table."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from appliance.errors import SettingsError
from appliance.strike.bridge_wiring import InIn, InInEnable, PhaseEnable, Solenoid
from appliance.strike.kit import StrikeSettings

# The board has as many motors at most: hw/firmware/src/motion.h.
MOST_MOTORS = 8

# Pins as Arduino numbers them. 0 and 1 are the serial line, and on 13 is the lamp, which a bootloader blinks.
_FIRST, _LAMP = 2, 13
_LAST = {"uno": 19, "leonardo": 23}
_TERMINALS = {"shield_v1": 4, "shield_v2": 8}  # of v2 there may be two, one on the other


# What the board counts in 16 bits of 4 us has 0.262 s.
_FARTHEST_AHEAD = 0.25


class Terminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="terminal"):
    """A motor on a shield's terminal, from 1; 5 to 8 are the second shield v2's."""

    terminal: int


BoardWiring = Terminal | InInEnable | InIn | PhaseEnable | Solenoid


class ArduinoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [arduino] table. Raises: ValueError for a pin or terminal that no motor may have, or that is given twice.

    `ahead` (s) is how long before its start a stroke is sent; `latency` (s) is how late every plain note sounds,
    whatever its strength, where that is longer than its lead.
    """

    role: Literal["none", "output", "fallback"]
    port: str
    protocol: Literal["ghostnote", "hairless"]
    board: Literal["uno", "leonardo"]
    driver: Literal["pins", "shield_v1", "shield_v2"]
    ahead: float
    channel: int
    latency: float
    enable: int
    motors: dict[str, BoardWiring]

    def __post_init__(self) -> None:
        if not 0.005 <= self.ahead <= _FARTHEST_AHEAD:
            raise ValueError(f"arduino.ahead is 0.005 to {_FARTHEST_AHEAD} s, not {self.ahead}")
        if not 0 <= self.latency <= _FARTHEST_AHEAD:
            raise ValueError(f"arduino.latency is 0 to {_FARTHEST_AHEAD} s, not {self.latency}")
        if not 0 <= self.channel <= 16:
            raise ValueError(f"arduino.channel is a MIDI channel, 1 to 16, or 0 for all, not {self.channel}")
        if len(self.motors) > MOST_MOTORS:
            raise ValueError(f"an Arduino drives {MOST_MOTORS} motors at most, arduino.motors has {len(self.motors)}")
        owner: dict[int, str] = {}
        for key, place in self.places():
            self._check_place(key, place)
            if place in owner:
                what = "pin" if self.driver == "pins" else "terminal"
                raise ValueError(f"arduino.{key} and arduino.{owner[place]} are both {what} {place}: give each its own")
            owner[place] = key

    @property
    def plays(self) -> bool:
        """Whether there is a board at all."""
        return self.role != "none"

    def places(self) -> Iterator[tuple[str, int]]:
        """Each pin, or terminal, as (its key in [arduino], its number)."""
        if self.enable >= 0:
            yield "enable", self.enable
        for name, wiring in self.motors.items():
            for field in wiring.__struct_fields__:
                place = getattr(wiring, field)
                if place is not None:
                    yield f"motors.{name}.{field}", place

    def wired(self, strike: StrikeSettings) -> StrikeSettings:
        """The motors that hang on the board, and no others, in the order of [strike].

        Raises: SettingsError for a motor that is not in [strike], and for none at all.
        """
        names = [motor.name for motor in strike.motors]
        for name in self.motors:
            if name not in names:
                raise SettingsError(f"arduino.motors.{name} is no motor of [strike]: there are {', '.join(names)}")
        if not self.motors:
            raise SettingsError("no motor hangs on the Arduino: give each that does a table [arduino.motors.NAME]")
        motors = tuple(motor for motor in strike.motors if motor.name in self.motors)
        return msgspec.structs.replace(strike, motors=motors)

    def _check_place(self, key: str, place: int) -> None:
        if self.driver == "pins":
            if key.endswith(".terminal"):
                raise ValueError(f"arduino.{key}: terminals are a shield's; say driver, or the pins of a bridge")
            last = _LAST[self.board]
            if place == _LAMP or not _FIRST <= place <= last:
                raise ValueError(
                    f"arduino.{key} is pin {place}: take 2 to 12 or 14 to {last} (A0 is {last - 5}); 0 and 1 are the "
                    "serial line and 13 the lamp"
                )
        elif not key.endswith(".terminal"):
            raise ValueError(f"arduino.{key}: on a shield a motor has kind = 'terminal' and its number, and no pins")
        elif not 1 <= place <= _TERMINALS[self.driver]:
            raise ValueError(f"arduino.{key} is {place}: a {self.driver} has terminals 1 to {_TERMINALS[self.driver]}")
