"""What may come is narrowed to just what was asked for."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.answer.narrowing import likeliest_share, only_drums, only_labels, with_density

logits = arrays.arrays(np.float64, 16, elements=st.floats(-20, 20))
COUNTS = np.array([label.bit_count() for label in range(16)])


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    exponentials = np.exp(scores - scores.max())
    return np.asarray(exponentials / exponentials.sum())


@given(logits, st.floats(0, 1))
@settings(deadline=None)
def test_the_likeliest_share_is_the_fewest_that_make_it_up(scores: npt.NDArray[np.float64], share: float) -> None:
    narrowed = likeliest_share(scores, share)
    stays, likelihoods = np.isfinite(narrowed), softmax(scores)
    assert (narrowed[stays] == scores[stays]).all()
    assert likelihoods[stays].sum() >= share - 1e-9
    # Without the least of them it would be too little, unless there is but one.
    assert stays.sum() == 1 or likelihoods[stays].sum() - likelihoods[stays].min() < share + 1e-9
    assert stays[scores.argmax()]
    assert not (scores[~stays] > scores[stays].min()).any()


def test_the_whole_share_leaves_all_and_none_the_likeliest() -> None:
    scores = np.log(np.array([0.5, 0.25, 0.125, 0.125]))
    assert np.isfinite(likeliest_share(scores, 1)).all()
    assert np.isfinite(likeliest_share(scores, 0)).tolist() == [True, False, False, False]
    assert np.isfinite(likeliest_share(scores, 0.6)).tolist() == [True, True, False, False]


@given(logits, st.sets(st.integers(0, 3)))
@settings(deadline=None)
def test_only_allowed_drums_can_come_and_silence_always(scores: npt.NDArray[np.float64], allowed: set[int]) -> None:
    narrowed = only_drums(scores, allowed)
    for label in range(16):
        drums = {drum for drum in range(4) if label >> drum & 1}
        assert np.isfinite(narrowed[label]) == (drums <= allowed)
    assert narrowed[0] == scores[0]


def test_only_the_labels_of_a_scale_can_come() -> None:
    assert np.isfinite(only_labels(np.zeros(4), {1, 3})).tolist() == [False, True, False, True]
    with pytest.raises(ValueError, match="no label is allowed"):
        only_labels(np.zeros(4), ())


@given(logits, st.floats(0.1, 3.9))
@settings(deadline=None)
def test_so_many_drums_sound_together_as_were_asked_for(scores: npt.NDArray[np.float64], drums: float) -> None:
    assert softmax(with_density(scores, drums)) @ COUNTS == pytest.approx(drums, abs=1e-3)


@given(logits, st.floats(0.1, 3.9))
@settings(deadline=None)
def test_labels_with_as_many_drums_keep_their_odds(scores: npt.NDArray[np.float64], drums: float) -> None:
    moved = with_density(scores, drums) - scores
    for count in range(5):
        assert np.ptp(moved[count == COUNTS]) < 1e-9


def test_the_density_that_the_model_has_leaves_it_as_it_is() -> None:
    scores = np.random.default_rng(1).normal(0, 2, 16)
    np.testing.assert_allclose(with_density(scores, float(softmax(scores) @ COUNTS)), scores, atol=1e-8)


def test_a_density_beyond_what_may_come_gives_the_fullest_there_is() -> None:
    narrowed = with_density(only_drums(np.zeros(16), {0, 1}), 4)
    assert softmax(narrowed)[0b11] == pytest.approx(1)
