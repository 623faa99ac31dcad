"""What the settings say that a page shows: the drums and motors, the set list, the tempo, who plays with whom."""

from typing import Any

import msgspec

from appliance.controls.control import PUSHES, Control
from appliance.controls.limits import CHOICES, SPANS, SWITCHES
from appliance.notation.drums import KEYS, Drum
from appliance.out.settings import OutSettings
from appliance.settings import Settings
from appliance.status.wiring import StatusSettings
from appliance.strike.kit import StrikeSettings
from appliance.tempo.settings import TempoSettings, read_meter


class Facts(msgspec.Struct, frozen=True):
    """Read once from the settings of the player, or of the panel while there is none."""

    strike: StrikeSettings
    tempo: TempoSettings
    scenes: tuple[str, ...]
    outputs: tuple[str, ...]
    hot: float  # degrees Celsius at which the board slows down


def facts_of(settings: Settings) -> Facts:
    """Raises: SettingsError."""
    return Facts(
        settings.room("strike", StrikeSettings),
        settings.room("tempo", TempoSettings),
        tuple(settings.room("scenes", dict[str, Any])),
        ("motors", *settings.room("out", OutSettings).ports),
        settings.room("status", StatusSettings).hot,
    )


def drums(strike: StrikeSettings) -> list[dict[str, Any]]:
    """The nine drums, the key that sounds each, and the motors that play it."""
    kit = strike.kit
    return [
        {"drum": drum.label, "key": KEYS[drum][0], "motors": [motor.name for motor in kit.motors_for(KEYS[drum][0])]}
        for drum in Drum
    ]


def tempo(settings: TempoSettings) -> dict[str, Any]:
    """The tempo before anybody played."""
    meter = read_meter(settings.meter)
    return {
        "qpm": settings.qpm,
        "meter": settings.meter,
        "beats": meter.numerator,
        "source": settings.source.value,
        "origin": None,
        "running": False,
        "led": False,
        "metronome": False,
        "bar": None,
    }


def controls() -> dict[str, Any]:
    """Every control and what it takes."""
    return {control.value: _limits(control) for control in Control}


def _limits(control: Control) -> dict[str, Any]:
    if control in SPANS:
        return {"kind": "number", **msgspec.to_builtins(SPANS[control])}
    if control in CHOICES:
        return {"kind": "choice", "choices": list(CHOICES[control])}
    if control in SWITCHES:
        return {"kind": "switch"}
    return {"kind": "push" if control in PUSHES else "named"}
