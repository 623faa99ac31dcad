"""`ghostnote play` with a model that plays pitches: the shipped soprano, as a person would ask it."""

import argparse
import json
from pathlib import Path

import mido
import pytest

from appliance.__main__ import main
from tests.scores import rock, write_melody, write_midi

# Two bars that are in D and in no other key: D E F# G, B A C# D.
IN_D = [(0, 1, 62), (1, 2, 64), (2, 3, 66), (3, 4, 67), (4, 5, 71), (5, 6, 69), (6, 7, 73), (7, 8, 74)]
D_MAJOR = {2, 4, 6, 7, 9, 11, 1}
STORIES = Path(__file__).parent / "stories"


def play(capsys, *words):
    status = main(["play", *map(str, words)])
    said = capsys.readouterr()
    return status, said.out, said.err


def answer(capsys, *words):
    status, out, err = play(capsys, *words, "--model", "soprano_rnn", "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def call(tmp_path):
    return write_melody(tmp_path / "call.mid", IN_D)


def test_a_melody_is_answered_where_it_ends_in_its_key_and_range(capsys, call):
    pitches = []
    for seed in range(8):
        told = answer(capsys, call, "--seed", seed)
        assert told["call"]["bars"] == told["answer"]["bars"] == 2
        assert told["answer"]["start_seconds"] == pytest.approx(4.0)
        for tone in told["answer"]["tones"]:
            assert 4.0 <= tone["seconds"] < tone["seconds"] + tone["length"] <= 8.0 + 1e-9
        pitches += [tone["pitch"] for tone in told["answer"]["tones"]]
    assert sum(pitch % 12 in D_MAJOR for pitch in pitches) > 0.9 * len(pitches)
    assert 55 < sum(pitches) / len(pitches) < 81


def test_it_is_transposed_with_its_call(capsys, tmp_path, call):
    higher = write_melody(tmp_path / "higher.mid", [(start, end, pitch + 3) for start, end, pitch in IN_D])
    one, other = (answer(capsys, file, "--seed", 4)["answer"] for file in (call, higher))
    assert one["log_likelihood"] == other["log_likelihood"]
    assert [tone["pitch"] + 3 for tone in one["tones"]] == [tone["pitch"] for tone in other["tones"]]


def test_a_bass_is_answered_in_the_models_own_octaves_and_its_key(capsys, tmp_path):
    low = write_melody(tmp_path / "low.mid", [(start, end, pitch - 36) for start, end, pitch in IN_D])
    told = answer(capsys, low, "--seed", 4)
    assert all(tone["pitch"] >= 45 for tone in told["answer"]["tones"])
    assert sum(tone["pitch"] % 12 in D_MAJOR for tone in told["answer"]["tones"]) >= len(told["answer"]["tones"]) - 1


def test_the_written_answer_is_the_told_one_on_the_calls_channel_and_program(capsys, tmp_path):
    call = write_melody(tmp_path / "call.mid", IN_D, channel=3, program=40, qpm=90)
    told = answer(capsys, call, "--seed", 1, "-o", tmp_path / "answer.mid")
    file = mido.MidiFile(tmp_path / "answer.mid")
    assert [one.program for one in file if one.type == "program_change"] == [40]
    now, begun, written = 0.0, {}, []
    for one in file:
        now += one.time
        if one.type == "note_on":
            begun[one.note] = now
        elif one.type == "note_off":
            written.append((round(begun[one.note], 3), one.note, round(now - begun[one.note], 2)))
        assert getattr(one, "channel", 3) == 3
    tones = told["answer"]["tones"]
    assert sorted(written) == sorted((round(t["seconds"], 3), t["pitch"], round(t["length"], 2)) for t in tones)


def test_for_a_person_it_draws_two_piano_rolls(capsys, call):
    status, out, _ = play(capsys, call, "--model", "soprano_rnn", "--seed", 1)
    assert status == 0
    assert "call    2 bars of 4/4 at 120 quarters a minute, 8 tones" in out
    assert "  B4 |···· ···· ···· ····|x--- ···· ···· ····|" in out
    assert "tones by soprano_rnn, seed 1" in out
    assert "an event)" in out


def test_the_first_channel_with_pitches_is_taken_and_drums_are_refused_or_asked_for(capsys, tmp_path):
    drums = write_midi(tmp_path / "drums.mid", rock(1))
    status, _, err = play(capsys, drums, "--model", "soprano_rnn")
    assert (status, err.count("\n")) == (2, 1)
    assert "--channel 10" in err
    told = answer(capsys, drums, "--channel", 10, "--seed", 1)
    assert told["answer"]["tones"]
    assert len(told["call"]["tones"]) == len(rock(1))


def test_held_tones_and_beams_make_it_likelier(capsys, call):
    def likelihood(*words):
        return sum(answer(capsys, call, "--seed", seed, *words)["answer"]["log_likelihood"] for seed in range(5))

    assert likelihood("--beam", 6, "--branch", 4, "--steps-per-iteration", 2) > likelihood() + 10


def test_the_smallest_share_is_the_coldest(capsys, call):
    cold = answer(capsys, call, "--seed", 1, "--temperature", 0)["answer"]
    share = answer(capsys, call, "--seed", 1, "--top-p", 0.0001)["answer"]
    assert share["tones"] == cold["tones"]
    assert share["tones"] == answer(capsys, call, "--seed", 7, "--top-k", 1)["answer"]["tones"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--chords", "C"), "is told no chords"),
        (("--tones-per-second", 4), "is told no density"),
        (("--allowed-drums", "kick"), "plays pitches"),
        (("--density", 0.5), "plays pitches"),
        (("--top-p", 0), "top_p"),
        (("--beam", 65), "at most 64"),
        (("--beam", 0), "at least 1"),
        (("--channel", 2), "has no notes on"),
    ],
)
def test_what_says_nothing_to_this_model_is_refused(capsys, call, words, said):
    status, _, err = play(capsys, call, "--model", "soprano_rnn", *words)
    assert (status, err.count("\n")) == (2, 1)
    assert said in err


