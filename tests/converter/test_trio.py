"""A band's files become windows of a trio as Magenta's TrioConverter cuts them; a small hierdec-trio learns them."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.__main__ import main
from converter.collection import About, Shares, Wanted, collect
from converter.dataset import Augmentation, Dataset, dataset_bytes, read_dataset, write_dataset
from converter.errors import DataError
from converter.line_windows import MOST_OF_A_SONG, some_of_each, transposed, trio_lines
from converter.note_seq_library import NoteSequence, melodies_lib
from converter.piece import Notes, Piece
from converter.source import read_source
from converter.trio_tensors import drum_line, melody_line, spans_of
from converter.vae_config import VAE_CONFIGS
from converter.vae_material import vae_material
from converter.vae_music import melody_notes
from converter.vae_shapes import Sizes, sizes_of
from tests.converter.bands import bass, beat, melody, write_band, write_bands, write_tracks
from tests.converter.lessons import write_lessons

TRIO = VAE_CONFIGS["hierdec-trio_16bar"]


def notes_of(played: list[tuple[float, float, int]]) -> Notes:
    rows = np.array(sorted(played), float).reshape(-1, 3)
    return Notes(rows[:, 0], rows[:, 0] + rows[:, 1], rows[:, 2].astype(np.uint8), np.full(len(rows), 80, np.uint8))


def gather(folder: Path, augmentation: Augmentation = Augmentation()) -> Dataset:  # noqa: B008
    return collect(folder, Wanted("trio"), Shares(), augmentation, About())


def why(folder: Path) -> dict[str, str]:
    return {entry.file: entry.reason for entry in gather(folder).header.left_out}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(10, 120)), max_size=20))
def test_a_melody_s_line_is_what_note_seq_makes_of_it(played: list[tuple[int, int, int]]) -> None:
    """note_seq's Melody is what Magenta's converter asks (no gap ends it, the highest of several notes is kept)."""
    line = melody_line(notes_of([(start / 4, length / 4, pitch) for start, length, pitch in played]), 64)
    sequence = NoteSequence()
    sequence.quantization_info.steps_per_quarter = 4
    sequence.time_signatures.add(numerator=4, denominator=4)
    for start, length, pitch in sorted(played):
        if 21 <= pitch <= 108:
            sequence.notes.add(pitch=pitch, velocity=80, quantized_start_step=start, quantized_end_step=start + length)
    expected = melodies_lib.Melody()
    expected.from_quantized_sequence(sequence, gap_bars=np.inf, ignore_polyphonic_notes=True)
    start = expected.start_step if len(expected) else 0
    expected.set_length(64 - start)
    events = [0 if event == -2 else 1 if event == -1 else event - 19 for event in expected]
    assert line.tolist() == [0] * start + events


def test_a_line_played_again_is_the_notes_it_was_made_of() -> None:
    played = notes_of(melody(4))
    again = melody_notes(np.eye(90, dtype=np.float32)[melody_line(played, 64)])
    assert np.array_equal(again.starts, played.starts)
    assert np.array_equal(again.ends, played.ends)
    assert np.array_equal(again.pitches, played.pitches)


def test_the_drums_number_has_a_bit_for_each_drum() -> None:
    notes = notes_of([(0, 0.25, 36), (0, 0.25, 42), (0.25, 0.25, 99), (0.5, 0.25, 38), (9, 0.25, 36)])
    assert drum_line(notes, 4, {36: 0, 38: 1, 42: 2}).tolist() == [0b101, 0, 0b10, 0]


def test_windows_are_where_all_three_play_with_every_melody_and_bass() -> None:
    drums, low = ("drums", notes_of(beat(24))), ("bass", notes_of(bass(24)))
    late = ("melody", notes_of(melody(24, first=6)))
    whole = ("melody", notes_of(melody(24)))
    found = spans_of([whole, late, low, drums])
    assert [span for span in found if span[0] == 0] == [(0, 0, 0, bar) for bar in range(9)]
    # A part may rest for two bars before it begins: bar 4 is the first with a melody at most two bars off.
    assert [span for span in found if span[0] == 1] == [(1, 0, 0, bar) for bar in range(4, 9)]
    assert spans_of([whole, low]) == []
    assert (
        spans_of([("melody", notes_of(melody(15))), ("bass", notes_of(bass(15))), ("drums", notes_of(beat(15)))]) == []
    )


@given(st.lists(st.booleans(), min_size=16, max_size=40))
def test_a_part_may_rest_for_four_bars_inside_a_window_and_no_longer(plays: list[bool]) -> None:
    bars = len(plays)
    broken = notes_of([note for note in bass(bars) if plays[int(note[0] // 4)]])
    parts = [("melody", notes_of(melody(bars))), ("bass", broken), ("drums", notes_of(beat(bars)))]
    found = {span[3] for span in spans_of(parts)} if any(plays) else set()
    near = [any(plays[max(0, bar - 2) : bar + 3]) or bar < 2 or bar >= bars - 2 for bar in range(bars)]
    assert found == ({bar for bar in range(bars - 15) if all(near[bar : bar + 16])} if any(plays) else set())


def test_parts_are_told_by_program_name_and_channel(tmp_path: Path) -> None:
    tracks = [
        ("strings", 2, 48, melody(18, up=12)),
        ("lead", 0, 26, melody(18)),
        ("My Bass", 1, 0, bass(18)),
        ("drums", 9, 0, beat(18)),
        ("more drums", 9, 0, [(number, 0.25, 49) for number in range(72)]),
    ]
    write_tracks(tmp_path / "a.mid", tracks)
    write_tracks(tmp_path / "b.mid", [tracks[0], *tracks[2:]])
    one, other = gather(tmp_path).pieces
    assert [(role, count) for role, count in one.parts] == [("melody", 144), ("bass", 72), ("drums", 90 + 72)]
    assert set(one.of_role("melody")[0].pitches) == {60, 62, 64, 65, 67}
    assert set(one.of_role("drums")[0].pitches) == {36, 38, 49}
    # Where no part has a melody's program the other pitched ones are taken.
    assert [part.pitches.min() for part in other.of_role("melody")] == [72]


@pytest.mark.parametrize(
    ("name", "bass"), [("E-Bass1", True), ("bassline", True), ("Bassoon", False), ("Bass Drum", False), ("Base", False)]
)
def test_a_bass_is_known_by_its_track_s_name(name: str, bass: bool, tmp_path: Path) -> None:
    write_tracks(tmp_path / "a.mid", [("lead", 0, 26, melody(18)), (name, 1, 0, melody(18)), ("k", 9, 0, beat(18))])
    assert (why(tmp_path) == {}) is bass


@pytest.mark.parametrize(
    ("left", "metre", "reason"),
    [
        ((0, 1), (4, 4), "without drums"),
        ((0, 2), (4, 4), "without bass"),
        ((2,), (4, 4), "without melody and bass"),
        ((0, 1, 2), (3, 4), "not in 4/4 throughout"),
    ],
)
def test_what_gives_no_trio_is_told_why(
    left: tuple[int, ...], metre: tuple[int, int], reason: str, tmp_path: Path
) -> None:
    tracks = [("lead", 0, 26, melody(18)), ("low", 1, 33, bass(18)), ("kit", 9, 0, beat(18))]
    write_tracks(tmp_path / "a.mid", [tracks[number] for number in left], metre)
    assert why(tmp_path) == {"a.mid": reason}


def test_a_short_song_is_told_to_be_too_short(tmp_path: Path) -> None:
    write_band(tmp_path / "a.mid", 12)
    assert why(tmp_path) == {"a.mid": "without 16 bars in which melody, bass and drums play together"}


def test_a_data_set_keeps_the_parts_and_a_torn_one_is_refused(tmp_path: Path) -> None:
    dataset = gather(write_bands(tmp_path / "songs"))
    write_dataset(tmp_path / "a.notes", dataset)
    again = read_dataset(tmp_path / "a.notes")
    assert again.header == dataset.header
    for one, other in zip(dataset.pieces, again.pieces, strict=True):
        assert one.parts == other.parts
        for role in ("melody", "bass", "drums"):
            for mine, theirs in zip(one.of_role(role), other.of_role(role), strict=True):
                assert np.array_equal(mine.starts, theirs.starts)
    content = dataset_bytes(dataset)
    assert content == (tmp_path / "a.notes").read_bytes()
    import msgspec

    entry = dataset.header.pieces[0]
    wrong = msgspec.structs.replace(entry, parts=(("melody", 1),))
    header = msgspec.structs.replace(dataset.header, pieces=(wrong, *dataset.header.pieces[1:]))
    write_dataset(tmp_path / "b.notes", Dataset(header, dataset.pieces))
    with pytest.raises(DataError, match=r"the parts of song 0.mid do not have its"):
        read_dataset(tmp_path / "b.notes")


def test_windows_are_cut_as_they_are_and_moved_together_where_drawn(tmp_path: Path) -> None:
    dataset = gather(write_bands(tmp_path, 1))
    lines = trio_lines(dataset.pieces, TRIO.drum_map, 1)
    assert lines.places.tolist() == [[0, 0, 1, 2, 0], [0, 0, 1, 2, 16]]
    (batch,) = vae_material(TRIO, dataset.pieces, Augmentation((-3, 3)), learnt=False).whole(8)
    song = np.stack(lines.songs[0], -1)
    assert np.array_equal(batch["wanted"], np.stack([song[:256], song[16:272]]))
    assert batch["wanted"].shape == (2, 256, 3)
    moved = set()
    chance = np.random.default_rng(1)
    for _ in range(20):
        rows = lines.encoder((-3, 3))(lines.places[:1], chance)["wanted"][0]
        assert np.array_equal(rows[:, 2], song[:256, 2])
        by = {int(n) for n in (rows - song[:256])[:, :2][song[:256, :2] > 1]}
        assert len(by) == 1  # melody and bass by the same interval
        assert np.array_equal(rows[song[:256] < 2], song[:256][song[:256] < 2])
        moved |= by
    assert moved == set(range(-3, 4))


def test_a_note_that_would_leave_the_range_goes_an_octave_back() -> None:
    numbers = np.array([[[0], [1], [2], [3], [89]]], np.int32)
    assert transposed(numbers, np.array([[[-1]]])).ravel().tolist() == [0, 1, 13, 2, 88]
    assert transposed(numbers, np.array([[[2]]])).ravel().tolist() == [0, 1, 4, 5, 79]


def test_a_pass_takes_a_few_windows_of_each_song_and_other_ones_each_time(tmp_path: Path) -> None:
    write_band(tmp_path / "long.mid", 80)
    write_band(tmp_path / "short.mid", 17, 2)
    material = vae_material(TRIO, gather(tmp_path).pieces, Augmentation(), learnt=True)
    assert len(material) == 65 + 2
    assert material.in_a_pass == MOST_OF_A_SONG + 2
    chance, firsts = np.random.default_rng(1), set()
    for _ in range(8):
        (batch,) = material.drawn(chance, 7)
        assert len(batch["given"]) == 7
        firsts |= {row.tobytes() for row in batch["given"]}
    assert len(firsts) > 8
    judged = vae_material(TRIO, gather(tmp_path).pieces, Augmentation(), learnt=False)
    assert len(judged) == MOST_OF_A_SONG + 2
    assert len(np.unique(judged.windows, axis=0)) == len(judged)
    assert len(some_of_each(np.zeros((0, 5), np.int64))) == 0


def test_melodies_are_cut_into_windows_too() -> None:
    config = VAE_CONFIGS["cat-mel_2bar_small"]
    piece = Piece("a", "a", 4.0, notes_of(melody(3)))
    learnt = vae_material(config, [piece], Augmentation(), learnt=True)
    (batch,) = learnt.whole(8)
    line = melody_line(piece.notes, 48)
    assert np.array_equal(batch["wanted"][..., 0], np.stack([line[:32], line[16:48]]))
    (short,) = vae_material(config, [Piece("a", "a", 4.0, notes_of(melody(1)))], Augmentation(), learnt=True).whole(1)
    assert short["wanted"].shape == (1, 32, 1)
    assert not short["wanted"][0, 17:].any()


def train(config: str, data: Path, output: Path, *words: object) -> int:
    tiny = ("--z", 4, "--encoder", "5,6", "--decoder", "6,7", "--batch", 4, "--validations", 2, "--no-convert")
    return main(["train-vae", config, "--data", str(data), "-o", str(output), *map(str, (*tiny, *words))])


def test_folder_to_trio_by_two_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bands(tmp_path / "songs")
    data, model = tmp_path / "songs.notes", tmp_path / "trio"
    assert main(["dataset", str(tmp_path / "songs"), "-o", str(data), "--kind", "trio", "--transpose", "5"]) == 0
    assert "drums" in data.with_suffix(".svg").read_text()
    assert train("hierdec-trio_16bar", data, model, "--conductor", "5,4", "--steps", 4, "--rate", 0.05, "--json") == 0
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert outcome["validation"] < outcome["before"]
    assert sizes_of(TRIO, read_source(model).variables, model) == Sizes(4, (5, 6), (6, 7), (5, 4))


@pytest.mark.parametrize(
    ("config", "kind", "said"),
    [
        ("hierdec-trio_16bar", "drums", "learns from trio, and this data set holds drums"),
        ("cat-mel_2bar_small", "drums", "make one with ghostnote-converter dataset --kind melody"),
        ("groovae_2bar_humanize", "melody", "learns from drums, and this data set holds melody"),
    ],
)
def test_a_data_set_of_another_kind_is_refused(
    config: str, kind: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_lessons(tmp_path / "a.notes", kind)  # type: ignore[arg-type]
    assert train(config, data, tmp_path / "x") == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--window", "4"], "leave it out of a trio"),
        (["--program", "3"], "a trio needs three"),
        (["--exchanged", "0.5"], "are for --kind drums"),
    ],
)
def test_what_a_trio_does_not_take_is_refused(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dataset", str(tmp_path), "-o", str(tmp_path / "x.notes"), "--kind", "trio", *words]) == 2
    assert said in capsys.readouterr().err


def test_all_pairs_are_taken_once() -> None:
    parts = (
        [("melody", notes_of(melody(16)))] * 2 + [("bass", notes_of(bass(16)))] * 2 + [("drums", notes_of(beat(16)))]
    )
    assert spans_of(parts) == [(one, other, 0, 0) for one, other in itertools.product(range(2), range(2))]
