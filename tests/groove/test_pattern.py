"""A groove as numbers, and where a drummer's numbers would be no MIDI."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.groove.card import GrooveInput
from appliance.groove.cell import Cell, cell_of
from appliance.groove.latent_space import near, slerp, square
from appliance.groove.passages import BARS, Passages
from appliance.groove.pattern import DRUMS, MOST_OFFSET, DrumClasses, offset_of, rows_of, velocity_of
from appliance.groove.source import by_step
from appliance.notation.drum_track import Note
from appliance.notation.drums import KEYS
from tests.groove.grooves import rock, tiny

CLASSES = DrumClasses(tuple(KEYS.values()))


def test_of_two_of_a_drum_the_harder_counts_and_what_no_drum_has_is_not_heard():
    notes = {0: [Note(0, 38, 30), Note(0, 40, 127), Note(0, 3, 90)], 1: [Note(1, 36, 127, offset=-0.25)]}
    groove = CLASSES.steps(notes, 2)
    assert groove[0].nonzero()[0].tolist() == [1, DRUMS + 1]
    assert groove[0, DRUMS + 1] == 1
    assert groove[1, 2 * DRUMS] == pytest.approx(0.5)  # a quarter of a step early, of a half that can be


def test_a_velocity_of_0_is_a_note_off():
    assert not CLASSES.steps({0: [Note(0, 36, 0)]}, 1).any()


@given(st.floats(0, 1), st.floats(-1, 1))
def test_what_a_model_says_is_midi_and_nearer_to_its_own_step(velocity, offset):
    assert 1 <= velocity_of(velocity) <= 127
    assert abs(offset_of(offset)) <= MOST_OFFSET
    assert offset_of(offset) * offset <= 0  # positive is early


def test_each_model_hears_what_it_learnt_from():
    groove = CLASSES.steps(by_step(rock(8).notes), 8)
    human, tap, drums = (tiny(name).card for name in ("humanize", "tap", "drums"))
    assert rows_of(human, groove).shape == (32, 27)
    assert rows_of(human, groove)[:, :DRUMS].sum() == groove[:, :DRUMS].sum()
    assert not rows_of(human, groove)[:, DRUMS:].any()
    tapped = rows_of(tap, groove)
    assert set(tapped.nonzero()[1]) == {3}  # an open hi-hat, as Magenta has it
    assert tapped[:, 3].sum() == groove[:, :DRUMS].any(axis=1).sum()
    rows = rows_of(drums, groove)
    assert rows.shape == (32, 10)
    assert np.array_equal(rows[:, 9], ~rows[:, :9].any(axis=1))
    assert rows[8:, 9].all()  # filled up with silence


def test_a_drum_that_is_to_be_added_is_not_heard():
    class Card:
        kind, steps, groove = "groove", 8, GrooveInput(added=(2,))

    heard = rows_of(Card, CLASSES.steps(by_step(rock(8).notes), 8))
    assert not heard[:, [2, 11, 20]].any()
    assert heard[:, [0, 1]].any()


def test_whole_bars_fill_a_window():
    assert cell_of(16) == Cell(16, 2)
    assert cell_of(14) == Cell(14, 2)
    assert cell_of(20) == Cell(20, 1)
    assert cell_of(36) == Cell(32, 1)


@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_a_way_between_two_places_is_continuous_and_ends_in_them(seed, steps):
    rng = np.random.default_rng(seed)
    one, other = rng.standard_normal((2, 16)).astype(np.float32)
    path = [slerp(one, other, step / steps) for step in range(steps + 1)]
    assert path[0] == pytest.approx(one, abs=1e-5)
    assert path[-1] == pytest.approx(other, abs=1e-5)
    # No neighbours lie further apart than a step of the half circle of the longer of the two, and what their lengths
    # differ by.
    longest, shortest = np.linalg.norm(one), np.linalg.norm(other)
    longest, shortest = max(longest, shortest), min(longest, shortest)
    bound = (np.pi * longest + np.pi * (longest - shortest)) / steps
    assert max(np.linalg.norm(b - a) for a, b in pairwise(path)) <= bound


def test_directions_that_are_one_or_opposite_have_a_way_too():
    one = np.ones(4, np.float32)
    for other in (one, 2 * one, -one, np.zeros(4, np.float32)):
        for share in (0, 0.3, 0.5, 1):
            assert np.isfinite(slerp(one, other, share)).all()


def test_a_square_has_its_corners_and_a_similar_place_its_call():
    rng = np.random.default_rng(0)
    corners = list(rng.standard_normal((4, 8)).astype(np.float32))
    for corner, place in zip(corners, [(0, 0), (1, 0), (0, 1), (1, 1)], strict=True):
        assert square(corners, *place) == pytest.approx(corner, abs=1e-5)
    assert near(corners[0], 1.0, rng) == pytest.approx(corners[0])
    distances = [
        np.linalg.norm(near(corners[0], share, np.random.default_rng(1)) - corners[0]) for share in (1, 0.9, 0.5, 0)
    ]
    assert distances == sorted(distances)


def test_a_passage_of_eight_bars_is_known_again():
    passages, bar, other = Passages(), [(0, 0)], [(0, 1)]
    for number in range(BARS):
        assert not passages.repeats(number, bar)
        passages.tell(number, bar)
    assert passages.repeats(BARS, bar)
    assert not passages.repeats(BARS, other)
    assert not passages.repeats(BARS - 1, bar)  # the very bar that is told again
