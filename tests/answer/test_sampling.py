import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from appliance.answer.sampling import SamplingSettings, choose
from appliance.errors import ModelError

LOGITS = np.log(np.float32([0.5, 0.3, 0.15, 0.05]))
chances = st.floats(0, 1, exclude_max=True)
logits = arrays(np.float32, 12, elements=st.floats(-30, 30, width=32))


def settings(temperature=1.0, top_k=0):
    return SamplingSettings(temperature=temperature, top_k=top_k)


@pytest.mark.parametrize(
    ("chance", "label"), [(0.0, 0), (0.499, 0), (0.501, 1), (0.799, 1), (0.81, 2), (0.96, 3), (0.99999, 3)]
)
def test_a_chance_picks_from_the_heap_of_likelihoods(chance, label):
    assert choose(LOGITS, settings(), chance).label == label


@given(logits, chances)
def test_temperature_0_takes_the_likeliest(scores, chance):
    assert choose(scores, settings(temperature=0.0), chance).label == scores.argmax()


@given(logits, chances, st.integers(1, 12), st.floats(0.1, 5))
def test_top_k_never_leaves_the_k_likeliest(scores, chance, top_k, temperature):
    label = choose(scores, settings(temperature, top_k), chance).label
    assert (scores > scores[label]).sum() < top_k


@given(logits, chances, st.floats(0.1, 5))
def test_the_log_likelihood_is_the_models_own(scores, chance, temperature):
    choice = choose(scores, settings(temperature), chance)
    wide = scores.astype(np.float64)
    softmax = np.exp(wide - wide.max()) / np.exp(wide - wide.max()).sum()
    assert choice.log_likelihood == pytest.approx(np.log(softmax[choice.label]), abs=1e-9)


def test_a_high_temperature_evens_out():
    draws = [choose(LOGITS, settings(temperature=10.0), chance).label for chance in np.linspace(0, 0.9999, 400)]
    assert np.bincount(draws).min() > 80


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_logit_that_is_no_number_is_a_fault_of_the_model(bad):
    with pytest.raises(ModelError, match="no number"):
        choose(np.float32([0, bad]), settings(), 0.5)


@pytest.mark.parametrize(("temperature", "top_k"), [(-0.1, 0), (11, 0), (float("nan"), 0), (1.0, -1)])
def test_settings_out_of_range_are_refused(temperature, top_k):
    with pytest.raises(ValueError, match="not"):
        settings(temperature, top_k)


@given(logits, chances, st.floats(0, 1e-3, exclude_max=True))
def test_as_good_as_0_is_0(scores, chance, temperature):
    assert choose(scores, settings(temperature), chance).label == scores.argmax()
