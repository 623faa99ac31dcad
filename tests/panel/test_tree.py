"""The state that a page has is the state that there is, whatever happens and in whatever pieces it comes."""

import copy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.answer.answering import StepAnswered
from appliance.beginning import Began, Tuned
from appliance.controls.control import Control, Turned
from appliance.happenings import (
    AnswerBegan,
    HitHeard,
    Rerouted,
    Silence,
    Stand,
    Standing,
    StrokesDue,
    StrokesOff,
    TurnRefused,
    TurnTaken,
)
from appliance.notation.hit import Hit, Stroke
from appliance.notation.timeline import Grid, Timeline
from appliance.pad.presence import PortFound, PortLost
from appliance.panel.difference import difference, patched
from appliance.panel.facts import facts_of
from appliance.panel.stage import Stage
from appliance.panel.telling import EVERY, Telling
from appliance.settings import load_settings
from appliance.status.board import Notice
from appliance.status.codes import Code
from appliance.status.wire import Report
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.tempo.pulse import BeatFell, GridRests, GridRuns, Pulse
from appliance.turn import Turn

LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.lists(st.integers(0, 3), max_size=2)
NAMES = st.sampled_from("abcd")
TREES = st.dictionaries(NAMES, st.recursive(LEAVES, lambda inner: st.dictionaries(NAMES, inner, max_size=3)))


