"""Which message turns which control, and how far; pure logic."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.controls.binding import Binding, ControlsSettings, Press
from appliance.controls.control import PUSHES, Control
from appliance.controls.gesture import Gesture, Kind, gesture_of
from appliance.controls.limits import CHOICES, NAMED, SPANS, SWITCHES, checked, control_named
from appliance.settings import load_settings


def test_every_control_is_of_one_kind():
    kinds = [PUSHES, SWITCHES, NAMED, frozenset(CHOICES), frozenset(SPANS)]
    assert frozenset().union(*kinds) == frozenset(Control)
    assert sum(len(kind) for kind in kinds) == len(Control)


@given(st.sampled_from(sorted({*SPANS, *CHOICES, *NAMED})), st.integers(0, 127))
def test_every_position_of_a_knob_is_a_value_that_its_control_has(control, position):
    value = Binding(control, "cc 1").at(position)
    assert checked(control, value) == value


@pytest.mark.parametrize(
    ("control", "position", "value"),
    [
        # Magenta's magenta_midi: temperature 0.1 to 2.0, tempo 60 + value, generator by its number.
        (Control.TEMPERATURE, 0, 0.1),
        (Control.TEMPERATURE, 127, 2.0),
        (Control.TEMPO, 60, 120.0),
        (Control.MODEL, 3, 3),
        (Control.MODE, 0, "answer"),
        (Control.MODE, 127, "echo"),
        (Control.ANSWER_BARS, 127, 8),
    ],
)
def test_a_knob_reaches_what_magentas_did(control, position, value):
    assert Binding(control, "cc 1").at(position) == pytest.approx(value) if value else value == 0


def test_a_range_may_run_backwards_and_bend():
    backwards = Binding(Control.TEMPERATURE, "cc 1", range=(1.5, 0.5))
    assert (backwards.at(0), backwards.at(127)) == (1.5, 0.5)
    assert Binding(Control.DENSITY, "cc 1", curve=2.0).at(64) < Binding(Control.DENSITY, "cc 1").at(64)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"by": "knob 3"}, "is turned by"),
        ({"by": "cc 123"}, "cc 0 to 119"),
        ({"by": "note 128"}, "note 0 to 127"),
        ({"by": "cc 1", "channel": 17}, "channel 1 to 16"),
        ({"by": "cc 1", "range": [0.0, 11.0]}, "within 0 to 10, not 11"),
        ({"by": "cc 1", "curve": 0.0}, "curve is an exponent"),
        ({"by": "cc 1", "press": "toggle"}, "only a switch has a press"),
        ({"by": "note 1", "value": 11.0}, "temperature is 0 to 10, not 11"),
        ({"by": "footswitch"}, "must say how much"),
        ({"by": "cc 1", "chanel": 1}, "chanel"),
        ({"by": "footswitch", "control": "scene"}, "must say which"),
        ({"by": "cc 1", "control": "loop", "range": [0, 1]}, "has no range"),
        ({"by": "cc 1", "control": "panik"}, "panik"),
    ],
)
def test_a_wrong_row_is_said(row, words):
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert({"bindings": [{"control": "temperature", **row}]}, ControlsSettings)


def test_the_same_row_twice_is_refused():
    with pytest.raises(ValueError, match="loop by 'cc 1' is there twice"):
        ControlsSettings((Binding(Control.LOOP, "cc 1", channel=3), Binding(Control.LOOP, "cc 1")))


@pytest.mark.parametrize(
    ("control", "value", "words"),
    [
        (Control.PANIC, 1, "is pushed"),
        (Control.LOOP, 1, "true or false"),
        (Control.MODE, "ecko", "did you mean echo"),
        (Control.SCENE, -1, "from 0"),
        (Control.SCENE, "", "name or a number"),
        (Control.MODEL, True, "name or a number"),
        (Control.CALL_BARS, 1.5, "whole number"),
        (Control.TEMPO, float("nan"), "is a number"),
        (Control.TEMPO, "fast", "is a number"),
        (Control.TEMPO, None, "is a number"),
    ],
)
def test_a_value_that_the_control_does_not_have_is_refused(control, value, words):
    with pytest.raises(ValueError, match=words):
        checked(control, value)


def test_a_control_that_is_not_there_is_said_with_what_is_meant():
    assert control_named("loop") is Control.LOOP
    with pytest.raises(ValueError, match="did you mean temperature"):
        control_named("temprature")
    with pytest.raises(ValueError, match="there are temperature, top_k"):
        control_named("zzz")


def test_the_shipped_rows_are_whole_and_survive_being_written():
    shipped = load_settings().room("controls", ControlsSettings)
    assert {row.control for row in shipped.bindings} >= {Control.SCENE, Control.END_CALL}
    assert msgspec.convert(msgspec.to_builtins(shipped), ControlsSettings) == shipped
    hold = Binding(Control.THRU, "note 36", press=Press.HOLD)
    assert msgspec.to_builtins(hold) == {"control": "thru", "by": "note 36", "press": "hold"}


@pytest.mark.parametrize(
    ("message", "gesture"),
    [
        ((0xB2, 74, 5), Gesture(Kind.CC, 74, 3, 5)),
        ((0x99, 36, 100), Gesture(Kind.NOTE, 36, 10, 100)),
        ((0x99, 36, 0), Gesture(Kind.NOTE, 36, 10, 0)),
        ((0x89, 36, 64), Gesture(Kind.NOTE, 36, 10, 0)),
        ((0xC0, 7), Gesture(Kind.PROGRAM, 7, 1, 7)),
        ((0xB0, 120, 0), None),
        ((0xF8,), None),
        ((), None),
    ],
)
def test_a_message_is_a_gesture_or_none(message, gesture):
    assert gesture_of(message) == gesture


@given(st.binary(max_size=300))
def test_garbage_is_a_gesture_of_a_controller_or_none(message):
    gesture = gesture_of(message)
    assert gesture is None or (0 <= gesture.position <= 127 and 0 <= gesture.number <= 127)
