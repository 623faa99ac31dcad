"""What a gesture makes of a control's value."""

import msgspec

from appliance.controls.binding import Binding, Press
from appliance.controls.control import PUSHES, Value
from appliance.controls.gesture import HIGHEST, ON, Gesture, Kind
from appliance.controls.limits import CHOICES, NAMED, SWITCHES


class Move(msgspec.Struct, frozen=True):
    """The control is to have this value; pushes have None."""

    value: Value


def move(binding: Binding, gesture: Gesture, before: Value) -> Move | None:
    """What a gesture leads to, where the control's value was `before`; None when to nothing.

    A controller that is no switch is pressed at 127 and a note at any velocity, so a knob that passes by presses once.
    """
    if binding.control in SWITCHES:
        return _throw(binding, gesture, before)
    if binding.control in PUSHES:
        return Move(None) if _pressed(gesture) else None
    if binding.value is not None:
        return Move(binding.value) if _pressed(gesture) else None
    if gesture.kind is Kind.NOTE and gesture.position == 0:
        return None
    if binding.control in CHOICES and gesture.kind is not Kind.CC:
        return Move(_next(CHOICES[binding.control], before)) if _pressed(gesture) else None
    value = binding.at(gesture.position)
    # A scene or model that is called again begins anew; a number that stays what it was is no news.
    return Move(value) if value != before or binding.control in NAMED else None


def _throw(binding: Binding, gesture: Gesture, before: Value) -> Move | None:
    if binding.value is not None:
        return Move(binding.value) if _pressed(gesture) else None
    if binding.thrown is Press.TOGGLE:
        return Move(not before) if _pressed(gesture) else None
    on = gesture.position > 0 if gesture.kind is Kind.NOTE else gesture.position >= ON
    return Move(on) if on is not bool(before) else None


def _pressed(gesture: Gesture) -> bool:
    if gesture.kind is Kind.CC:
        return gesture.position == HIGHEST
    return gesture.kind is not Kind.NOTE or gesture.position > 0


def _next(choices: tuple[str, ...], before: Value) -> str:
    place = choices.index(before) + 1 if isinstance(before, str) and before in choices else 0
    return choices[place % len(choices)]
