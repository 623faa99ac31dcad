"""What a pass of training may change in a groove, and what it must leave."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from converter.drum_changes import EXCHANGES, cut, exchange
from converter.drum_kit import DRUM_KIT

Labels = npt.NDArray[np.int32]
pieces_of_labels = st.lists(
    st.lists(st.integers(0, 511), min_size=2, max_size=90).map(lambda labels: np.array(labels, np.int32)),
    min_size=1,
    max_size=12,
)


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
