"""An evening on a pad, with the shipped model and two duets, in virtual time; then `ghostnote replay` and `export`.

It runs wherever the TFLite interpreter does.
"""

import argparse

import msgspec
import pytest

from appliance.__main__ import main
from appliance.clock import VirtualClock
from appliance.commands.journals import Journals, evening
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms
from appliance.controls.control import Control, Turned
from appliance.controls.wire import Join, Part
from appliance.drivers.journal_file import JournalFile, JournalSettings
from appliance.drivers.midi_file import Message
from appliance.drivers.story_pad import StoryPad
from appliance.happenings import AnswerBegan
from appliance.inputs import Received
from appliance.loop import Loop
from appliance.recording import recording
from appliance.settings import load_settings
from appliance.views.journal import EveningBegan, line, read_line
from tests.rooms import HAT, KICK, SNARE, note_on
from tests.test_loop import PunctualStriker
from tests.test_replay import Hands

SETTINGS = """
[call]
bars = 1
[pad]
debounce = 0.02
[duets.a]
[duets.b]
inputs = ["a"]
outputs = []
controls = { mute = true }
[scenes.slow]
tempo = 90.0
temperature = 0.7
"""
END = 25.0
HITS = [(turn * 4.5 + step * 0.125, key) for turn in range(3) for step, key in ((0, KICK), (4, SNARE), (6, HAT))]
ARGUMENTS = argparse.Namespace(model=None, bars=None, temperature=None, top_k=None, qpm=None, seed=3)


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evening")
    owner = folder / "mine.toml"
    owner.write_text(SETTINGS)
    tables, clock, models = load_settings(owner), VirtualClock(), Models()
    ARGUMENTS.settings = owner
    rooms = Rooms(tables, ARGUMENTS)
    kept = JournalFile(folder / "journal", JournalSettings("", 1.0, 4.0, 3600.0), lambda _: b"")
    journals = Journals(clock, None, kept)
    cards = {name: models.model(name).card for name in rooms.models}
    journals.note(evening(ARGUMENTS, tables, rooms.seed, cards))
    turns = [Turned(6.0, Control.SCENE, "slow"), Turned(7.0, Control.TEMPERATURE, 1.5), Turned(7.1, Control.SCENE, 9)]

    def wait(_, deadline):
        clock.set(max(clock.now(), END if deadline is None else deadline))
        return clock.now() < END

    pad = StoryPad(clock, [Message(time, note_on(key)) for time, key in HITS], 0.0, 0.0)
    # A duet comes before the second call, answers it, and goes in the middle of its third answer.
    lines = [(4.0, Join("c", ("pad",), ("motors",))), (12.0, Part("c"))]
    hands = Hands(turns, lines)
    loop = Loop(clock, wait, PunctualStriker(clock), journals.tell, 7, helpers=[hands], note=journals.note)
    loop.run(rooms.band(recording(models.engage, journals.note), models.card), pad, answers=None)
    kept.close()
    return folder / "journal"


def test_an_evening_of_two_duets_is_repeated_from_its_settings_and_seed(journal, capsys):
    assert main(["replay", str(journal)]) == 0
    said = capsys.readouterr().out
    assert "every one the same" in said
    assert not said.startswith("0 answers")
    entries = [read_line(text) for path in sorted(journal.iterdir()) for text in path.read_bytes().splitlines()]
    assert any(entry.duet == "c" and isinstance(entry.event, AnswerBegan) for entry in entries)


def test_a_folder_and_a_file_of_it_are_the_same_evening(journal, capsys):
    assert main(["replay", str(next(journal.iterdir()))]) == 0
    assert "every one the same" in capsys.readouterr().out


def changed(journal, tmp_path, change):
    lines = [change(read_line(text)) for text in next(journal.iterdir()).read_bytes().splitlines()]
    path = tmp_path / "changed.jsonl"
    path.write_bytes(b"".join(line(entry) for entry in lines if entry is not None))
    return str(path)


def test_another_evening_is_told_from_it(journal, tmp_path, capsys):
    def harder(entry):
        event = entry.event
        if isinstance(event, Received):
            return msgspec.structs.replace(
                entry, event=msgspec.structs.replace(event, message=note_on(event.message[1], 20))
            )
        return entry

    assert main(["replay", changed(journal, tmp_path, harder)]) == 1
    said = capsys.readouterr().out
    assert "not the same" in said
    assert "changed.jsonl:" in said


def test_another_model_is_noticed_before_anything_is_played(journal, tmp_path, capsys):
    def other(entry):
        if isinstance(entry.event, EveningBegan):
            models = dict.fromkeys(entry.event.models, "0" * 64)
            return msgspec.structs.replace(entry, event=msgspec.structs.replace(entry.event, models=models))
        return entry

    assert main(["replay", changed(journal, tmp_path, other)]) == 2
    assert "is not the one of that evening" in capsys.readouterr().err


def test_an_evening_without_its_beginning_is_said(journal, tmp_path, capsys):
    def headless(entry):
        return None if isinstance(entry.event, EveningBegan) else entry

    assert main(["replay", changed(journal, tmp_path, headless)]) == 2
    assert "the beginning of this evening is not there" in capsys.readouterr().err
    assert main(["export", changed(journal, tmp_path, headless), "-o", str(tmp_path / "midi")]) == 0
    assert list((tmp_path / "midi").glob("*_a_call.mid"))


def test_a_folder_without_evenings_is_said(tmp_path, capsys):
    assert main(["replay", str(tmp_path)]) == 2
    assert "there is no evening" in capsys.readouterr().err
