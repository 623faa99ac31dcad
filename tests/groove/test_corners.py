"""Favourites, MIDI files and scenes give a blend its corners; what was read goes into the journal in their place."""

from pathlib import Path

import msgspec
import pytest

from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.commands.corners import with_corners
from appliance.controls.control import Control, Turned
from appliance.drivers.track_file import read_track, write_track
from appliance.errors import CallError, SettingsError
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Grid, Meter, Timeline
from appliance.questions import Questions
from appliance.routes import DuetSettings
from appliance.scenes import Scenes
from appliance.settings import load_settings
from tests.parrot import Parrot
from tests.rooms import instrument

PLAIN = SamplingSettings(1.0, 0)
BLEND = msgspec.structs.replace(PLAIN, way=Way.BLEND)


def groove(step: int, bars: int = 1) -> DrumTrack:
    return DrumTrack((Note(0, 36, 100), Note(step, 38, 70)), 16 * bars)


def write(path: Path, track: DrumTrack) -> Path:
    path.parent.mkdir(exist_ok=True)
    write_track(path, track, Grid(120.0, Meter(4, 4), 4), "a groove")
    return path


@pytest.mark.parametrize("bars", [1, 2, 3])
def test_a_favourite_is_read_as_it_was_written(tmp_path: Path, bars: int):
    track = groove(5, bars)
    assert read_track(write(tmp_path / "1.mid", track)) == track


def test_what_is_no_drum_file_is_said(tmp_path: Path):
    (tmp_path / "a.mid").write_bytes(b"no")
    with pytest.raises(CallError, match=r"a\.mid"):
        read_track(tmp_path / "a.mid")
    with pytest.raises(CallError, match="cannot read"):
        read_track(tmp_path / "none.mid")


def owner(folder: Path, text: str) -> Path:
    file = folder / "owner.toml"
    file.write_text(f'[favourites]\nfolder = "{folder / "kept"}"\n{text}')
    return file


def test_numbers_are_favourites_and_names_are_files_for_the_evening_and_for_a_scene(tmp_path: Path):
    write(tmp_path / "kept" / "3.mid", groove(3))
    verse = write(tmp_path / "verse.mid", groove(4))
    file = owner(tmp_path, f'[groove]\ncorners = [3, "{verse}"]\n[scenes.bridge]\ncorners = [3]\ntempo = 90')
    settings = with_corners(load_settings(file), file)
    assert settings.room("groove", GrooveSettings).at_corners == (groove(3), groove(4))
    scenes = Scenes(settings.room("scenes", dict), {"a": DuetSettings()})
    assert scenes.find("bridge").at_corners == (groove(3),)
    # As the journal has them: nothing is left of files, and to read it again changes nothing.
    tables = msgspec.json.decode(msgspec.json.encode(settings.tables))
    verse.unlink()
    again = with_corners(type(settings)(tables, file), file)
    assert again.room("groove", GrooveSettings).at_corners == (groove(3), groove(4))
    assert Scenes(again.room("scenes", dict), {}).find(0).at_corners == (groove(3),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[groove]\ncorners = [9]", r"groove\.corners: cannot read .*9\.mid"),
        ("[groove]\ncorners = [1, 2, 3, 4, 5]", "names 5 grooves, and a square has 4 corners"),
        ("[groove]\ncorners = [true]", "the number of a favourite or the name of a MIDI file, not True"),
        ('[scenes.a]\ncorners = ["none.mid"]', r"scenes\.a\.corners: cannot read none\.mid"),
    ],
)
def test_a_corner_that_cannot_be_is_said_with_its_key(text: str, words: str, tmp_path: Path):
    file = owner(tmp_path, text)
    with pytest.raises(SettingsError, match=words):
        with_corners(load_settings(file), file)


def test_a_scene_s_corners_are_a_list():
    with pytest.raises(ValueError, match=r"scenes\.a\.corners is a list"):
        Scenes({"a": {"corners": "x"}}, {})


def test_unread_corners_are_none():
    assert GrooveSettings(corners=(1, "a.mid")).at_corners == ()


def test_kept_answers_take_the_place_of_the_oldest_and_a_scene_s_of_all():
    from appliance.answer.delivered import Kept

    questions = Questions((groove(1), groove(2), groove(3)))

    def corners() -> tuple[DrumTrack, ...]:
        return questions.ask(groove(9), 16, BLEND).corners

    timeline = Timeline(0.0, Grid(120.0, Meter(4, 4), 4))
    for step in (4, 5):
        questions.keep(Kept(0.0, 0, groove(step), timeline))
    assert corners() == (groove(2), groove(3), groove(4), groove(5))
    questions.blend_between((groove(6),))
    assert corners() == (groove(6),)
    assert questions.ask(groove(9), 16, PLAIN).corners == ()


def test_a_scene_brings_its_corners_to_every_duet_and_one_without_leaves_them():
    scenes = {"bridge": {"corners": msgspec.to_builtins([groove(6), groove(7)])}, "plain": {"tempo": 90.0}}
    band = instrument(Parrot(), scenes=scenes)
    (duet,) = band.duets.values()
    for scene in ("bridge", "plain"):
        band.turn(Turned(0.0, Control.SCENE, scene))
        assert duet.questions.ask(groove(9), 16, BLEND).corners == (groove(6), groove(7))
