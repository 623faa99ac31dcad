"""sample and interpolate write MIDI that can be played, and a picture of it."""

from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from converter.__main__ import main
from converter.listening import midi_bytes
from converter.roll_drawing import rolls_svg
from converter.v2_checkpoint import write_v2_checkpoint
from converter.vae_config import VAE_CONFIGS
from converter.vae_music import Part, melody_notes
from converter.vae_shapes import Sizes, variable_shapes
from tests.converter.bands import beat, write_bands, write_tracks
from tests.converter.lessons import rock
from tests.converter.material import HERE

TAP = HERE.parents[1] / "models" / "groovae_2bar_tap_fixed_velocity.tflite"
HUMANIZE = HERE.parents[1] / "models" / "groovae_2bar_humanize.tflite"


def checkpoint(folder: Path, name: str) -> Path:
    """Of chance weights, so large that each z plays something else."""
    config = VAE_CONFIGS[name]
    sizes = Sizes(4, (5,) * len(config.encoder), (6, 6), (5,) if config.conductor else (), config.nade_hidden)
    chance = np.random.default_rng(1)
    variables = {
        key: chance.normal(0, 1, shape).astype(np.float32) for key, shape in variable_shapes(config, sizes).items()
    }
    write_v2_checkpoint(folder / name, variables, 1)
    return folder / name


def notes_of(path: Path) -> list[tuple[int, int]]:
    file = mido.MidiFile(path)
    return [(m.channel, m.note) for track in file.tracks for m in track if m.type == "note_on"]


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("cat-drums_2bar_small", {9}),
        ("nade-drums_2bar_reduced", {9}),
        ("groovae_4bar", {9}),
        ("cat-mel_2bar_small", {0}),
        ("hierdec-trio_16bar", {0, 1, 9}),
    ],
)
def test_samples_are_as_many_as_asked_and_the_same_for_the_same_seed(
    name: str, channels: set[int], tmp_path: Path
) -> None:
    model = checkpoint(tmp_path, name)
    words = ["sample", str(model), "--config", name, "--num-outputs", "2", "--temperature", "1", "-o"]
    assert main([*words, str(tmp_path / "one")]) == 0
    assert main([*words, str(tmp_path / "two")]) == 0
    assert main([*words, str(tmp_path / "three"), "--seed", "2"]) == 0
    made = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert made == ["rolls.svg", "sample_001.mid", "sample_002.mid"]
    contents = [[(tmp_path / folder / file).read_bytes() for file in made] for folder in ("one", "two", "three")]
    assert contents[0] == contents[1] != contents[2]
    found = {channel for file in made[1:] for channel, _ in notes_of(tmp_path / "one" / file)}
    assert found == channels


def test_an_interpolation_ends_where_its_inputs_lie(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rock.mid").write_bytes(midi_bytes(rock(2), drums=True))
    quick = replace(rock(2), pitches=np.where(rock(2).pitches == 42, 51, rock(2).pitches).astype(np.uint8))
    (tmp_path / "ride.mid").write_bytes(midi_bytes(quick, drums=True))

    def way(first: str, second: str, folder: str, outputs: int = 5) -> list[list[tuple[int, int]]]:
        inputs = ["--input-midi-1", str(tmp_path / first), "--input-midi-2", str(tmp_path / second)]
        words = ["--num-outputs", str(outputs), "--temperature", "0", "-o", str(tmp_path / folder)]
        assert main(["interpolate", str(HUMANIZE), *inputs, *words]) == 0
        return [notes_of(path) for path in sorted((tmp_path / folder).glob("*.mid"))]

    there, back = way("rock.mid", "ride.mid", "there"), way("ride.mid", "rock.mid", "back")
    assert len(there) == 5
    assert there[0] == back[-1]
    assert there[-1] == back[0]
    assert there == back[::-1]
    # The ends are what the model makes of the inputs: nearly all of their hits, and closer than each other's.
    assert {36, 38, 42} <= {note for _, note in there[0]}
    assert 51 in {note for _, note in there[-1]}
    assert "apart at most, no more than" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "channels"), [("hierdec-trio_16bar", {0, 1, 9}), ("cat-mel_2bar_small", {0})])
def test_a_way_leads_from_one_song_s_trio_or_melody_to_another_s(
    name: str, channels: set[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = checkpoint(tmp_path, name)
    write_bands(tmp_path / "songs", 2)
    one, other = sorted(map(str, (tmp_path / "songs").iterdir()))

    def way(first: str, second: str, folder: str) -> list[bytes]:
        words = ["--config", name, "--num-outputs", "3", "--temperature", "0", "-o", str(tmp_path / folder)]
        assert main(["interpolate", str(model), "--input-midi-1", first, "--input-midi-2", second, *words]) == 0
        return [path.read_bytes() for path in sorted((tmp_path / folder).glob("*.mid"))]

    there = way(one, other, "there")
    assert there == way(other, one, "back")[::-1]
    assert there[0] != there[-1]
    assert {m.channel for m in mido.MidiFile(tmp_path / "there/step_001.mid") if m.type == "program_change"} == channels
    write_tracks(tmp_path / "drums.mid", [("kit", 9, 0, beat(20))])
    drums = ["--input-midi-1", str(tmp_path / "drums.mid"), "--input-midi-2", one, "-o", str(tmp_path / "no")]
    assert main(["interpolate", str(model), "--config", name, *drums]) == 2
    assert "drums.mid cannot be taken: without" in capsys.readouterr().err


def test_what_cannot_be_sampled_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drums = HERE.parents[1] / "models" / "one_drum_rnn.tflite"
    assert main(["sample", str(drums), "-o", str(tmp_path)]) == 2
    assert "no autoencoder" in capsys.readouterr().err
    (tmp_path / "tune.mid").write_bytes(midi_bytes(rock(1), drums=False))
    inputs = ["--input-midi-1", str(tmp_path / "tune.mid"), "--input-midi-2", str(tmp_path / "tune.mid")]
    assert main(["interpolate", str(TAP), *inputs, "-o", str(tmp_path / "out")]) == 2
    assert "without drums on MIDI channel 10" in capsys.readouterr().err
    told = checkpoint(tmp_path, "groovae_2bar_hits_control_tfds")
    assert main(["sample", str(told), "--config", told.name, "-o", str(tmp_path / "out")]) == 2
    assert "cannot be sampled" in capsys.readouterr().err


def test_a_melody_s_notes_last_until_the_next_or_a_note_off() -> None:
    rows = np.eye(90, dtype=np.float32)[[2, 0, 41, 1, 0, 89]]
    found = melody_notes(rows)
    assert found.pitches.tolist() == [21, 60, 108]
    assert (found.ends - found.starts).tolist() == [0.5, 0.25, 0.25]
    assert len(melody_notes(rows[:0])) == 0


def test_the_picture_has_every_note_and_says_names_as_they_are() -> None:
    parts = [Part("drums", 9, 0, rock(1))]
    drawn = rolls_svg([("a < b", parts), ("empty", [])], 4.0)
    assert drawn.count("opacity") == len(rock(1))
    assert "a &lt; b" in drawn
