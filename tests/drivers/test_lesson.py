"""A person at the box, in memory: what is asked, played, entered and written."""

import os
import tomllib

import pytest

from appliance.clock import VirtualClock
from appliance.controls.binding import Binding, ControlsSettings
from appliance.controls.control import Control
from appliance.controls.pupil import ControlPupil
from appliance.controls.surface import ControlSurface
from appliance.drivers.lesson import Keyboard, Lesson
from appliance.drivers.midi_file import Message
from appliance.drivers.owner_inputs import write_bindings, write_keys
from appliance.drivers.story_pad import StoryPad
from appliance.errors import SettingsError
from appliance.notation.drums import Drum
from appliance.pad.learning import PadLearning, PadPupil
from appliance.settings import load_settings


class Person:
    """Plays, at their instants, and enters lines."""

    def __init__(self, *messages: tuple[float, bytes], lines: bytes = b"", leaves_at: float = float("inf")):
        self.clock = VirtualClock()
        self.said = []
        self.stdin, self.keys = os.pipe()
        os.write(self.keys, lines)
        os.close(self.keys)
        self._leaves_at = leaves_at
        self._played = StoryPad(self.clock, [Message(time, data) for time, data in messages], 0.0, 0.0)

    def wait(self, filenos, deadline):
        if deadline is None or deadline >= self._leaves_at:
            return self.stdin in filenos
        self.clock.set(max(self.clock.now(), deadline))
        return True

    def learns(self, pupil) -> bool:
        try:
            lesson = Lesson(self.clock, self.wait, Keyboard(self.stdin), self.said.append)
            return lesson.teach(pupil, self._played)
        finally:
            os.close(self.stdin)


def cc(number: int, value: int) -> bytes:
    return bytes((0xB0, number, value))


def note(key: int) -> bytes:
    return bytes((0x99, key, 100))


def test_pads_are_hit_in_turn():
    learning = PadLearning([Drum.KICK, Drum.CLOSED_HI_HAT])
    person = Person((1.0, note(60)), (2.0, note(64)))
    assert person.learns(PadPupil(learning, "pad"))
    assert learning.keys == {60: 36, 64: 42}
    assert person.said == [
        "hit the kick (Enter: there is none)",
        "  key 60",
        "hit the closed hi hat (Enter: there is none)",
        "  key 64",
    ]


def test_enter_skips_what_is_asked_for():
    learning = PadLearning([Drum.KICK, Drum.SNARE])
    assert Person((1.0, note(62)), lines=b"\n").learns(PadPupil(learning, "pad"))
    assert learning.keys == {62: 38}


def test_who_leaves_has_not_learnt():
    assert not Person(leaves_at=1.0).learns(PadPupil(PadLearning([Drum.KICK]), "pad"))


def test_knobs_are_turned_one_after_the_other():
    surface = ControlSurface([Binding(Control.MUTE, "cc 3")], {})
    person = Person((1.0, cc(1, 5)), (1.1, cc(1, 6)), (2.0, cc(3, 127)), (3.0, cc(2, 127)))
    assert person.learns(ControlPupil(surface, [Control.TEMPERATURE, Control.LOOP]))
    assert [(row.control, row.by) for row in surface.bindings] == [
        (Control.MUTE, "cc 3"),
        (Control.TEMPERATURE, "cc 1"),
        (Control.LOOP, "cc 2"),
    ]
    assert person.said == [
        "turn what is to be temperature (Enter: leave it)",
        "  cc 1 on pad, channel 1",
        "press what is to be loop (Enter: leave it)",
        "  'cc 3' already turns mute: turn another",
        "  cc 2 on pad, channel 1",
    ]


OWNER = """# my box
[sampling]
temperature = 0.8  # tame

[pad]
channel = 10  # drums
"""


def test_what_is_learnt_is_written_and_the_rest_stays(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(OWNER)
    rows = (
        Binding(Control.TEMPERATURE, "cc 1", range=(0.5, 1.5)),
        Binding(Control.SCENE, "note 9", value='a "ballad"'),
    )
    write_keys(file, "pad", {60: 36, 7: 38})
    write_keys(file, "left", {61: 36})
    write_bindings(file, rows)
    write_bindings(file, rows)
    text = file.read_text()
    assert text.startswith("# my box\n[sampling]\ntemperature = 0.8  # tame\n")
    assert tomllib.loads(text)["pad"] == {"channel": 10, "keys": {"60": 36, "7": 38}}
    settings = load_settings(file)
    assert settings.room("controls", ControlsSettings).bindings == rows
    assert settings.room("pads", dict)["left"] == {"keys": {"61": 36}}


def test_a_file_that_is_not_there_is_begun(tmp_path):
    write_keys(tmp_path / "mine.toml", "pad", {60: 36})
    assert tomllib.loads((tmp_path / "mine.toml").read_text()) == {"pad": {"keys": {"60": 36}}}


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(SettingsError, match="cannot"):
        write_keys(tmp_path / "none" / "mine.toml", "pad", {60: 36})
