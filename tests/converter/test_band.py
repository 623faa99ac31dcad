"""A band's folder becomes a model and a page that says how much was there; a bad folder is told in a sentence."""

import base64
import json
import re
from pathlib import Path

import mido
import numpy as np
import pytest

from converter import band_command, checkpoint, train_vae_command
from converter.__main__ import main
from converter.band_folder import Band
from converter.band_page import Told, band_page, honest_words
from converter.band_samples import Sample, band_samples, events_of
from converter.collection import About, Shares, Wanted, collect
from converter.dataset import Augmentation
from converter.music_file import Choice
from converter.progress import Progress
from converter.schooling import Trained
from converter.source import read_source
from converter.trio_tensors import melody_line
from converter.v2_checkpoint import write_v2_checkpoint
from converter.vae_config import VAE_CONFIGS
from converter.vae_music import Part
from converter.vae_plain_network import VaePlainNetwork
from converter.vae_player import VaePlayer
from converter.vae_pupil import VaeShape, first_vae_weights
from converter.vae_sampling import VaeSampler
from converter.vae_shapes import Sizes
from tests.converter.bands import beat, write_bands, write_tracks
from tests.converter.lessons import rock
from tests.converter.material import needs_tensorflow

DRUMS, TRIO = VAE_CONFIGS["cat-drums_2bar_small"], VAE_CONFIGS["hierdec-trio_16bar"]
SMALL = {DRUMS.name: Sizes(4, (5,), (6, 6)), TRIO.name: Sizes(4, (5, 5), (6, 6), (4, 4))}
TRAINED = Trained({}, 80.0, 100.0, (Progress(5, 90.0, 80.0, 80.0),), "all its steps")
TOLD = Told("my band", (500, 20), "nothing", 3.0, 700.0, "tensorflow")


def parent(folder: Path, name: str) -> Path:
    """A small checkpoint to go on from, so that tests need not build a large one."""
    shape = VaeShape(VAE_CONFIGS[name], SMALL[name])
    write_v2_checkpoint(folder / "parent", first_vae_weights(shape, np.random.default_rng(1)), 1)
    return folder / "parent"


def write_drums(folder: Path, files: int) -> Path:
    """Beats, no two alike."""
    for number in range(files):
        extra = [(number / 4 + quarter, 0.25, 49) for quarter in range(0, 16, 4)]
        write_tracks(folder / f"beat {number}.mid", [("kit", 9, 0, sorted([*beat(6), *extra]))])
    return folder


def one_track(
    folder: Path, channel: int, notes: list[tuple[float, float, int]], metre: tuple[int, int] = (4, 4)
) -> None:
    write_tracks(folder / "a.mid", [("kit", channel, 0, notes)], metre)


def train(folder: Path, output: Path, *words: object) -> int:
    given = [*map(str, words)]
    return main(["train-on-my-band", str(folder), "-o", str(output), "--steps", "2", "--samples", "2", *given])


@needs_tensorflow
def test_a_folder_of_drums_becomes_a_model_and_a_page_that_needs_no_other_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = write_drums(tmp_path / "songs", 6), tmp_path / "our band!"
    assert train(folder, output, "--from", parent(tmp_path, DRUMS.name), "--json", "--quantize", "none") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["model"].endswith("our band!/our_band")
    assert not told["judges_itself"]
    assert told["windows"] == [25, 5]  # five files of six bars, and one that judges: from every bar on, as it is short
    assert {path.name for path in output.iterdir()} == {
        *("index.html", "samples", "band.notes", "checkpoint", "our_band.svg", "our_band.tflite"),
        *("our_band.index", "our_band.data-00000-of-00001"),
    }
    page = (output / "index.html").read_text()
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)  # nothing is fetched
    names = ["again_1", "between_1", "sample_1", "sample_2"]
    assert sorted(path.stem for path in (output / "samples").iterdir()) == names
    links = dict(re.findall(r'download="([\w.]+)" href="data:audio/midi;base64,([^"]+)"', page))
    assert set(links) == {*(f"{name}.mid" for name in names), "again_1_yours.mid"}
    for name in names:
        content = (output / "samples" / f"{name}.mid").read_bytes()
        assert base64.b64decode(links[f"{name}.mid"]) == content
        assert mido.MidiFile(output / "samples" / f"{name}.mid").ticks_per_beat
    assert "25 windows of 2 bars, 5 others were kept back" in page
    assert "which it never heard" in page


@needs_tensorflow
def test_songs_become_a_trio_and_too_few_to_part_are_said_to_judge_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = write_bands(tmp_path / "songs", 4), tmp_path / "out"
    assert train(folder, output, "--from", parent(tmp_path, TRIO.name), "--json", "--quantize", "none") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["judges_itself"]
    assert told["windows"][0] == 2 + 3 + 4 + 5
    page = (output / "index.html").read_text()
    assert "too few files to keep one back" in page
    assert "which it learnt, given back" in page
    channels = {m.channel for m in mido.MidiFile(output / "samples/again_1.mid") if m.type == "program_change"}
    assert channels == {0, 1, 9}


