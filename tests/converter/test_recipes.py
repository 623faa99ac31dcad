"""The commands in docs/convert.md, docs/train.md and docs/vae.md work, one after the other as a reader types them."""

import re
import shlex
import shutil
from pathlib import Path

import mido
import pytest

from converter.__main__ import main
from tests.converter.bands import groove_folder, write_bands
from tests.converter.material import HERE, TINY_DRUM_KIT

DOCS = HERE.parents[1] / "docs"
ROCK = ((36, 42), (42,), (38, 42), (42,))
TUNE = (60, 64, 67, 65, 64, 62, 60, 59)
# The last word counts: the recipes are run with little to do.
SMALL = {
    "train": ["--steps", "2", "--lanes", "2", "--window", "16", "--validations", "1", "--sample-minutes", "0"],
    "train-vae": ["--steps", "2", "--batch", "2", "--validations", "1"],
    "train-on-my-band": ["--steps", "2", "--samples", "1"],
}


def commands(page: str) -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def write(path: Path, steps: list[tuple[int, ...]], channel: int) -> None:
    """Eighths."""
    track = mido.MidiTrack()
    for pitches in steps:
        track += [mido.Message("note_on", channel=channel, note=pitch, time=0) for pitch in pitches]
        gaps = [240, *[0] * len(pitches)]
        track += [
            mido.Message("note_off", channel=channel, note=pitch, time=gap)
            for pitch, gap in zip(pitches, gaps, strict=False)
        ]
    path.parent.mkdir(exist_ok=True)
    mido.MidiFile(type=0, tracks=[track]).save(path)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three songs, three tunes, a band's songs, grooves, models to convert, to play and to go on from."""
    for number in range(3):
        write(tmp_path / f"songs/{number}.mid", [*ROCK * (number + 2), (49,)], channel=9)
        tune = TUNE[number:] + TUNE[:number]
        write(tmp_path / f"tunes/{number}.mid", [(pitch,) for pitch in tune * (number + 5)], channel=0)
    write_bands(tmp_path / "band")
    groove_folder(tmp_path / "groove")
    (tmp_path / "models").mkdir()
    for shipped in ("cat-drums_2bar_small.tflite", "groovae_2bar_humanize.tflite"):
        shutil.copy(DOCS.parent / "models" / shipped, tmp_path / "models")
    for copy in ("my_drums.mag", "models/drum_kit_rnn.mag"):
        shutil.copy(TINY_DRUM_KIT, tmp_path / copy)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("convert.md", {"models/my_drums.tflite"}),
        ("train.md", {"songs.notes", "songs.svg", "my_drums.mag", "my_drums.tflite", "my_tunes.mag", "my_tunes.svg"}),
        (
            "vae.md",
            {
                *("my_band/index.html", "my_band/my_band.tflite", "my_band/samples/sample_1.mid", "samples/rolls.svg"),
                *(
                    "way/step_005.mid",
                    "my_humaniser.tflite",
                    "my_hi_hat.tflite",
                    "my_trio.svg",
                    "models/our_trio.tflite",
                ),
            },
        ),
    ],
)
def test_a_recipe_works_from_its_first_command_to_its_last(page: str, left: set[str], desk: Path) -> None:
    typed = commands(page)
    assert len(typed) >= 5
    for words in typed:
        assert main([*words, *SMALL.get(words[0], [])]) == 0, words
    assert all((desk / name).is_file() for name in left)
