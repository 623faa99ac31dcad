"""The set list and the routes, as the owner writes them; each mistake is said with its key."""

import pytest

from appliance.controls.control import Control, Turned
from appliance.notation.drums import KEYS, Drum
from appliance.routes import DuetSettings, Routes
from appliance.scenes import Scenes, kit_of

DUETS = {"a": DuetSettings(), "b": DuetSettings(inputs=("a",))}
TABLES = {
    "ballad": {"tempo": 72.0, "mode": "trade", "duets": {"b": {"mute": True}}},
    "rush": {"tempo": 180.0, "model": "wild", "kit": {"snare": "low_tom", "crash": "none"}},
}


def test_a_scene_is_found_by_its_name_and_by_its_number():
    scenes = Scenes(TABLES, DUETS)
    assert scenes.find("rush") is scenes.find(1)
    assert scenes.find("ballad").turned(3.0) == [
        Turned(3.0, Control.TEMPO, 72.0),
        Turned(3.0, Control.MODE, "trade"),
        Turned(3.0, Control.MUTE, True, "b"),
    ]
    assert scenes.models() == ("wild",)


def test_a_kit_beats_one_drum_for_another_or_none():
    kit = kit_of(TABLES["rush"]["kit"])
    assert [kit(key) for key in (38, 40, 49, 36, 3)] == [KEYS[Drum.LOW_TOM][0], KEYS[Drum.LOW_TOM][0], None, 36, 3]


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"x": {"temp": 72}}, r"scenes\.x\.temp.*did you mean"),
        ({"x": {"tempo": "fast"}}, r"scenes\.x\.tempo"),
        ({"x": {"scene": "x"}}, "cannot call a scene"),
        ({"x": {"kit": {"snar": "kick"}}}, "did you mean snare"),
        ({"x": {"kit": {"snare": "kik"}}}, "did you mean kick"),
        ({"x": {"duets": {"c": {}}}}, r"scenes\.x\.duets: there is no duet c"),
        ({"x": 3}, r"scenes\.x is a table"),
    ],
)
def test_a_wrong_scene_is_said(tables, words):
    with pytest.raises(ValueError, match=words):
        Scenes(tables, DUETS)


@pytest.mark.parametrize(("wanted", "words"), [("balad", "did you mean ballad"), (7, "2 scenes"), (None, "none")])
def test_a_scene_that_there_is_not_is_said(wanted, words):
    with pytest.raises(ValueError, match=words):
        Scenes(TABLES, DUETS).find(wanted)


def test_without_scenes_that_is_said():
    with pytest.raises(ValueError, match="the table"):
        Scenes({}, DUETS).find(0)


def test_a_duet_without_inputs_hears_every_pad():
    routes = Routes(DUETS, ["left", "right"])
    assert [routes.hearing(source) for source in ("left", "right", "a", "b")] == [("a",), ("a",), ("b",), ()]


@pytest.mark.parametrize(
    ("duets", "words"),
    [
        ({"pad": DuetSettings()}, "name of a pad"),
        ({"a": DuetSettings(inputs=("b",))}, "there is no pad or duet b"),
    ],
)
def test_a_wrong_route_is_said(duets, words):
    with pytest.raises(ValueError, match=words):
        Routes(duets, ["pad"])


def test_a_wrong_control_of_a_duet_is_said():
    with pytest.raises(ValueError, match=r"controls\.loops.*did you mean"):
        DuetSettings(controls={"loops": True})