def test_without_tensorflow_checkpoint_and_page_are_there_and_it_is_said_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_vae_command, "there", lambda _: False)
    monkeypatch.setattr(checkpoint, "there", lambda _: False)
    folder, output = write_drums(tmp_path / "songs", 6), tmp_path / "out"
    assert train(folder, output, "--from", parent(tmp_path, DRUMS.name)) == 0
    said = capsys.readouterr()
    assert "TensorFlow is not installed here, so there is no .tflite yet" in said.err
    assert "shows and plays what out makes" in said.out
    assert not list(output.glob("*.tflite"))
    assert (output / "index.html").is_file()
    assert read_source(output / "out").variables["encoder/mu/bias"].shape == (4,)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "is not a folder"),
        (lambda folder: folder.mkdir(), "has no music files"),
        (
            lambda folder: (folder.mkdir(), (folder / "a.mid").write_bytes(b"MThd")),
            "has no drums to learn from: its files",
        ),
        (
            lambda folder: write_tracks(folder / "a.mid", [("k", 9, 0, [(0, 1, 36), (1, 1, 38), (2, 1, 36)])]),
            "gives 1 windows",
        ),
        (lambda folder: write_tracks(folder / "a.mid", [("k", 9, 0, beat(9))], (3, 4)), "not in 4/4 throughout"),
        (lambda folder: write_tracks(folder / "a.mid", [("k", 0, 0, beat(9))]), "without drums on MIDI channel 10"),
    ],
)
def test_a_folder_that_will_not_do_is_told_why_in_a_sentence(
    make: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "songs")  # type: ignore[operator]
    assert train(tmp_path / "songs", tmp_path / "out", "--from", "nothing") == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert "Traceback" not in errors
    assert not list((tmp_path / "out").glob("*.tflite"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--config", "cat-drums_2bar_smal"), "did you mean cat-drums_2bar_small"),
        (("--from", "nowhere"), "nowhere is not there"),
        (("--config", "hier-multiperf_vel_1bar_med", "--from", "nothing"), "cannot be trained here"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(write_drums(tmp_path / "songs", 2), tmp_path / "out", *words) == 2
    assert said in capsys.readouterr().err


def test_a_place_that_is_a_file_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("mine")
    assert train(tmp_path / "songs", tmp_path / "out") == 2
    assert "cannot be made a folder" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "mine"


def test_a_place_among_the_songs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_drums(tmp_path / "songs", 2)
    for output in (folder, folder / "out"):
        assert train(folder, output) == 2
        assert "the samples would be learnt the next time" in capsys.readouterr().err
    assert len(list(folder.iterdir())) == 2


def band_of(folder: Path, kind: str = "drums", validation: float = 0.0) -> Band:
    wanted = Wanted(kind, Choice(10) if kind == "drums" else Choice())  # type: ignore[arg-type]
    config = TRIO if kind == "trio" else DRUMS
    return Band(collect(folder, wanted, Shares(validation), Augmentation(), About()), config)


def sample(likeness: float, name: str = "a") -> Sample:
    return Sample(name, "out of nothing", [Part("drums", 9, 0, rock(2))], likeness, "beat 1.mid")


def test_the_page_says_what_is_true(tmp_path: Path) -> None:
    alone = band_of(write_drums(tmp_path, 5))
    parted = band_of(tmp_path, validation=0.2)
    few = Told("x", (25, 3), "nothing", 1.0, 1.0, "jax")
    said = " ".join(honest_words(alone, TRAINED, [sample(0.5)], few))
    assert "25 windows are little" in said
    assert "judged by the very bars it learnt" in said
    said = " ".join(honest_words(parted, TRAINED, [sample(0.5), sample(0.97)], TOLD))
    assert "little:" not in said
    assert "fell by 20%, from 100.0 to 80.0" in said
    assert "Of the 2 pieces it made up, 1 are copies" in said
    assert "on average 74%" in said
    nothing = Trained({}, 100.0, 100.0, TRAINED.history, "stopped")
    said = " ".join(honest_words(parted, nothing, [sample(0.5)], TOLD))
    assert "gained nothing" in said
    assert "ended early by hand" in said


def test_no_name_of_a_file_ends_the_page_s_script_or_becomes_a_tag(tmp_path: Path) -> None:
    write_drums(tmp_path, 1)
    (tmp_path / "beat 0.mid").rename(tmp_path / "<b>&.mid")
    page = band_page(band_of(tmp_path), TRAINED, [sample(0.2, "</script>")], TOLD)
    assert "<b>" not in page
    assert page.count("</script>") == 1


def test_a_copy_is_known_for_one_and_its_piece_is_named(tmp_path: Path) -> None:
    band = band_of(write_bands(tmp_path, 3), "trio")
    weights = first_vae_weights(VaeShape(TRIO, SMALL[TRIO.name]), np.random.default_rng(1))
    player = VaePlayer(VaePlainNetwork(TRIO, SMALL[TRIO.name], weights), VaeSampler(TRIO))
    made = list(band_samples(player, TRIO, band.dataset, 2, 1.0, 1))
    assert [sample.name for sample in made] == ["sample_1", "sample_2", "between_1", "again_1", "again_2"]
    assert all(0 <= sample.likeness < 0.9 for sample in made)  # of chance weights
    assert [sample.nearest for sample in made[3:]] == ["what it was"] * 2
    assert all(sample.nearest.startswith("a part of song ") for sample in made[:3])
    again = made[-1]
    piece = next(piece for piece in band.dataset.pieces if piece.name in again.said)
    events = events_of(TRIO, again.original)
    assert events.shape == (256, 11)
    line = melody_line(piece.of_role("melody")[0], 288)
    cut = [np.where(line == 1, 0, line)[16 * bar : 16 * bar + 256] for bar in range(3)]
    assert any(np.array_equal(events[:, 0], one) for one in cut)
    from converter.band_samples import _known

    assert _known(TRIO, list(band.dataset.pieces)).nearest(events) == (1.0, piece.name)


def test_the_shipped_checkpoint_of_a_configuration_is_gone_on_from(tmp_path: Path) -> None:
    import argparse

    band = band_of(write_drums(tmp_path, 1))
    found = band_command._parent(argparse.Namespace(parent=None), band)
    assert found is not None
    assert found.name == "cat-drums_2bar_small"
    assert band_command._parent(argparse.Namespace(parent="nothing"), band) is None
