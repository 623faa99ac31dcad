"""`ghostnote play` answers with a model of every kind: converted, loaded, and its answer written as MIDI."""

import json
from pathlib import Path

import mido
import pytest

from appliance.__main__ import main
from converter.architecture import recognise
from converter.card import model_bytes
from converter.conversion import Label, convert
from converter.source import Origin, Source
from tests.converter.every_rnn import EVERY_RNN, Written, random_weights, shapes_of
from tests.converter.material import needs_tensorflow
from tests.scores import write_melody

pytestmark = needs_tensorflow
PITCHED = [rnn for rnn in EVERY_RNN if "drum" not in rnn.name]
MELODY = [(0, 1, 60), (1, 2, 64), (2, 3.5, 67), (3.5, 4, 65), (4, 5, 64), (5, 6, 62), (6, 8, 60)]
OPTIONS = {
    "improv": ("--chords", "C | F G"),
    "density_conditioned": ("--tones-per-second", "8"),
    "pitch_conditioned": ("--pitch-classes", "1,0,1,0,1,1,0,1,0,1,0,1"),
    "multiconditioned": ("--tones-per-second", "8", "--pitch-classes", "1,0,1,0,1,1,0,1,0,1,0,1"),
}


def converted(name: str, folder: Path) -> Path:
    rnn: Written = next(one for one in EVERY_RNN if one.name == name)
    weights = random_weights(shapes_of(rnn, (9,), nade=9 * bool(rnn.nade)), 1)
    source = Source(Origin(Path("some"), "0", "checkpoint"), weights, None)
    path = folder / f"{name}.tflite"
    path.write_bytes(
        model_bytes(convert(source, recognise(source, 3), None, "none", Label(name, "", ""), steps=4).model)
    )
    return path


def played(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = main(["play", *map(str, words)])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("rnn", PITCHED, ids=lambda rnn: rnn.name)
def test_every_model_answers_a_melody_file(rnn: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, call = converted(rnn.name, tmp_path), write_melody(tmp_path / "call.mid", MELODY)
    options = next(
        (words for kind, words in OPTIONS.items() if rnn.name.endswith(kind) or rnn.name.startswith(kind)), ()
    )
    words = [call, "--model", model, "--seed", 3, "--bars", 4, *options]
    status, out, err = played(capsys, *words, "--json", "-o", tmp_path / "answer.mid")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["call"]["bars"] == 2
    assert told["answer"]["log_likelihood"] < 0
    tones = told["answer"]["tones"]
    assert tones
    assert all(4.0 <= tone["seconds"] < tone["seconds"] + tone["length"] < 12.01 for tone in tones)
    ons = [one for one in mido.MidiFile(tmp_path / "answer.mid") if one.type == "note_on"]
    assert sorted(one.note for one in ons) == sorted(tone["pitch"] for tone in tones)
    assert json.loads(played(capsys, *words, "--json")[1])["answer"] == told["answer"]
    assert "answer  4 bars from 4.000 s on" in played(capsys, *words)[1]


@pytest.mark.parametrize("name", ["polyphony", "performance_with_dynamics", "rnn-nade"])
def test_a_wider_beam_is_likelier(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, call = converted(name, tmp_path), write_melody(tmp_path / "call.mid", MELODY)

    def likelihood(*words: object) -> float:
        words = ("--bars", 1, "--json", *words)
        said = [played(capsys, call, "--model", model, "--seed", seed, *words)[1] for seed in range(3)]
        return sum(float(json.loads(one)["answer"]["log_likelihood"]) for one in said)

    assert likelihood("--beam", 4, "--branch", 3, "--steps-per-iteration", 2) > likelihood()


def test_chords_change_the_answer_and_what_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, call = converted("basic_improv", tmp_path), write_melody(tmp_path / "call.mid", MELODY)
    words = [call, "--model", model, "--seed", 1, "--json"]
    one, other = (json.loads(played(capsys, *words, "--chords", chords)[1]) for chords in ("C", "F#m"))
    assert one["answer"]["log_likelihood"] != other["answer"]["log_likelihood"]
    for chords, said in (("H7", "'H7' is no chord"), ("Csus", "leave sus and 5 out")):
        status, _, err = played(capsys, *words, "--chords", chords)
        assert (status, err.count("\n")) == (2, 1)
        assert said in err
    status, _, err = played(capsys, *words, "--pitch-classes", "1,2")
    assert status == 2
    assert "is told no pitch classes" in err


def test_a_histogram_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, call = (
        converted("pitch_conditioned_performance_with_dynamics", tmp_path),
        write_melody(tmp_path / "a.mid", MELODY),
    )
    status, _, err = played(capsys, call, "--model", model, "--pitch-classes", "1,2")
    assert (status, err.count("\n")) == (2, 1)
    assert "twelve weights" in err
    with pytest.raises(SystemExit):
        played(capsys, call, "--model", model, "--pitch-classes", "C,D")
    assert "12 numbers" in capsys.readouterr().err
