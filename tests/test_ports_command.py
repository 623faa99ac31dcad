"""`ghostnote ports` and `ghostnote learn`, as far as no port is opened; what is opened is in tests/drivers."""

import argparse

import pytest

from appliance.__main__ import main
from appliance.commands.ports import Row, inputs_of, listed, listed_outputs
from appliance.commands.rooms import Rooms
from appliance.doctor.files import check_settings
from appliance.doctor.finding import Verdict
from appliance.errors import SettingsError
from appliance.settings import load_settings

ARGUMENTS = argparse.Namespace(settings=None, seed=1, model=None, bars=None, temperature=None, top_k=None)
BOUND = '[controls]\nbindings = [{{ control = "loop", by = "cc 1", {} }}]\n'
PAD = "USB Drum Pad:USB Drum Pad MIDI 1 20:0"
THROUGH = "Midi Through:Midi Through Port-0 14:0"


def owner(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_every_input_is_listed_with_what_it_is_to_us():
    rows = list(listed(*inputs_of(load_settings()), [THROUGH, PAD]))
    assert rows == [Row("", THROUGH), Row("pad", PAD)]


def test_what_is_wanted_and_not_there_is_listed_with_what_there_is(tmp_path):
    settings = load_settings(owner(tmp_path, '[ports.inputs]\nknobs = "USB Drm"\n'))
    rows = list(listed(*inputs_of(settings), [PAD]))
    assert rows[1].name == "knobs"
    assert "did you mean" in rows[1].text or "there are" in rows[1].text


def test_outputs_are_listed_with_our_names_and_those_that_are_missing_in_words():
    synth = "USB Synth:USB Synth MIDI 1 24:0"
    rows = list(listed_outputs({"synth": "*Synth*", "live": "virtual", "video": "Resolume"}, [THROUGH, synth]))
    assert rows[:2] == [Row("", THROUGH, way="out"), Row("synth", synth, way="out")]
    assert rows[2].name == "live"
    assert "others connect" in rows[2].port
    assert not rows[2].text  # it is made when it is needed, so nothing is missing
    assert (rows[3].name, rows[3].port, rows[3].way) == ("video", "", "out")
    assert "no MIDI output is called 'Resolume' (out.ports.video): there are: Midi Through" in rows[3].text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[pads]\nleft = { chanel = 3 }\n", "pads.left: there is no setting chanel"),
        ('[pads]\nleft = { port = "SPD" }\n[ports.inputs]\nleft = "nano"\n', "has the name of a pad"),
    ],
)
def test_wrong_pads_are_said_by_the_list_and_by_the_doctor(tmp_path, text, words):
    file = owner(tmp_path, text)
    with pytest.raises(SettingsError, match=words):
        inputs_of(load_settings(file))
    found = check_settings(file)
    assert found.verdict is Verdict.BAD
    assert words in found.found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["learn", "pads", "snar"], "there is no drum 'snar': did you mean snare"),
        (["learn", "pads", "--pad", "left"], "there is no pad 'left': there are pad"),
        (["learn", "controls"], "say which controls"),
        (["learn", "controls", "temprature"], "did you mean temperature"),
    ],
)
def test_what_cannot_be_learnt_is_said(arguments, words, capsys):
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[clock]\ninput = "nobs"\n[ports.inputs]\nknobs = "nano"\n', "clock.input: .* no nobs: did you mean knobs"),
        (BOUND.format('port = "pda"'), "row 1 .*, port: .* did you mean pad"),
        (BOUND.format('duet = "lef"') + "[duets.left]\n", "row 1 .*, duet: .* did you mean left"),
    ],
)
def test_an_input_or_a_duet_that_there_is_not_is_said(tmp_path, text, words):
    with pytest.raises(SettingsError, match=words):
        Rooms(load_settings(owner(tmp_path, text)), ARGUMENTS)
