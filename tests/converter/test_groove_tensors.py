"""Grooves in GrooVAE's rows and back: what is early, what is left out, and what each model is given to hear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.groove_tensors import (
    DRUMS,
    GENERAL,
    ROLAND,
    TAPPED_DRUM,
    groove_notes,
    groove_rows,
    humanize_input,
    note_dropout,
    pieces_windows,
    tap_input,
    windows_of,
    without_drum,
)
from converter.piece import Notes, Piece


def notes(*hits: tuple[float, int, int]) -> Notes:
    """Of (start in quarters, pitch, velocity)."""
    starts = np.array([start for start, _, _ in hits], float)
    pitches, velocities = (np.array([hit[number] for hit in hits], np.uint8) for number in (1, 2))
    return Notes(starts, starts + 0.25, pitches, velocities)


def test_a_row_holds_hit_velocity_and_how_early_it_is() -> None:
    rows = groove_rows(notes((0.0, 36, 127), (0.95, 38, 64), (1.05, 42, 1)))
    assert rows.shape == (16, 27)
    assert rows[0, 0] == rows[0, DRUMS] == 1
    assert rows[0, 2 * DRUMS] == 0
    assert rows[4, 1] == 1
    assert rows[4, DRUMS + 1] == pytest.approx(64 / 127)
    assert rows[4, 2 * DRUMS + 1] == pytest.approx(0.4)  # 0.2 steps early
    assert rows[4, 2 * DRUMS + 2] == pytest.approx(-0.4)
    assert rows[:, :DRUMS].sum() == 3


def test_a_hit_just_before_the_first_beat_is_an_early_first_hit_and_one_long_before_is_left_out() -> None:
    early = groove_rows(notes((-0.1, 36, 100)))
    assert early[0, 2 * DRUMS] == pytest.approx(0.8)
    assert groove_notes(early).starts[0] == pytest.approx(-0.1)
    assert len(groove_rows(notes((-0.2, 36, 100)))) == 0


def test_velocity_0_and_unmapped_pitches_are_left_out_and_the_loudest_stays() -> None:
    rows = groove_rows(notes((0.0, 36, 0), (0.25, 99, 90), (0.5, 38, 30), (0.55, 40, 90), (0.45, 37, 60)))
    assert rows[:, :DRUMS].sum() == 1
    assert rows[2, DRUMS + 1] == pytest.approx(90 / 127)
    assert rows[2, 2 * DRUMS + 1] == pytest.approx(-0.4)


def test_a_decoded_velocity_is_never_the_end_of_a_note() -> None:
    rows = np.zeros((16, 27), np.float32)
    rows[3, 0], rows[3, DRUMS], rows[3, 18] = 1, 0.001, 3.0
    rows[4, 1], rows[4, DRUMS + 1] = 1, 7.0
    found = groove_notes(rows)
    assert found.velocities.tolist() == [1, 127]
    assert found.starts[0] == pytest.approx(2.5 / 4)  # no further than half a step


def test_the_dataset_s_kit_differs_from_general_midi_where_it_must() -> None:
    assert (ROLAND[43], ROLAND[58], ROLAND[48], ROLAND[45]) == (4, 4, 6, 5)
    assert (GENERAL[43], GENERAL[58], GENERAL[48], GENERAL[45]) == (4, 7, 5, 4)
    assert 39 in ROLAND  # known to General MIDI alone


def test_windows_are_end_to_end_or_overlap_and_the_short_is_filled_up() -> None:
    bar = np.zeros((16, 27), np.float32)
    bar[0, 0] = 1
    three = np.concatenate([bar, 2 * bar, 3 * bar])
    assert len(windows_of(three, 2)) == 1
    assert [window[0, 0] for window in windows_of(three, 2, hop=1)] == [1, 2]
    assert [window[0, 0] for window in windows_of(three, 2, padded=True)] == [1, 3]
    short = windows_of(bar, 2)
    assert len(short) == 1
    assert short[0].shape == (32, 27)
    assert not short[0][16:].any()
    silence = np.zeros((32, 27), np.float32)
    assert windows_of(np.concatenate([silence, bar, bar]), 2)[0][0, 0] == 1
    assert windows_of(silence[:0], 2) == []
    piece = Piece("a", "a", 4.0, notes((0, 36, 1), (8.0, 36, 1)))
    assert pieces_windows([piece], 2).shape == (1, 32, 27)


def test_each_model_is_given_its_part() -> None:
    rows = groove_rows(notes((0.0, 36, 50), (0.05, 42, 90), (1.0, 38, 10)))
    assert humanize_input(rows)[:, DRUMS:].sum() == 0
    assert np.array_equal(humanize_input(rows)[:, :DRUMS], rows[:, :DRUMS])
    tap = tap_input(rows)
    assert tap[:, :DRUMS].sum() == 2
    assert tap[0, TAPPED_DRUM] == tap[4, TAPPED_DRUM] == 1
    assert tap[:, DRUMS : 2 * DRUMS].sum() == 0
    assert tap[0, 2 * DRUMS + TAPPED_DRUM] == pytest.approx(-0.4)  # the loudest's
    assert tap_input(rows, velocities=True)[0, DRUMS + TAPPED_DRUM] == pytest.approx(90 / 127)
    assert without_drum(rows)[0].tolist() == [*[1, *[0] * 8], *[np.float32(50 / 127), *[0] * 8], *[0] * 9]


def test_dropped_hits_lose_all_three_numbers() -> None:
    rows = np.ones((4, 32, 27), np.float32)
    left = note_dropout(rows, 0.8, np.random.default_rng(1))
    assert 0.15 < left.mean() < 0.25
    assert np.array_equal(left[..., :9], left[..., 9:18])
    assert np.array_equal(left[..., :9], left[..., 18:])


@given(
    st.lists(
        st.tuples(st.integers(0, 31), st.integers(0, 8), st.integers(1, 127), st.floats(-0.99, 0.99)),
        min_size=1,
        max_size=40,
        unique_by=lambda hit: hit[:2],
    )
)
def test_rows_become_notes_and_the_same_rows_again(hits: list[tuple[int, int, int, float]]) -> None:
    rows = np.zeros((32, 27), np.float32)
    for step, drum, velocity, offset in hits:
        rows[step, [drum, 9 + drum, 18 + drum]] = 1, velocity / 127, offset
    again = groove_rows(groove_notes(rows), classes=GENERAL)
    assert np.allclose(again, rows[: len(again)], atol=1e-5)
    assert not rows[len(again) :].any()
