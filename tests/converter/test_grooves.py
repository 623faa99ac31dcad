"""Which steps a MIDI file becomes, and what is said when it becomes none."""

import os
from pathlib import Path

import numpy as np
import pretty_midi
import pytest

from converter.drum_kit import DRUM_KIT, ONE_DRUM
from converter.grooves import NoGroovesError, read_grooves

SHARED = Path(os.environ.get("GHOSTNOTE_SHARED", Path(__file__).resolve().parents[3] / "shared"))
SIXTEENTH = 0.125  # s at 120 quarters a minute


def write(path: Path, hits: list[tuple[float, int]], *, drums: bool = True, meter: tuple[int, int] = (4, 4)) -> None:
    midi = pretty_midi.PrettyMIDI(initial_tempo=120)
    midi.time_signature_changes.append(pretty_midi.TimeSignature(*meter, 0))
    track = pretty_midi.Instrument(0, is_drum=drums)
    track.notes = [pretty_midi.Note(100, pitch, time, time + 0.05) for time, pitch in hits]
    midi.instruments.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    midi.write(str(path))


def test_steps_run_from_time_zero_to_the_last_hit(tmp_path: Path) -> None:
    write(tmp_path / "a.mid", [(2 * SIXTEENTH, 36), (2 * SIXTEENTH, 42), (5 * SIXTEENTH, 38)])
    [groove] = read_grooves(tmp_path, None, DRUM_KIT, 4)
    assert groove.path == "a.mid"
    assert groove.labels.dtype == np.int32
    assert groove.labels.tolist() == [0, 0, 5, 0, 0, 2]


def test_a_hit_goes_to_the_nearest_sixteenth(tmp_path: Path) -> None:
    write(tmp_path / "a.mid", [(0.45 * SIXTEENTH, 36), (1.6 * SIXTEENTH, 38), (3.45 * SIXTEENTH, 42)])
    [groove] = read_grooves(tmp_path, None, DRUM_KIT, 4)
    assert groove.labels.tolist() == [1, 0, 2, 4]


def test_one_drum_counts_eighths_and_every_pitch(tmp_path: Path) -> None:
    write(tmp_path / "a.mid", [(0, 90), (4 * SIXTEENTH, 12)])
    [groove] = read_grooves(tmp_path, None, ONE_DRUM, 2)
    assert groove.labels.tolist() == [1, 0, 1]


def test_files_come_sorted_by_path_from_every_folder(tmp_path: Path) -> None:
    for name in ["b/x.mid", "a.midi", "b/a.MID"]:
        write(tmp_path / name, [(0, 36)])
    assert [groove.path for groove in read_grooves(tmp_path, None, DRUM_KIT, 4)] == ["a.midi", "b/a.MID", "b/x.mid"]


def test_a_split_is_read_from_the_table(tmp_path: Path) -> None:
    for name in ["a.mid", "b.mid"]:
        write(tmp_path / name, [(0, 36)])
    (tmp_path / "info.csv").write_text("midi_filename,split\na.mid,train\nb.mid,validation\n")
    assert [groove.path for groove in read_grooves(tmp_path, "validation", DRUM_KIT, 4)] == ["b.mid"]


def test_an_unreadable_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path / "good.mid", [(0, 36)])
    (tmp_path / "torn.mid").write_bytes((tmp_path / "good.mid").read_bytes()[:30])
    lines: list[str] = []
    grooves = read_grooves(tmp_path, None, DRUM_KIT, 4, lines.append)
    assert [groove.path for groove in grooves] == ["good.mid"]
    assert len(lines) == 1
    assert lines[0].startswith("torn.mid is left out")


def test_a_listed_file_that_is_absent_is_named(tmp_path: Path) -> None:
    write(tmp_path / "a.mid", [(0, 36)])
    (tmp_path / "info.csv").write_text("midi_filename,split\na.mid,train\ngone.mid,train\n")
    lines: list[str] = []
    assert len(read_grooves(tmp_path, "train", DRUM_KIT, 4, lines.append)) == 1
    assert lines[0].startswith("gone.mid is left out")


def test_a_folder_that_gives_nothing_says_how_many_files_and_why(tmp_path: Path) -> None:
    write(tmp_path / "piano.mid", [(0, 60)], drums=False)
    write(tmp_path / "silent.mid", [])
    write(tmp_path / "waltz.mid", [(0, 36)], meter=(3, 4))
    with pytest.raises(NoGroovesError, match=r"has 3 MIDI files.*1 not in 4/4.*2 without drums"):
        read_grooves(tmp_path, None, DRUM_KIT, 4)


@pytest.mark.parametrize(("split", "words"), [(None, "no MIDI files"), ("train", "info.csv is needed")])
def test_an_empty_folder_says_so(tmp_path: Path, split: str | None, words: str) -> None:
    with pytest.raises(NoGroovesError, match=words):
        read_grooves(tmp_path, split, DRUM_KIT, 4)


def test_an_absent_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoGroovesError, match="is not a folder"):
        read_grooves(tmp_path / "nowhere", None, DRUM_KIT, 4)


@pytest.fixture(scope="session")
def groove_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = SHARED / "data/groove/groove-train-validation.tar.gz"
    if not archive.is_file():
        pytest.skip(f"the Groove MIDI Dataset is not at {archive}")
    import tarfile

    folder = tmp_path_factory.mktemp("groove")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return next(folder.rglob("info.csv")).parent


def test_groove_validation_gives_the_steps_magenta_counts(groove_folder: Path) -> None:
    grooves = read_grooves(groove_folder, "validation", DRUM_KIT, 4)
    assert len(grooves) == 122
    assert sum(len(groove.labels) - 1 for groove in grooves) == 34_205


def test_groove_labels_are_those_of_magentas_tools(groove_folder: Path) -> None:
    events = np.load(SHARED / "reference/magenta-trained/drum_kit_2x128.npz")["events"]
    grooves = [groove for groove in read_grooves(groove_folder, "validation", DRUM_KIT, 4) if len(groove.labels) >= 96]
    heads = {tuple(groove.labels[:96].tolist()) for groove in grooves}
    assert {tuple(row.tolist()) for row in events} <= heads
