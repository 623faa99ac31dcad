"""Nothing of a piece is lost or added on its way to the lanes, and rows are Magenta's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.dataset import Augmentation
from converter.drum_kit import DRUM_KIT, ONE_DRUM
from converter.encoded import Code, Encoded, encoded_of, lay
from converter.lesson_config import LESSON_CONFIGS
from converter.lesson_material import codes, material_of
from converter.material import drum_code, encoded_drums
from converter.melody_material import MELODY_ENCODINGS
from converter.melody_part import notes_of_events
from converter.note_seq_library import melodies_lib
from converter.piece import Notes, Piece

labels = st.lists(st.integers(0, 511), min_size=2, max_size=90).map(lambda given: np.array(given, np.int32))
drum_pieces = st.lists(labels.map(lambda given: encoded_drums(given, DRUM_KIT)), min_size=1, max_size=12)
melodies = st.lists(
    st.tuples(st.integers(40, 90), st.integers(1, 4)).map(lambda note: [note[0]] + [-2] * (note[1] - 1)),
    min_size=2,
    max_size=20,
).map(lambda notes: [event for note in notes for event in note])


@given(drum_pieces, st.integers(1, 5), st.integers(1, 40))
def test_every_step_that_has_a_successor_is_foretold_once(pieces: list[Encoded], lanes: int, window: int) -> None:
    laid = lay(pieces, lanes, window)
    foretold = laid.weights > 0
    assert foretold.sum() == sum(map(len, pieces))
    pairs = sorted(zip(laid.hot[foretold][:, 0].tolist(), laid.targets[foretold].tolist(), strict=True))
    expected = [zip(piece.hot[:, 0].tolist(), piece.targets.tolist(), strict=True) for piece in pieces]
    assert pairs == sorted(pair for piece in expected for pair in piece)


@given(drum_pieces, st.integers(1, 5))
def test_memory_is_wiped_and_the_count_begins_where_a_piece_begins(pieces: list[Encoded], lanes: int) -> None:
    laid = lay(pieces, lanes, 16)
    assert (laid.carried == 0).sum() == len(pieces)
    first = DRUM_KIT.counter(np.arange(1))[0]
    assert (laid.rest[laid.carried == 0] == first).all()


@given(drum_pieces, st.integers(1, 5), st.integers(1, 40))
def test_windows_are_the_lanes_cut_across(pieces: list[Encoded], lanes: int, window: int) -> None:
    laid = lay(pieces, lanes, window)
    windows = list(laid.windows(window))
    assert {part.targets.shape for part in windows} == {(lanes, window)}
    assert np.array_equal(np.concatenate([part.targets for part in windows], axis=1), laid.targets)


@given(labels)
def test_drum_rows_are_those_the_appliance_feeds(given: np.ndarray) -> None:
    for encoding, heard in ((DRUM_KIT, given), (ONE_DRUM, given % 2)):
        piece = encoded_drums(heard, encoding)
        assert np.array_equal(piece.rows(drum_code(encoding)), encoding.inputs(heard[:-1]))
        assert np.array_equal(piece.targets, heard[1:])


@pytest.mark.parametrize("name", MELODY_ENCODINGS)
@given(events=melodies)
def test_melody_rows_and_labels_are_note_seqs(name: str, events: list[int]) -> None:
    encoding = MELODY_ENCODINGS[name]
    melody = melodies_lib.Melody(events)
    melody.squash(encoding.lowest, encoding.highest, encoding.key)
    rows, targets = encoding.encoder.encode(melody)
    piece = encoding.encoded(events)
    assert np.array_equal(piece.rows(encoding.code), np.array(rows, np.float32))
    assert piece.targets.tolist() == targets


def test_sizes_are_those_of_magentas_configurations() -> None:
    expected = {
        "drum_kit": (518, 512),
        "one_drum": (2, 2),
        "basic_rnn": (38, 38),
        "mono_rnn": (130, 130),
        "lookback_rnn": (121, 40),
        "attention_rnn": (74, 40),
    }
    assert {name: (code.input_size, code.classes) for name, code in codes().items()} == expected
    assert codes().keys() == LESSON_CONFIGS.keys()


def test_a_row_without_one_hot_parts_is_kept_whole() -> None:
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    piece = encoded_of(Code((), 3, 4), rows, np.array([1, 2]))
    assert np.array_equal(piece.rows(Code((), 3, 4)), rows)


def drum_piece(steps: int) -> Piece:
    starts = np.arange(steps) / 4
    flat = np.full(steps, 36, np.uint8)
    return Piece("a", "a", 4.0, Notes(starts, starts + 0.25, flat, flat))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_groove_at_another_tempo_is_twice_or_half_as_long(share: float) -> None:
    material = material_of("drum_kit", [drum_piece(13)], Augmentation(half_or_double=share))
    lengths = {len(material.drawn(np.random.default_rng(seed))[0]) for seed in range(12)}
    assert lengths == ({12} if not share else {6, 24})
    assert len(material.whole()[0]) == 12


def test_transposition_is_drawn_where_keys_are_kept_apart_and_never_for_judging() -> None:
    notes = notes_of_events([60, 62, 64, 65])
    for name, tunes in (("mono_rnn", 5), ("basic_rnn", 1)):
        material = material_of(name, [Piece("a", "a", 4.0, notes)], Augmentation(transpose=(-2, 2)))
        drawn = {tuple(material.drawn(np.random.default_rng(seed))[0].targets) for seed in range(60)}
        assert len(drawn) == tunes
        assert tuple(material.whole()[0].targets) in drawn
