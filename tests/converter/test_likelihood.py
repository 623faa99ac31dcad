"""The likelihood is what its definition says, worked out by hand."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from converter.drum_kit import DRUM_KIT, ONE_DRUM
from converter.likelihood import likelihood, log_softmax


def labels(*values: int) -> npt.NDArray[np.int32]:
    return np.array(values, np.int32)


def test_knowing_nothing_costs_the_logarithm_of_the_classes() -> None:
    even = likelihood(
        lambda rows: np.full((len(rows), 512), -math.log(512)), [labels(0, 5, 511), labels(1, 1)], DRUM_KIT
    )
    assert even.nats_per_step == pytest.approx(math.log(512))
    assert even.perplexity == pytest.approx(512)
    assert (even.files, even.steps) == (2, 3)


def test_each_step_is_judged_by_what_came_before_it_and_the_first_is_left_out() -> None:
    def sees_its_input(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        # The same label again has probability 3/4, the other 1/4.
        return np.log(np.where(rows == 1, 0.75, 0.25))

    measured = likelihood(sees_its_input, [labels(1, 1, 0, 0)], ONE_DRUM)
    assert measured.steps == 3
    assert measured.nats_per_step == pytest.approx(-(2 * math.log(0.75) + math.log(0.25)) / 3)


def test_a_groove_of_one_step_is_counted_and_foretells_nothing() -> None:
    def forecast(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        return np.log(np.full((len(rows), 2), 0.5))

    assert likelihood(forecast, [labels(1), labels(0, 1)], ONE_DRUM).files == 2
    with pytest.raises(ValueError, match="no step to foretell"):
        likelihood(forecast, [labels(1)], ONE_DRUM)


def test_log_softmax_keeps_large_logits_apart() -> None:
    np.testing.assert_allclose(log_softmax(np.array([[1000.0, 1001.0]])), [[-1.3132617, -0.3132617]], rtol=1e-6)
