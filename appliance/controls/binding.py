"""Which gesture turns which control, and how: a row of [controls] bindings."""

import math
import re
from enum import StrEnum
from functools import cache

import msgspec

from appliance.controls.control import Control, Value
from appliance.controls.gesture import FIRST_MODE_MESSAGE, HIGHEST, Gesture, Kind
from appliance.controls.limits import CHOICES, NAMED, SPANS, SWITCHES, checked

_WRITTEN = re.compile(r"(cc|note) (\d+)|(program)( \d+)?|(footswitch)")


class Press(StrEnum):
    """How a switch is thrown."""

    FOLLOW = "follow"  # on from 64 up, off below: for a switch that stays
    TOGGLE = "toggle"  # each press changes it: for a button that springs back
    HOLD = "hold"  # on while it is held


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A message that turns a control.

    `by`: "cc 74", "note 36" (the key that the pad sends), "program" (any), "program 5" or "footswitch". `channel`: 1 to
    16, 0 for all; `port`: the name of an input in the settings, empty for all; `duet`: the one that is meant, empty for
    all. A number goes from `range[0]` to `range[1]` as position ** `curve`. `value`: what a press sets, instead of what
    the position says.
    Raises: ValueError for what the message or the control does not have.
    """

    control: Control
    by: str
    channel: int = 0
    port: str = ""
    duet: str = ""
    range: tuple[float, float] | None = None
    curve: float = 1.0
    press: Press | None = None
    value: Value = None

    def __post_init__(self) -> None:
        kind = self.kind
        if not 0 <= self.channel <= 16:
            raise ValueError(f"{self} is on channel 1 to 16, or 0 for all, not {self.channel}")
        if self.value is not None:
            checked(self.control, self.value)
        elif self.control in NAMED and kind in (Kind.NOTE, Kind.FOOTSWITCH):
            raise ValueError(f'{self} must say which: value = "NAME"')
        elif self.control in SPANS and kind is Kind.FOOTSWITCH:
            raise ValueError(f"{self} must say how much: value = ..")
        if self.press is not None and self.control not in SWITCHES:
            raise ValueError(f"{self}: only a switch has a press, such as {Control.LOOP}")
        self._check_range()

    def __str__(self) -> str:
        return f"{self.control} by {self.by!r}"

    @property
    def kind(self) -> Kind:
        """What is moved. Raises: ValueError when `by` says nothing that can be."""
        return self._read()[0]

    @property
    def number(self) -> int | None:
        """Its number; None for any program, and for the footswitch."""
        return self._read()[1]

    @property
    def thrown(self) -> Press:
        """How a switch is thrown, where nothing is said: as the message can say it."""
        return self.press or (Press.FOLLOW if self.kind is Kind.CC else Press.TOGGLE)

    def hears(self, port: str, gesture: Gesture) -> bool:
        """Whether a gesture on a port is this one's."""
        return (
            self.kind is gesture.kind
            and self.number in (None, gesture.number)
            and (not self.channel or not gesture.channel or self.channel == gesture.channel)
            and self.port in ("", port)
        )

    def meets(self, other: "Binding") -> bool:
        """Whether there is a message that both hear."""
        return (
            self.kind is other.kind
            and (self.number == other.number or None in (self.number, other.number))
            and (self.channel == other.channel or 0 in (self.channel, other.channel))
            and (self.port == other.port or "" in (self.port, other.port))
        )

    def at(self, position: int) -> Value:
        """What a position (0 to 127) says, of a control that has values."""
        share = position / HIGHEST
        if self.control in CHOICES:
            choices = CHOICES[self.control]
            return choices[position * len(choices) // (HIGHEST + 1)]
        if self.control in NAMED:
            return position
        span = SPANS[self.control]
        left, right = self.range or (span.left, span.right)
        number: float = left + (right - left) * share**self.curve
        return round(number) if span.whole else number

    def _read(self) -> tuple[Kind, int | None]:
        try:
            return _written(self.by)
        except ValueError as error:
            raise ValueError(f"{self.control}: {error}") from None

    def _check_range(self) -> None:
        if not (math.isfinite(self.curve) and 0.1 <= self.curve <= 10):
            raise ValueError(f"{self}: curve is an exponent, 0.1 to 10, not {self.curve}")
        if self.range is None:
            return
        if self.control not in SPANS:
            raise ValueError(f"{self} has no range: it is no number")
        for end in self.range:
            span = SPANS[self.control]
            if not span.low <= end <= span.high:
                raise ValueError(f"{self}: its range is within {span.low:g} to {span.high:g}, not {end:g}")


@cache
def _written(by: str) -> tuple[Kind, int | None]:
    """Kind and number of what is moved; asked with every message, so it is read once."""
    written = _WRITTEN.fullmatch(by)
    if written is None:
        raise ValueError(f'it is turned by "cc N", "note N", "program", "program N" or "footswitch", not {by!r}')
    word, number, program, which, _ = written.groups()
    digits = number or which
    value = None if digits is None else int(digits)
    kind = Kind(word or program or Kind.FOOTSWITCH)
    if value is not None and value > (FIRST_MODE_MESSAGE - 1 if kind is Kind.CC else HIGHEST):
        what = "119, from 120 on they mean silence" if kind is Kind.CC else "127"
        raise ValueError(f"MIDI has {kind} 0 to {what}, not {by!r}")
    return kind, value


class ControlsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table [controls]. Raises: ValueError when one message turns one control in two ways."""

    bindings: tuple[Binding, ...]

    def __post_init__(self) -> None:
        for place, one in enumerate(self.bindings):
            for other in self.bindings[:place]:
                if one.meets(other) and (one.control, one.duet, one.value) == (other.control, other.duet, other.value):
                    raise ValueError(f"{one} is there twice")
