"""The encodings, held against figures worked out by hand from Magenta's lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.drum_kit import DRUM_KIT, DRUM_MAP_2016, DRUM_MAP_2019, ONE_DRUM, Encoding


def test_a_drum_kit_row_has_518_numbers_for_512_labels() -> None:
    assert (DRUM_KIT.classes, DRUM_KIT.input_size) == (512, 518)
    assert (ONE_DRUM.classes, ONE_DRUM.input_size) == (2, 2)


@pytest.mark.parametrize(
    ("pitches", "label"),
    [
        ([], 0),
        ([36], 1),
        ([35, 36], 1),
        ([38], 2),
        ([36, 42], 5),
        ([22], 4),
        ([26], 8),
        ([43], 16),
        ([52], 128),
        ([51], 256),
    ],
)
def test_golden_labels_of_the_2019_map(pitches: list[int], label: int) -> None:
    assert DRUM_KIT.label(pitches) == label


@pytest.mark.parametrize(("pitches", "label"), [([22], 0), ([26], 0), ([43], 64), ([52], 256), ([36, 38, 42], 7)])
def test_golden_labels_of_the_2016_map(pitches: list[int], label: int) -> None:
    assert Encoding(DRUM_MAP_2016, 6).label(pitches) == label


def test_no_pitch_is_in_two_classes_and_only_22_and_26_are_new() -> None:
    new, old = ([p for drum in drum_map for p in drum] for drum_map in (DRUM_MAP_2019, DRUM_MAP_2016))
    assert len(new) == len(set(new)) == 63
    assert len(old) == len(set(old)) == 61
    assert set(new) - set(old) == {22, 26}


def test_an_unknown_pitch_is_ignored() -> None:
    assert DRUM_KIT.label([36, 99, 0]) == 1


def test_every_pitch_is_the_one_drum_and_sounds_as_a_clap() -> None:
    assert [ONE_DRUM.label([pitch]) for pitch in range(128)] == [1] * 128
    assert ONE_DRUM.pitches(1) == [39]


@given(st.integers(0, 511))
def test_a_label_survives_its_own_pitches(label: int) -> None:
    assert DRUM_KIT.label(DRUM_KIT.pitches(label)) == label


def test_a_label_outside_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match="512"):
        DRUM_KIT.pitches(512)
    with pytest.raises(ValueError, match="600"):
        DRUM_KIT.inputs(np.array([600]))


def test_golden_rows_count_from_one_lowest_bit_first() -> None:
    rows = DRUM_KIT.inputs(np.array([5, 0, 511]))
    assert rows.dtype == np.float32
    assert [int(row[:512].argmax()) for row in rows] == [5, 0, 511]
    assert rows[:, :512].sum() == 3
    assert rows[0, 512:].tolist() == [1, -1, -1, -1, -1, -1]
    assert rows[1, 512:].tolist() == [-1, 1, -1, -1, -1, -1]
    assert rows[2, 512:].tolist() == [1, 1, -1, -1, -1, -1]


@given(st.integers(0, 200))
def test_the_counter_wraps_after_64_steps(first: int) -> None:
    labels = np.arange(8)
    assert np.array_equal(DRUM_KIT.inputs(labels, first), DRUM_KIT.inputs(labels, first + 64))
    assert np.array_equal(DRUM_KIT.inputs(labels, first)[3:], DRUM_KIT.inputs(labels[3:], first + 3))