def drums(capsys, *words):
    status, out, err = play(capsys, STORIES / "rock.mid", *words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)["answer"]


def test_only_allowed_drums_are_played(capsys):
    told = drums(capsys, "--seed", 1, "--allowed-drums", "kick, snare", "--temperature", 1.5)
    assert {stroke["drum"] for stroke in told["strokes"]} == {"kick", "snare"}
    status, _, err = play(capsys, STORIES / "rock.mid", "--allowed-drums", "kik")
    assert status == 2
    assert "there is no drum 'kik'" in err


def test_so_many_drums_a_step_are_played(capsys):
    notes = [
        len(drums(capsys, "--seed", 2, "--bars", 16, "--drums-a-step", wanted)["strokes"]) for wanted in (0.4, 1.6)
    ]
    assert notes[0] / 256 == pytest.approx(0.4, abs=0.15)
    assert notes[1] / 256 == pytest.approx(1.6, abs=0.35)


def test_a_beam_of_drums_is_likelier_and_repeats_itself(capsys):
    def likelihood(*words):
        return sum(drums(capsys, "--seed", seed, *words)["log_likelihood"] for seed in range(4))

    beam = ("--beam", 4, "--branch", 4, "--steps-per-iteration", 2)
    assert likelihood(*beam) > likelihood() + 10
    assert drums(capsys, "--seed", 1, *beam) == drums(capsys, "--seed", 1, *beam)


def test_a_drum_model_is_told_no_chords(capsys):
    status, _, err = play(capsys, STORIES / "rock.mid", "--chords", "C")
    assert status == 2
    assert "says nothing to a drum model" in err


DOCS = Path(__file__).parents[1] / "docs/melodies.md"


def test_the_commands_and_the_settings_of_the_page_work(capsys, tmp_path, monkeypatch):
    from appliance.commands.rooms import Rooms
    from appliance.settings import load_settings

    write_melody(tmp_path / "tune.mid", IN_D)
    monkeypatch.chdir(tmp_path)
    typed = [line.split()[1:] for line in DOCS.read_text().splitlines() if line.startswith("ghostnote play ")]
    assert typed
    for words in typed:
        assert main(words) == 0
    assert (tmp_path / "answer.mid").is_file()
    (tmp_path / "owner.toml").write_text(DOCS.read_text().split("```toml\n")[1].split("```")[0])
    chosen = argparse.Namespace(settings=None, seed=1, model=None, bars=None, temperature=None, top_k=None)
    assert Rooms(load_settings(tmp_path / "owner.toml"), chosen).models == ("drum_kit_rnn", "soprano_rnn")
