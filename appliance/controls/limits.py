"""What each control takes, and how far a knob turns it: one table for knobs, scenes, the panel and the journal."""

import difflib
import math
from collections.abc import Iterable, Mapping

import msgspec

from appliance.controls.control import PUSHES, Control, Value
from appliance.notation.timeline import read_meter


class Span(msgspec.Struct, frozen=True):
    """A number from `low` to `high`; a knob goes from `left` to `right`, unless its binding says otherwise."""

    low: float
    high: float
    left: float
    right: float
    whole: bool = False


SPANS: Mapping[Control, Span] = {
    # What a knob reaches is what Magenta's MIDI interface has for it: temperature 0.1 to 2, tempo 60 + value.
    Control.TEMPERATURE: Span(0.0, 10.0, 0.1, 2.0),
    Control.TEMPO: Span(20.0, 400.0, 60.0, 187.0),
    Control.DENSITY: Span(-1.0, 1.0, -1.0, 1.0),
    Control.SIMILARITY: Span(0.0, 1.0, 0.0, 1.0),
    Control.BLEND_X: Span(0.0, 1.0, 0.0, 1.0),
    Control.BLEND_Y: Span(0.0, 1.0, 0.0, 1.0),
    Control.TOP_K: Span(0, 65536, 0, 64, whole=True),
    Control.CALL_BARS: Span(0, 64, 0, 8, whole=True),
    Control.SILENCE_BEATS: Span(1, 64, 1, 16, whole=True),
    Control.MIN_BARS: Span(0, 64, 0, 8, whole=True),
    Control.MAX_BARS: Span(1, 64, 1, 32, whole=True),
    Control.ANSWER_BARS: Span(0, 64, 0, 8, whole=True),
}

CHOICES: Mapping[Control, tuple[str, ...]] = {
    Control.START: ("step", "beat", "bar"),
    Control.MODE: ("answer", "trade", "accompany", "echo"),
    # What a knob goes through; by its name any meter can be said.
    Control.METER: ("2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8"),
    Control.WAY: ("continue", "tap", "humanise", "hi_hat", "similar", "blend", "interpolate", "endless"),
}

_LONGEST_BAR = 4  # whole notes

_LONGEST = 64  # bits

SWITCHES = frozenset(
    {
        Control.LOOP,
        Control.OVERLAP,
        Control.THRU,
        Control.MUTE,
        Control.MEMORY,
        Control.METRONOME,
        Control.HUMANISE,
    }
)

# By its name, or by its number among those of the settings, from 0 as MIDI's programs are.
NAMED = frozenset({Control.MODEL, Control.SCENE})


def control_named(name: str) -> Control:
    """The control that is called so. Raises: ValueError, with the one that is perhaps meant."""
    try:
        return Control(name)
    except ValueError:
        raise ValueError(f"there is no control {name!r}{_meant(name, Control)}") from None


def checked(control: Control, value: Value) -> Value:
    """The value as the control has it: a whole number where it must be one. Raises: ValueError for what it has not."""
    if control in PUSHES:
        return _pushed(control, value)
    if control in SWITCHES:
        return _switched(control, value)
    if control is Control.METER:
        return _meter(value)
    if control in CHOICES:
        return _chosen(control, value)
    if control in NAMED:
        return _named(control, value)
    return _number(control, value)


def _pushed(control: Control, value: Value) -> Value:
    if value is not None:
        raise ValueError(f"{control} is pushed, it has no value such as {value!r}")
    return value


def _switched(control: Control, value: Value) -> bool:
    if value is True or value is False:
        return value
    raise ValueError(f"{control} is true or false, not {value!r}")


def _chosen(control: Control, value: Value) -> str:
    if not isinstance(value, str) or value not in CHOICES[control]:
        raise ValueError(f"{control} is {', '.join(CHOICES[control])}, not {value!r}{_close(value, CHOICES[control])}")
    return value


def _meter(value: Value) -> str:
    meter = read_meter(str(value)[:_LONGEST])
    if meter.numerator > _LONGEST_BAR * meter.denominator:
        raise ValueError(f"a bar of {meter} is longer than {_LONGEST_BAR} whole notes")
    return str(meter)


def _named(control: Control, value: Value) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise ValueError(f"{control} is a name or a number, not {value!r}")
    if isinstance(value, int) and value < 0:
        raise ValueError(f"{control} is a name or a number from 0, not {value}")
    return value


def _number(control: Control, value: Value) -> float:
    span = SPANS[control]
    # A whole number can be longer than any float, and then it is beyond every span.
    long = isinstance(value, int) and value.bit_length() > _LONGEST
    if isinstance(value, bool) or long or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{control} is a number from {span.low:g} to {span.high:g}, not {str(value)[:40]!r}")
    if span.whole and value != int(value):
        raise ValueError(f"{control} is a whole number, not {value}")
    if not span.low <= value <= span.high:
        raise ValueError(f"{control} is {span.low:g} to {span.high:g}, not {value:g}")
    return int(value) if span.whole else float(value)


def _meant(word: str, known: Iterable[str]) -> str:
    return _close(word, known) or f": there are {', '.join(known)}"


def _close(word: Value, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f": did you mean {close[0]}?" if close else ""
