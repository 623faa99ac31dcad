"""Knobs, buttons, pedals: messages in, turned controls out; virtual time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.controls.binding import Binding, Press
from appliance.controls.control import Control, Turned
from appliance.controls.learning import Bound, Refused
from appliance.controls.limits import checked
from appliance.controls.surface import ControlSurface


def surface(*bindings: Binding, **values) -> ControlSurface:
    return ControlSurface(bindings, {Control(name): value for name, value in values.items()})


def cc(number: int, value: int, channel: int = 1) -> bytes:
    return bytes((0xB0 | channel - 1, number, value))


def note(key: int, velocity: int = 100) -> bytes:
    return bytes((0x99, key, velocity))


def values(outcomes) -> list[object]:
    return [(turned.control, turned.value) for turned in outcomes]


def test_a_knob_turns_its_control_at_once():
    knobs = surface(Binding(Control.TEMPERATURE, "cc 74", range=(0.0, 2.54)))
    assert knobs.receive("pad", 1.5, cc(74, 60)) == [Turned(1.5, Control.TEMPERATURE, pytest.approx(1.2))]


def test_a_knob_that_says_the_same_again_is_no_news():
    knobs = surface(Binding(Control.CALL_BARS, "cc 1"))
    assert values(knobs.receive("pad", 0.0, cc(1, 64))) == [(Control.CALL_BARS, 4)]
    assert knobs.receive("pad", 0.0, cc(1, 65)) == []


def test_what_nobody_bound_is_for_others():
    knobs = surface(Binding(Control.LOOP, "cc 1", channel=2, port="knobs"))
    assert knobs.receive("knobs", 0.0, cc(1, 127, channel=1)) is None
    assert knobs.receive("pad", 0.0, cc(1, 127, channel=2)) is None
    assert knobs.receive("knobs", 0.0, cc(2, 127, channel=2)) is None
    assert knobs.receive("knobs", 0.0, b"\xf8") is None
    assert values(knobs.receive("knobs", 0.0, cc(1, 127, channel=2))) == [(Control.LOOP, True)]


def test_a_key_that_is_bound_is_no_hit_and_nor_is_its_letting_go():
    keys = surface(Binding(Control.MUTATE, "note 50"))
    assert values(keys.receive("pad", 0.0, note(50))) == [(Control.MUTATE, None)]
    assert keys.receive("pad", 0.0, note(50, 0)) == []
    assert keys.receive("pad", 0.0, note(51)) is None


def test_a_switch_that_stays_is_on_from_64_up():
    switch = surface(Binding(Control.MUTE, "cc 1"))
    said = [values(switch.receive("pad", 0.0, cc(1, value))) for value in (63, 64, 127, 64, 0)]
    assert said == [[], [(Control.MUTE, True)], [], [], [(Control.MUTE, False)]]


def test_a_button_that_springs_back_toggles_at_127():
    button = surface(Binding(Control.LOOP, "cc 1", press=Press.TOGGLE))
    said = [values(button.receive("pad", 0.0, cc(1, value))) for value in (127, 0, 127, 0)]
    assert said == [[(Control.LOOP, True)], [], [(Control.LOOP, False)], []]


def test_a_button_knows_what_others_turned():
    button = surface(Binding(Control.LOOP, "note 9"))
    button.see(Turned(0.0, Control.LOOP, True))
    assert values(button.receive("pad", 1.0, note(9))) == [(Control.LOOP, False)]


def test_who_turns_it_for_all_turns_it_for_each():
    left = surface(Binding(Control.LOOP, "note 9", duet="left"))
    assert left.receive("pad", 1.0, note(9)) == [Turned(1.0, Control.LOOP, True, "left")]
    left.see(Turned(2.0, Control.LOOP, False))
    assert left.receive("pad", 3.0, note(9)) == [Turned(3.0, Control.LOOP, True, "left")]


def test_what_is_held_is_on_until_it_is_let_go():
    held = surface(Binding(Control.THRU, "note 9", press=Press.HOLD))
    assert values(held.receive("pad", 0.0, note(9))) == [(Control.THRU, True)]
    assert held.receive("pad", 0.1, note(9)) == []
    assert values(held.receive("pad", 0.2, note(9, 0))) == [(Control.THRU, False)]


def test_what_is_held_on_a_port_that_goes_away_is_let_go():
    held = surface(Binding(Control.THRU, "note 9", press=Press.HOLD))
    held.receive("pad", 0.0, note(9))
    assert held.lose("knobs", 1.0) == []
    assert held.lose("pad", 1.0) == [Turned(1.0, Control.THRU, False)]
    assert held.lose("pad", 1.0) == []


def test_a_push_by_a_controller_is_at_127_and_each_time():
    push = surface(Binding(Control.PANIC, "cc 11"))
    said = [len(push.receive("pad", 0.0, cc(11, value))) for value in (127, 127, 64, 0, 126)]
    assert said == [1, 1, 0, 0, 0]


def test_it_is_known_beforehand_what_presses_panic():
    push = surface(Binding(Control.PANIC, "cc 11"), Binding(Control.LOOP, "cc 12"))
    pressed = [push.silences("pad", message) for message in (cc(11, 127), cc(11, 0), cc(12, 127), note(1), b"")]
    assert pressed == [True, False, False, False, False]
    push.learn(Control.MUTE)
    assert push.silences("pad", cc(11, 127))


def test_a_program_calls_its_scene_also_when_it_is_there_already():
    programs = surface(Binding(Control.SCENE, "program"))
    said = [values(programs.receive("pad", 0.0, bytes((0xC9, number)))) for number in (3, 3, 0)]
    assert said == [[(Control.SCENE, 3)], [(Control.SCENE, 3)], [(Control.SCENE, 0)]]


def test_a_press_sets_what_its_row_says():
    rows = surface(
        Binding(Control.SCENE, "note 1", value="ballad"),
        Binding(Control.TEMPERATURE, "program 2", value=0.5),
        Binding(Control.MUTE, "cc 3", value=False),
    )
    assert values(rows.receive("pad", 0.0, note(1))) == [(Control.SCENE, "ballad")]
    assert values(rows.receive("pad", 0.0, bytes((0xC0, 2)))) == [(Control.TEMPERATURE, 0.5)]
    assert values(rows.receive("pad", 0.0, cc(3, 127))) == [(Control.MUTE, False)]
    assert rows.receive("pad", 0.0, cc(3, 100)) == []


def test_the_footswitch_does_what_it_is_bound_to():
    assert values(surface(Binding(Control.END_CALL, "footswitch")).step(1.0)) == [(Control.END_CALL, None)]
    assert surface().step(1.0) == []


def test_a_pedal_steps_through_the_modes():
    pedal = surface(Binding(Control.MODE, "footswitch"), mode="trade")
    said = [pedal.step(0.0)[0].value for _ in range(4)]
    assert said == ["accompany", "echo", "answer", "trade"]


def test_one_message_may_turn_two_controls():
    both = surface(Binding(Control.LOOP, "note 1"), Binding(Control.KEEP, "note 1"))
    assert values(both.receive("pad", 0.0, note(1))) == [(Control.LOOP, True), (Control.KEEP, None)]


def test_a_knob_is_learnt_when_it_moves():
    knobs = surface()
    knobs.learn(Control.TEMPERATURE)
    assert knobs.receive("knobs", 0.0, cc(4, 9)) is None  # a pedal that repeats itself
    assert knobs.receive("knobs", 0.0, cc(4, 9)) is None
    assert knobs.receive("knobs", 0.1, cc(74, 20)) is None
    bound = Binding(Control.TEMPERATURE, "cc 74", channel=1, port="knobs")
    assert knobs.receive("knobs", 0.2, cc(74, 21)) == [Bound(0.2, bound)]
    assert (knobs.bindings, knobs.learning) == ((bound,), None)
    assert values(knobs.receive("knobs", 0.3, cc(74, 127))) == [(Control.TEMPERATURE, 2.0)]


def test_what_is_learnt_takes_the_place_of_what_was():
    knobs = surface(Binding(Control.LOOP, "cc 1"), Binding(Control.MUTE, "cc 2"))
    knobs.learn(Control.LOOP)
    knobs.receive("pad", 0.0, note(9))
    assert [(row.control, row.by) for row in knobs.bindings] == [(Control.MUTE, "cc 2"), (Control.LOOP, "note 9")]


def test_a_message_that_turns_another_control_is_refused_with_words_and_the_next_may_do():
    knobs = surface(Binding(Control.MUTE, "cc 2"))
    knobs.learn(Control.LOOP)
    assert knobs.receive("pad", 0.0, cc(2, 127)) == [Refused(0.0, "'cc 2' already turns mute: turn another")]
    assert isinstance(knobs.receive("pad", 0.1, cc(3, 127))[0], Bound)


def test_a_key_cannot_say_which_scene():
    keys = surface()
    keys.learn(Control.SCENE)
    refused = keys.receive("pad", 0.0, note(9))
    assert isinstance(refused[0], Refused)
    assert "must say which" in refused[0].text
    assert keys.receive("pad", 0.0, bytes((0xC9, 5))) == [
        Bound(0.0, Binding(Control.SCENE, "program", channel=10, port="pad"))
    ]


def test_learning_can_be_left():
    keys = surface()
    keys.learn(Control.LOOP)
    keys.stop_learning()
    assert keys.receive("pad", 0.0, note(9)) is None


BINDINGS = st.lists(
    st.sampled_from(
        [
            Binding(Control.TEMPERATURE, "cc 1"),
            Binding(Control.MODE, "cc 1"),
            Binding(Control.LOOP, "cc 2", press=Press.TOGGLE),
            Binding(Control.MUTE, "note 3", press=Press.HOLD),
            Binding(Control.SCENE, "program"),
            Binding(Control.PANIC, "program 4"),
            Binding(Control.TEMPO, "note 5"),
        ]
    )
)
MESSAGES = st.lists(
    st.one_of(
        st.binary(max_size=4),
        st.tuples(st.sampled_from([0x80, 0x90, 0xB0, 0xC0]), st.integers(0, 6), st.integers(0, 127)).map(
            lambda parts: bytes(parts[: 2 if parts[0] == 0xC0 else 3])
        ),
    )
)


@settings(deadline=None)
@given(BINDINGS, MESSAGES, st.one_of(st.none(), st.sampled_from(list(Control))))
def test_whatever_comes_every_value_is_one_that_its_control_has(bindings, messages, learnt):
    knobs = ControlSurface(bindings, {})
    if learnt is not None:
        knobs.learn(learnt)
    for message in messages:
        for outcome in knobs.receive("pad", 0.0, message) or []:
            if isinstance(outcome, Turned):
                assert checked(outcome.control, outcome.value) == outcome.value


def test_panic_is_pressed_even_while_another_control_is_learnt():
    knobs = surface(Binding(Control.PANIC, "cc 20"))
    knobs.learn(Control.LOOP)
    assert knobs.silences("pad", cc(20, 127))
    assert values(knobs.receive("pad", 0.0, cc(20, 127))) == [(Control.PANIC, None)]
    assert isinstance(knobs.receive("pad", 0.0, cc(21, 127))[0], Bound)
