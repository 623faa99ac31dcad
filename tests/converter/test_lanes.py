"""Nothing of a groove is lost or added on its way to the lanes."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from converter.drum_kit import DRUM_KIT
from converter.lanes import EXCHANGES, cut, exchange, lay

Labels = npt.NDArray[np.int32]
pieces_of_labels = st.lists(
    st.lists(st.integers(0, 511), min_size=2, max_size=90).map(lambda labels: np.array(labels, np.int32)),
    min_size=1,
    max_size=12,
)


@given(pieces_of_labels, st.integers(1, 5), st.integers(1, 40))
def test_every_step_that_has_a_successor_is_foretold_once(pieces: list[Labels], lanes: int, window: int) -> None:
    laid = lay(pieces, lanes, window)
    foretold = laid.weights > 0
    assert laid.weights.sum() == sum(len(piece) - 1 for piece in pieces)
    pairs = sorted(zip(laid.labels[foretold].tolist(), laid.targets[foretold].tolist(), strict=True))
    assert pairs == sorted(
        pair for piece in pieces for pair in zip(piece[:-1].tolist(), piece[1:].tolist(), strict=True)
    )


@given(pieces_of_labels, st.integers(1, 5))
def test_memory_is_wiped_and_the_count_begins_where_a_piece_begins(pieces: list[Labels], lanes: int) -> None:
    laid = lay(pieces, lanes, 16)
    assert (laid.carried == 0).sum() == len(pieces)
    assert (laid.positions[laid.carried == 0] == 0).all()
    # Between two starts a position is one more than the one before it, as long as something is to come.
    follows = (laid.carried[1:] == 1) & (laid.weights[:-1] > 0)
    assert (laid.positions[1:][follows] == laid.positions[:-1][follows] + 1).all()


@given(pieces_of_labels, st.integers(1, 5), st.integers(1, 40))
def test_windows_are_the_lanes_cut_across(pieces: list[Labels], lanes: int, window: int) -> None:
    laid = lay(pieces, lanes, window)
    windows = list(laid.windows(window))
    assert {len(piece.labels) for piece in windows} == {window}
    assert np.array_equal(np.concatenate([piece.targets for piece in windows]), laid.targets)


@given(st.lists(st.integers(2, 700), min_size=1, max_size=6), st.integers(0, 99))
def test_cuts_fall_on_bar_lines_and_pieces_are_no_longer_than_asked(lengths: list[int], seed: int) -> None:
    grooves = [np.arange(length, dtype=np.int32) for length in lengths]
    pieces = cut(grooves, 128, np.random.default_rng(seed))
    assert all(2 <= len(piece) <= 128 and piece[0] % 16 == 0 for piece in pieces)
    # Only the first three bars of a long groove, and a last lone step, may be missing.
    assert sum(len(piece) for piece in pieces) >= sum(length - 49 if length > 64 else length - 1 for length in lengths)


@given(pieces_of_labels, st.integers(0, 99))
def test_an_exchange_changes_which_drums_are_hit_but_not_how_many(pieces: list[Labels], seed: int) -> None:
    exchanged = exchange(pieces, DRUM_KIT.classes, 0.9, np.random.default_rng(seed))
    for before, after in zip(pieces, exchanged, strict=True):
        counts = [[label.bit_count() for label in piece.tolist()] for piece in (before, after)]
        assert counts[0] == counts[1]
        assert np.array_equal(before & 0b11, after & 0b11)  # kick and snare are never exchanged
    assert all(0 not in pair and 1 not in pair for pair in EXCHANGES)


def test_one_drum_has_nothing_to_exchange() -> None:
    piece = np.array([0, 1, 1], np.int32)
    [kept] = exchange([piece], 2, 0.99, np.random.default_rng(0))
    assert kept.tolist() == [0, 1, 1]
