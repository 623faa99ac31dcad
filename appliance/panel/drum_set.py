"""The kit as a page draws it: drums, motors, and the curves by which they are struck."""

from typing import Any

import msgspec

from appliance.notation.drums import KEYS, Drum
from appliance.panel.facts import drums
from appliance.strike.kit import Motor, StrikeSettings
from appliance.strike.touch import push_of

# Velocities at which a curve is drawn.
_POINTS = (1, *range(7, 127, 7), 127)


def drum_set(strike: StrikeSettings, wirings: dict[str, str]) -> dict[str, Any]:
    """All of it; `wirings`: in words, of each motor that hangs on something."""
    known = [{**row, "keys": list(KEYS[drum])} for row, drum in zip(drums(strike), Drum, strict=True)]
    motors = [_motor(strike, motor, number, wirings) for number, motor in enumerate(strike.motors, 1)]
    return {"drums": known, "motors": motors}


def _motor(strike: StrikeSettings, motor: Motor, number: int, wirings: dict[str, str]) -> dict[str, Any]:
    pushes = [(velocity, push_of(motor, velocity)) for velocity in _POINTS]
    return {
        "name": motor.name,
        "number": number,
        "drums": list(motor.drums),
        "soft": msgspec.to_builtins(motor.soft),
        "hard": msgspec.to_builtins(motor.hard),
        "back": msgspec.to_builtins(motor.back),
        "curve": motor.curve,
        "touch": [[knot.velocity, knot.forward, knot.duty, knot.lead] for knot in motor.touch],
        "calibrated": bool(motor.touch),
        "points": [[velocity, push.duty, push.lead, push.forward] for velocity, push in pushes],
        "budget": msgspec.to_builtins(strike.budget_of(motor)),
        "wired": motor.name in wirings,
        "wiring": wirings.get(motor.name, ""),
    }
