"""What a groove may become while it is learnt: hits go with their velocity and offset, and nothing else moves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.groove_changes import GrooveChanges
from converter.groove_tensors import DRUMS, Rows


def grooves(seed: int, count: int = 8) -> Rows:
    chance = np.random.default_rng(seed)
    hits = (chance.random((count, 32, DRUMS)) < 0.3).astype(np.float32)
    loud, early = chance.random((2, count, 32, DRUMS)).astype(np.float32)
    return np.concatenate([hits, hits * (loud + 0.01), hits * (early + 0.01)], -1)


@given(st.integers(0, 1000), st.floats(0, 1))
def test_what_is_left_is_as_it_was_played_and_no_hit_is_added(seed: int, thinned: float) -> None:
    before = grooves(seed)
    after = GrooveChanges(thinned=thinned).made(before, np.random.default_rng(seed))
    kept = after[..., :DRUMS] > 0
    for part in range(3):
        columns = slice(part * DRUMS, (part + 1) * DRUMS)
        assert (after[..., columns][kept] == before[..., columns][kept]).all()
        assert not after[..., columns][~kept].any()


@given(st.integers(0, 1000))
def test_exchanged_drums_take_their_playing_with_them(seed: int) -> None:
    (before,), (after,) = (
        rows.reshape(1, 32, 3, DRUMS)
        for rows in (grooves(seed, 1), GrooveChanges(1.0).made(grooves(seed, 1), np.random.default_rng(seed)))
    )
    moved = [drum for drum in range(DRUMS) if (before[..., drum] != after[..., drum]).any()]
    assert len(moved) == 2
    assert (after[..., moved] == before[..., moved[::-1]]).all()


def test_a_fifth_of_the_hits_is_left_out_and_in_some_windows_a_whole_drum() -> None:
    before = grooves(1, 400)
    after = GrooveChanges(thinned=1.0).made(before, np.random.default_rng(2))
    resting = (~after[..., :DRUMS].any(1)).sum(-1)
    assert 0.5 < (resting > 0).mean() < 0.7
    assert resting.max() == 1
    share = after[..., :DRUMS].sum() / before[..., :DRUMS].sum()
    assert share == pytest.approx(0.8 * (1 - 0.6 / DRUMS), abs=0.02)


def test_the_last_drum_is_never_left_out() -> None:
    before = grooves(1) * (np.arange(27) % DRUMS == 4)
    after = GrooveChanges(thinned=1.0).made(before.astype(np.float32), np.random.default_rng(3))
    assert after[..., 4].any(1).all()


def test_without_a_share_nothing_is_drawn() -> None:
    before, chance = grooves(1), np.random.default_rng(3)
    state = chance.bit_generator.state
    assert GrooveChanges().made(before, chance) is before
    assert chance.bit_generator.state == state
