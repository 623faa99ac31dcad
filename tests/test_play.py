"""`ghostnote play` as a person would run it, on files of every kind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import mido
import pytest

from appliance.__main__ import main
from appliance.drivers.midi_file import read_part
from appliance.drivers.model_file import CARD
from appliance.shipped import MODELS, shipped
from tests.scores import rock, write_midi

STORIES = Path(__file__).parent / "stories"
MODEL = shipped(MODELS) / "drum_kit_rnn.tflite"


def play(capsys, *words):
    status = main(["play", *map(str, words)])
    said = capsys.readouterr()
    return status, said.out, said.err


def answer(capsys, *words):
    status, out, err = play(capsys, *words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_an_answer_begins_where_the_call_ends(capsys):
    told = answer(capsys, STORIES / "rock.mid", "--seed", 1)
    assert told["call"] == {"bars": 2, "hits": 28}
    assert told["answer"]["start_seconds"] == pytest.approx(2 * 4 * 60 / told["qpm"])
    assert told["answer"]["bars"] == 2
    assert told["answer"]["log_likelihood"] < 0
    assert told["timing"]["answer_ms"] >= told["timing"]["first_stroke_ms"] > 0


def test_every_stroke_lies_on_a_sixteenth_of_its_answer(capsys):
    told = answer(capsys, STORIES / "funk.mid", "--seed", 2, "--bars", 4)
    step = 60 / told["qpm"] / 4
    start = told["answer"]["start_seconds"]
    for stroke in told["answer"]["strokes"]:
        steps = (stroke["seconds"] - start) / step
        assert steps == pytest.approx(round(steps), abs=1e-6)
        assert 0 <= round(steps) < 64
        assert 1 <= stroke["velocity"] <= 127
        assert stroke["drum"]


def test_a_seed_repeats_itself_and_another_does_not(capsys):
    said = [answer(capsys, STORIES / "rock.mid", "--seed", seed)["answer"] for seed in (5, 5, 6)]
    assert said[0] == said[1]
    assert said[0]["strokes"] != said[2]["strokes"]


def test_the_coldest_answer_needs_no_seed(capsys):
    said = [answer(capsys, STORIES / "rock.mid", "--temperature", 0, "--seed", seed)["answer"] for seed in (5, 6)]
    assert said[0]["strokes"] == said[1]["strokes"]


def test_the_written_answer_is_the_told_one(capsys, tmp_path):
    told = answer(capsys, STORIES / "rock.mid", "--seed", 1, "-o", tmp_path / "answer.mid")
    part = read_part(tmp_path / "answer.mid")
    written = sorted((round(one.time, 3), one.data[1]) for one in part.messages if one.data[0] == 0x99)
    assert written == sorted((round(one["seconds"], 3), one["pitch"]) for one in told["answer"]["strokes"])
    assert part.qpm == pytest.approx(told["qpm"], rel=1e-4)


def test_for_a_person_it_draws_call_and_answer(capsys):
    status, out, _ = play(capsys, STORIES / "rock.mid", "--seed", 1)
    assert status == 0
    assert "snare |···· X··· ···· X···|···· X··· ···· X··o|" in out
    assert out.count("kick") == 2


@pytest.mark.parametrize(("meter", "steps"), [((7, 8), 14), ((3, 4), 12), ((6, 8), 12), ((4, 4), 16)])
def test_bars_have_the_length_of_the_meter(capsys, tmp_path, meter, steps):
    told = answer(capsys, write_midi(tmp_path / "a.mid", [(0, 36), (1, 38)], meter=meter), "--seed", 1)
    assert told["answer"]["start_seconds"] == pytest.approx(steps * 0.125)


def test_400_quarters_a_minute_are_answered_on_the_beat(capsys, tmp_path):
    told = answer(capsys, write_midi(tmp_path / "a.mid", rock(2), qpm=400), "--seed", 1)
    assert told["qpm"] == pytest.approx(400)
    assert told["answer"]["start_seconds"] == pytest.approx(1.2)
    assert told["answer"]["strokes"][0]["seconds"] == pytest.approx(1.2)
    assert {left["reason"] for left in told["answer"]["left_out"]} <= {"recovery", "doubled"}


def test_ten_thousand_notes_in_a_bar_are_sixteen_steps(capsys, tmp_path):
    flood = [(note / 2510, 35 + note % 47) for note in range(10_000)]
    told = answer(capsys, write_midi(tmp_path / "a.mid", flood), "--seed", 1)
    assert told["call"]["hits"] == 10_000
    assert told["call"]["bars"] == told["answer"]["bars"] == 1


def empty(path):
    mido.MidiFile().save(path)


def melody(path):
    write_midi(path, [(0, 60)], channel=0)


def text(path):
    path.write_text("dear drummer\n" * 100)


@pytest.mark.parametrize(("make", "words"), [(empty, "holds no notes"), (melody, "--channel"), (text, "no MIDI file")])
def test_a_file_without_a_call_gets_one_clear_sentence(capsys, tmp_path, make, words):
    make(tmp_path / "call.mid")
    status, out, err = play(capsys, tmp_path / "call.mid")
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def torn(path):
    path.write_bytes(MODEL.read_bytes()[:-1000])


def headless(path):
    path.write_bytes(MODEL.read_bytes()[1000:])


def changed(path):
    data = bytearray(MODEL.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)


def page(path):
    path.write_text("<html><body>Not found</body></html>")


def cardless(path):
    data = MODEL.read_bytes()
    path.write_bytes(data.replace(CARD.encode(), b"cart.json"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (torn, "torn"),
        (headless, "changed|torn"),
        (changed, "changed since it was written"),
        (page, "torn"),
        (cardless, "torn, or no model"),
        (lambda path: None, "there is no model file"),
        (Path.mkdir, "there is no model file"),
    ],
)
def test_a_model_that_cannot_be_trusted_gets_one_clear_sentence(capsys, tmp_path, make, words):
    import re

    make(tmp_path / "model.tflite")
    status, out, err = play(capsys, STORIES / "rock.mid", "--model", tmp_path / "model.tflite")
    assert (status, out) == (2, "")
    assert re.search(words, err)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"counter_bits": 6', b'"counter_bits": 5', "contradicts itself"),
        (b'"counter_bits": 6', b'"counter_bits":60', "contradicts itself"),
        (b'"format": 1', b'"format": 9', "card of format 9"),
        (b'"state"', b'"stale"', "does not read"),
    ],
)
def test_a_card_that_cannot_be_played_gets_one_clear_sentence(capsys, tmp_path, old, new, words):
    import zipfile

    with zipfile.ZipFile(MODEL) as archive:
        card, start = archive.read(CARD), archive.infolist()[0].header_offset
    assert old in card
    path = tmp_path / "model.tflite"
    path.write_bytes(MODEL.read_bytes()[:start])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(CARD, card.replace(old, new))
    status, _, err = play(capsys, STORIES / "rock.mid", "--model", path)
    assert status == 2
    assert words in err
    assert err.count("\n") == 1


def test_a_terminal_without_the_signs_gets_question_marks():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "appliance", "play", str(STORIES / "rock.mid")]
    said = subprocess.run(words, capture_output=True, env=environment, check=True)
    assert said.stderr == b""
    assert b"snare |???? X???" in said.stdout


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_is_no_traceback(closed, tmp_path):
    words = f"{sys.executable} -m appliance play {STORIES / 'rock.mid'} {closed}>&-"
    said = subprocess.run(["/bin/sh", "-c", words], capture_output=True, text=True)
    assert "Traceback" not in said.stderr
    assert said.returncode == 0


def test_a_full_disk_is_said():
    said = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m appliance play {STORIES / 'rock.mid'} > /dev/full"],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert "No space left" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_bundle_is_no_model_yet(capsys):
    status, _, err = play(capsys, STORIES / "rock.mid", "--model", shipped(MODELS) / "drum_kit_rnn.mag")
    assert (status, err.count("\n")) == (2, 1)
    assert "ghostnote-converter convert" in err


def test_a_misspelt_model_is_asked_about(capsys):
    status, _, err = play(capsys, STORIES / "rock.mid", "--model", "drumkit_rnn")
    assert status == 2
    assert "did you mean drum_kit_rnn?" in err


@pytest.mark.parametrize(
    "words",
    [
        ("--temperature", "-1"),
        ("--temperature", "nan"),
        ("--top-k", "-3"),
        ("--bars", "-1"),
        ("--bars", "20000"),
        ("--channel", "17"),
        ("-o", "/none/such/folder/a.mid"),
        ("--settings", "/none.toml"),
    ],
)
def test_a_wrong_option_gets_one_clear_sentence(capsys, words):
    status, _, err = play(capsys, STORIES / "rock.mid", *words)
    assert status == 2
    assert err.startswith("ghostnote: ")
    assert err.count("\n") == 1


HEAVY = {"tensorflow", "note_seq", "pandas", "matplotlib", "keras", "librosa", "scipy", "rich", "rtmidi"}
PROGRAM = "import sys; from appliance.__main__ import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"


def test_no_heavy_library_is_loaded_to_answer():
    words = [sys.executable, "-c", PROGRAM, "play", str(STORIES / "rock.mid"), "--json"]
    said = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in said.stderr.split()}
    assert "numpy" in loaded
    assert not loaded & {
        "tensorflow",
        "note_seq",
        "pandas",
        "matplotlib",
        "keras",
        "librosa",
        "scipy",
        "rich",
        "rtmidi",
    }