def without_nothing(tree):
    """As a page has it: what is None is not there."""
    return {
        key: without_nothing(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if value is not None
    }


@given(TREES, TREES)
def test_the_patch_of_two_trees_makes_one_of_the_other(before, after):
    patch = difference(before, after)
    assert without_nothing(patched(without_nothing(before), patch)) == without_nothing(after)
    assert difference(after, after) == {}


def test_true_and_one_are_not_the_same():
    assert difference({"on": 1}, {"on": True}) == {"on": True}


GRID = Grid(120.0)
SETTINGS = load_settings()
VALUES = {Control.TEMPERATURE: 1.0, Control.MODEL: "drum_kit_rnn"}
STANDS = {name: Stand(Turn.IDLE, VALUES, ("drum_kit_rnn",), ("pad",), ("motors",)) for name in ("a", "b")}
STANDING = Standing(1.0, STANDS, ("pad", "panel"), ("motors",), Pulse(0.0, 120.0), False, False, False, (), None)


@pytest.fixture
def stage():
    stage = Stage(facts_of(SETTINGS), lambda _: facts_of(SETTINGS))
    stage.see(1.0, "", Began("drum_kit_rnn", 7))
    stage.see(1.0, "", STANDING)
    return stage


def stroke(time, pitch=38):
    return Stroke(time, pitch, 100)


EVENTS = st.sampled_from(
    [
        ("a", TurnTaken(2.0, Turn.LISTENING)),
        ("a", TurnTaken(3.0, Turn.ANSWERING)),
        ("a", TurnTaken(4.0, Turn.IDLE)),
        ("a", HitHeard(Hit(2.0, 36, 90))),
        ("a", AnswerBegan(0, 4.0, 16, Timeline(3.0, GRID))),
        ("a", StrokesDue(StepAnswered(0, (stroke(3.0), stroke(3.0, 36))))),
        ("a", StrokesOff(3.5)),
        ("a", Rerouted(("panel",), ())),
        ("", Turned(2.0, Control.TEMPERATURE, 0.5)),
        ("a", Turned(2.0, Control.TEMPERATURE, 11.0, "a")),
        ("a", TurnRefused(2.0, Control.TEMPERATURE, 11.0, "temperature is 0 to 10")),
        ("", Struck(stroke(3.0), 0.0001)),
        ("", LeftOut(stroke(3.2), Reason.LATE)),
        ("", Silence(4.0)),
        ("", BeatFell(3.0, 1, 2)),
        ("", GridRuns(2.0, Pulse(1.0, 96.0))),
        ("", GridRests(5.0)),
        ("", PortFound(1.0, "pad", "SPD 1")),
        ("", PortLost(2.0, "pad", "it went away")),
        ("", Tuned("rock", GRID)),
    ]
)


@given(st.lists(st.tuples(EVENTS, st.booleans())))
def test_a_page_that_was_there_from_the_beginning_and_one_that_comes_now_see_the_same(events):
    stage = Stage(facts_of(SETTINGS), lambda _: facts_of(SETTINGS))
    stage.see(1.0, "", STANDING)
    telling = Telling(stage)
    page = msgspec.json.decode(telling.snapshot(0.0))["state"]
    now = 1.0
    for (duet, event), flush in events:
        stage.see(now, duet, event)
        now += EVERY
        if flush and (told := telling.difference(now)):
            page = patched(page, msgspec.json.decode(told)["patch"])
    if told := telling.difference(now, ahead=True):
        page = patched(page, msgspec.json.decode(told)["patch"])
    late = msgspec.json.decode(telling.snapshot(now))["state"]
    assert without_nothing(page) == without_nothing(late)
    assert without_nothing(late) == without_nothing(msgspec.to_builtins(stage.tree))


def test_nothing_new_is_not_told_and_nothing_is_told_too_soon(stage):
    telling = Telling(stage)
    assert telling.difference(1.0, ahead=True) is None
    assert telling.difference(2.0) is None
    stage.see(2.0, "a", TurnTaken(2.0, Turn.LISTENING))
    assert telling.difference(3.0)
    stage.see(2.0, "a", TurnTaken(2.0, Turn.IDLE))
    assert telling.difference(3.0 + EVERY / 2) is None
    assert telling.difference(3.0 + EVERY)


def test_a_value_that_is_refused_goes_back_to_where_it_was(stage):
    stage.see(2.0, "", Turned(2.0, Control.TEMPERATURE, 0.5))
    stage.see(2.0, "a", Turned(2.0, Control.TEMPERATURE, 11.0, "a"))
    stage.see(2.0, "a", TurnRefused(2.0, Control.TEMPERATURE, 11.0, "no"))
    assert [stage.tree["duets"][name]["values"]["temperature"] for name in "ab"] == [0.5, 0.5]


def test_what_is_taken_back_is_not_shown_to_who_comes_now(stage):
    stage.see(2.0, "a", AnswerBegan(3, 4.0, 16, Timeline(3.0, GRID)))
    stage.see(2.0, "a", StrokesDue(StepAnswered(0, (stroke(3.0), stroke(3.5)))))
    stage.see(2.0, "b", StrokesDue(StepAnswered(0, (stroke(3.6),))))
    assert [mark["answer"] for mark in stage.recent(2.5)] == [3, 3, None]
    stage.see(2.5, "a", StrokesOff(3.25, muted=True))
    assert [mark["muted"] for mark in stage.recent(2.5)] == [False, True, False]
    stage.see(2.5, "a", StrokesOff(3.25))
    assert [mark["time"] for mark in stage.recent(2.5)] == [3.0, 3.6]
    stage.see(2.5, "", Silence(2.9))
    assert stage.recent(2.5) == []


def test_what_is_long_past_is_forgotten(stage):
    stage.see(2.0, "a", HitHeard(Hit(2.0, 36, 90)))
    assert stage.recent(17.0)
    assert not stage.recent(19.0)


def test_the_motors_are_counted_and_their_heat_cools(stage):
    for number in range(8):
        stage.see(2.0, "", Struck(stroke(2.0 + number / 10), 0.0001))
    stage.see(3.0, "", LeftOut(stroke(3.0), Reason.HOT, hot="snare"))
    stage.measure(3.0)
    snare = stage.tree["motors"]["snare"]
    assert (snare["number"], snare["strokes"], snare["left_out"]) == (2, 8, {"hot": 1})
    assert 0 < snare["heat"] < 1
    stage.measure(30.0)
    assert stage.tree["motors"]["snare"]["heat"] == 0
    assert stage.tree["lateness"]["worst"] == 0.0001


def test_the_lamp_is_shown_with_what_it_means(stage):
    stage.report(Report(Code.READY, (Notice(Code.PAD_LOST), Notice(Code.MOTOR_HOT, 3, seen=True))))
    assert [one["label"] for one in stage.tree["lamp"]["shown"]] == ["1-3"]
    assert [one["label"] for one in stage.tree["faults"]] == ["1-3", "4-3"]
    assert stage.tree["faults"][0]["do"].startswith("Plug in")
    assert stage.tree["faults"][1]["flashes"][0] == [0.8, 0.4]
    stage.report(None)
    assert (stage.tree["striker"]["here"], stage.tree["lamp"]["shown"]) == (False, [])


def test_a_player_that_is_lost_leaves_nobody_playing(stage):
    stage.see(2.0, "a", TurnTaken(2.0, Turn.ANSWERING))
    stage.see(2.0, "", GridRuns(2.0, Pulse(1.0, 96.0)))
    before = copy.deepcopy(stage.tree["duets"]["a"]["values"])
    stage.lose_player()
    assert stage.tree["player"] == {"here": False}
    assert stage.tree["tempo"]["running"] is False
    assert stage.tree["duets"]["a"]["turn"] == "idle"
    assert stage.tree["duets"]["a"]["values"] == before


def test_a_pad_that_was_never_there_is_no_trouble_and_one_that_goes_is(stage):
    stage.see(1.0, "", PortLost(1.0, "pad", "no MIDI input looks like a pad"))
    assert stage.tree["troubles"] == []
    stage.see(2.0, "", PortFound(2.0, "pad", "SPD 1"))
    stage.see(3.0, "", PortLost(3.0, "pad", "it went away"))
    assert [one["text"] for one in stage.tree["troubles"]] == ["it went away"]
    assert stage.tree["pads"]["pad"] == {"port": None, "text": "it went away"}
