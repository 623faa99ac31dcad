"""A folder of music becomes one file; every file gives pieces or a reason, and the same folder gives the same bytes."""

import json
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.__main__ import main
from converter.collection import About, Shares, Wanted, collect
from converter.dataset import (
    Augmentation,
    Dataset,
    Header,
    LeftOut,
    PieceEntry,
    dataset_bytes,
    read_dataset,
    write_dataset,
)
from converter.dataset_report import reasons, report_svg
from converter.errors import DataError
from converter.melody_part import MelodyRules, events_of_notes, notes_of_events
from converter.music_file import Choice
from converter.piece import Notes, Piece

ROCK = (36, 42, 38, 42, 36, 42, 38, 42)
TUNE = (60, 62, 64, 65, 67, 65, 64, 62) * 2
ABC = "X:1\nT:One\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|cBAG|FEDC|\n\nX:2\nT:Two\nM:4/4\nL:1/4\nK:C\nCEGE|CEGE|GFED|CEGc|\n"


def write_midi(
    path: Path, pitches: tuple[int, ...], channel: int = 9, name: str = "", tempi: tuple[int, ...] = ()
) -> None:
    """A quarter a note; `tempi`: quarters a minute that follow one another, a bar each."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    for place, pitch in enumerate(pitches):
        if place % 4 == 0 and place // 4 < len(tempi):
            track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempi[place // 4])))
        track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=90, time=0))
        track.append(mido.Message("note_off", channel=channel, note=pitch, velocity=0, time=480))
    path.parent.mkdir(parents=True, exist_ok=True)
    mido.MidiFile(type=0, tracks=[track], ticks_per_beat=480).save(path)


def gather(folder: Path, wanted: Wanted | None = None) -> Dataset:
    return collect(folder, wanted or Wanted("drums", Choice(10)), Shares(), Augmentation(), About())


def why(dataset: Dataset) -> dict[str, str]:
    return {entry.file: entry.reason for entry in dataset.header.left_out}


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 127), st.integers(1, 127)), max_size=12), st.integers(0, 3)
)
def test_what_is_written_is_read_again_and_the_same_music_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, played: list[tuple[int, int, int]], count: int
) -> None:
    starts = np.sort(np.array([start / 480 for start, _, _ in played], np.float64))
    pitches, velocities = (np.array([row[column] for row in played], np.uint8) for column in (1, 2))
    pieces = (Piece("a.mid", "a.mid", 4.0, Notes(starts, starts + 0.25, pitches, velocities)),) * count
    header = Header(
        kind="drums",
        source="folder",
        choice="",
        licence="CC0",
        credit="me",
        seed=1,
        augmentation=Augmentation((-5, 6), 0.1, 0.5),
        pieces=tuple(PieceEntry("a.mid", "a.mid", "0" * 64, "train", 4.0, len(played)) for _ in pieces),
        left_out=(LeftOut("b.mid", "torn"),),
        made_with={},
    )
    path = tmp_path_factory.mktemp("one") / "x.notes"
    write_dataset(path, Dataset(header, pieces))
    again = read_dataset(path)
    assert again.header == header
    assert dataset_bytes(again) == path.read_bytes()
    for one, other in zip(pieces, again.pieces, strict=True):
        for name in ("starts", "ends", "pitches", "velocities"):
            assert np.array_equal(getattr(one.notes, name), getattr(other.notes, name))


def test_a_torn_or_foreign_file_is_said_to_be_so(tmp_path: Path) -> None:
    write_midi(tmp_path / "a.mid", ROCK)
    content = dataset_bytes(gather(tmp_path))
    for number, bad in enumerate((b"", b"<html>", content[:-30], content[: len(content) // 2])):
        (path := tmp_path / f"{number}.notes").write_bytes(bad)
        with pytest.raises(DataError, match=r"is no data set of Ghostnote's, or is torn"):
            read_dataset(path)
    with pytest.raises(DataError, match="is not there"):
        read_dataset(tmp_path / "none.notes")


def test_every_file_gives_pieces_or_a_reason(tmp_path: Path) -> None:
    write_midi(tmp_path / "rock.mid", ROCK)
    write_midi(tmp_path / "again.mid", ROCK)
    write_midi(tmp_path / "piano.mid", TUNE, channel=0)
    write_midi(tmp_path / "empty.mid", ())
    (tmp_path / "torn.mid").write_bytes((tmp_path / "rock.mid").read_bytes()[:40])
    (tmp_path / "page.xml").write_text("<score-partwise>")
    (tmp_path / "notes.txt").write_text("not music, not asked")
    dataset = gather(tmp_path)
    assert [piece.name for piece in dataset.pieces] == ["again.mid"]
    found = why(dataset)
    assert found.keys() == {"rock.mid", "piano.mid", "empty.mid", "torn.mid", "page.xml"}
    assert found["rock.mid"] == "the same notes as again.mid"
    assert found["piano.mid"] == "without drums on MIDI channel 10"
    assert found["empty.mid"] == "without a note"
    assert found["torn.mid"].startswith("unreadable")
    assert found["page.xml"].startswith("unreadable")
    assert sum(count for _, count in reasons(dataset.header.left_out)) == 5
    assert "the same notes as another" in report_svg(dataset)


def test_drums_are_found_on_the_channel_that_is_named(tmp_path: Path) -> None:
    write_midi(tmp_path / "two.mid", ROCK, channel=1)
    assert not gather(tmp_path).pieces
    for channel in ("any", 2):
        [piece] = gather(tmp_path, Wanted("drums", Choice(channel), any_channel=True)).pieces
        assert piece.notes.pitches.tolist() == list(ROCK)
    other = gather(tmp_path, Wanted("drums", Choice(3), any_channel=True))
    assert why(other) == {"two.mid": "without notes on channel 3"}


def test_tracks_are_chosen_by_name_and_program(tmp_path: Path) -> None:
    import re

    write_midi(tmp_path / "lead.mid", TUNE, channel=0, name="Lead guitar")
    named = [Choice(name=re.compile(pattern)) for pattern in ("Lead", "Bass")]
    assert [len(gather(tmp_path, Wanted("melody", choice)).pieces) for choice in named] == [1, 0]
    programs = [Choice(program=program) for program in (1, 2)]
    assert [len(gather(tmp_path, Wanted("melody", choice)).pieces) for choice in programs] == [1, 0]


def test_positions_are_in_quarters_whatever_the_tempi(tmp_path: Path) -> None:
    write_midi(tmp_path / "steady.mid", ROCK)
    write_midi(tmp_path / "changing.mid", ROCK, tempi=(90, 171))
    pieces = gather(tmp_path, Wanted("drums", Choice(10), duplicates=True)).pieces
    assert [piece.notes.starts.round(3).tolist() for piece in pieces] == [list(range(8))] * 2


def test_melodies_come_from_midi_and_every_tune_of_an_abc_file(tmp_path: Path) -> None:
    write_midi(tmp_path / "tune.mid", TUNE, channel=0)
    (tmp_path / "book.abc").write_text(ABC)
    dataset = gather(tmp_path, Wanted("melody"))
    assert [piece.name for piece in dataset.pieces] == ["book.abc", "book.abc#2", "tune.mid"]
    assert dataset.pieces[2].notes.pitches.tolist() == list(TUNE)
    assert len({piece.split for piece in dataset.pieces if piece.file == "book.abc"}) == 1


def test_melodies_too_short_too_plain_or_in_chords_are_named_so(tmp_path: Path) -> None:
    write_midi(tmp_path / "short.mid", TUNE[:4], channel=0)
    write_midi(tmp_path / "plain.mid", (60, 62) * 8, channel=0)
    track = mido.MidiTrack()
    for pitch in TUNE:
        track += [mido.Message("note_on", note=pitch - down, time=0) for down in (0, 12)]
        track += [mido.Message("note_off", note=pitch - down, time=0 if down else 480) for down in (0, 12)]
    mido.MidiFile(type=0, tracks=[track]).save(tmp_path / "octaves.mid")
    found = why(gather(tmp_path, Wanted("melody")))
    assert found["short.mid"] == "shorter than 4 bars"
    assert found["plain.mid"] == "of fewer than 3 pitches"
    assert found["octaves.mid"].startswith("several notes at once")
    [piece] = gather(tmp_path, Wanted("melody", melody=MelodyRules(chords="highest"))).pieces
    assert piece.notes.pitches.tolist() == list(TUNE)


def test_the_same_tune_in_another_key_is_a_duplicate(tmp_path: Path) -> None:
    write_midi(tmp_path / "c.mid", TUNE, channel=0)
    write_midi(tmp_path / "d.mid", tuple(pitch + 2 for pitch in TUNE), channel=0)
    assert why(gather(tmp_path, Wanted("melody"))) == {"d.mid": "the same notes as c.mid"}


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 127), st.booleans()), min_size=1, max_size=12))
def test_notes_and_melody_events_are_inverses(played: list[tuple[int, int, bool]]) -> None:
    events: list[int] = []
    for length, pitch, rest in played:
        events += [pitch] + [-2] * (length - 1) + ([-1, -2] if rest else [])
    events += [60]
    assert events_of_notes(notes_of_events(events)) == events


@given(st.integers(1, 40), st.floats(0, 0.5), st.floats(0, 0.5))
def test_splits_are_drawn_by_file_and_always_leave_something_to_learn(
    count: int, validation: float, test: float
) -> None:
    from converter.collection import _drawn

    files = [f"{number}.mid" for number in range(count)]
    split = _drawn(files, Shares(validation, test, 3))
    assert split.keys() == set(files)
    assert "train" in split.values()
    assert split == _drawn(files, Shares(validation, test, 3))
    if count > 1 and validation:
        assert "validation" in split.values()


def test_a_table_of_splits_is_heeded(tmp_path: Path) -> None:
    for number, name in enumerate("abc"):
        write_midi(tmp_path / f"{name}.mid", ROCK[: 6 + number])
    rows = "midi_filename,split\na.mid,validation\nb.mid,train\nc.mid,unused\n"
    (tmp_path / "info.csv").write_text(rows)
    assert {piece.name: piece.split for piece in gather(tmp_path).pieces} == {"a.mid": "validation", "b.mid": "train"}


@given(st.lists(st.integers(0, 480 * 40), min_size=1, max_size=30), st.integers(1, 3))
def test_windows_keep_every_note_once_at_its_place_in_the_bar(ticks: list[int], bars: int) -> None:
    starts = np.array(sorted(ticks)) / 480
    whole = Piece(
        "a", "a", 4.0, Notes(starts, starts + 0.1, np.full(len(starts), 36, np.uint8), np.ones(len(starts), np.uint8))
    )
    windows = whole.windows(bars)
    assert sum(len(window.notes) for window in windows) == len(starts)
    places = np.concatenate([window.notes.steps(4) % 16 for window in windows])
    assert np.array_equal(places, whole.notes.steps(4) % 16)
    assert all(window.notes.steps(4).max() < bars * 16 for window in windows)


def test_the_command_reports_names_what_is_corrupt_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "songs"
    for number in range(30):
        write_midi(folder / f"{number:03}.mid", ROCK * (number + 1))
    (folder / "007.mid").write_bytes(b"MThd\0\0\0\6\0\1")
    output = tmp_path / "songs.notes"
    assert main(["dataset", str(folder), "-o", str(output), "--json", "--exchanged", "0.5"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert report["pieces"] == {"train": 26, "validation": 3}
    assert list(report["left_out"]) == ["007.mid"]
    assert "007.mid is unreadable" in said.err
    header = read_dataset(output).header
    assert header.augmentation.exchanged == 0.5
    assert header.choice == "--kind drums --drums-channel 10 --channel any --parts each --chords refuse --shortest 4"
    assert output.with_suffix(".svg").read_text().startswith("<svg")


def test_a_folder_where_every_file_fails_says_why_in_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_midi(tmp_path / "piano.mid", TUNE, channel=0)
    write_midi(tmp_path / "empty.mid", ())
    assert main(["dataset", str(tmp_path), "-o", str(tmp_path / "x.notes")]) == 2
    said = capsys.readouterr().err
    assert "without drums on MIDI channel 10" in said
    assert "gives nothing to learn from" in said
    assert not (tmp_path / "x.notes").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--transpose", "5"], "is for --kind melody or trio"),
        (["--kind", "melody", "--exchanged", "0.5"], "are for --kind drums"),
        (["--validation", "0.6", "--test", "0.5"], "leave nothing to learn from"),
    ],
)
def test_settings_that_contradict_are_refused(
    given: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dataset", str(tmp_path), "-o", str(tmp_path / "x.notes"), *given]) == 2
    assert words in capsys.readouterr().err
