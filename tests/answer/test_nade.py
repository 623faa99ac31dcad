"""A NADE's frames come as often as its likelihoods say, and the temperature is honoured."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.nade import Nade
from appliance.errors import ModelError

NOTES, HIDDEN = 4, 5
RANDOM = np.random.default_rng(3)
NADE = Nade(
    RANDOM.normal(0, 1, (NOTES, HIDDEN)).astype(np.float32), RANDOM.normal(0, 1, (NOTES, HIDDEN)).astype(np.float32)
)
BIASES = RANDOM.normal(0, 1, HIDDEN + NOTES).astype(np.float32)


def likelihood(frame: tuple[int, ...], temperature: float = 1.0) -> float:
    """By the definition, note after note."""
    encode, decode = NADE._encode, NADE._decode
    found, hidden = 1.0, BIASES[:HIDDEN].astype(np.float64)
    for note, struck in enumerate(frame):
        logit = BIASES[HIDDEN + note] + (1 / (1 + np.exp(-hidden))) @ decode[note]
        found *= 1 / (1 + math.exp((-1 if struck else 1) * logit / temperature))
        hidden = hidden + struck * encode[note]
    return found


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frames_come_as_often_as_they_are_likely(temperature: float) -> None:
    draws, chance = 4000, np.random.default_rng(1).random
    found = Counter(NADE.draw(BIASES, temperature, chance).label for _ in range(draws))
    for frame in product((0, 1), repeat=NOTES):
        label = sum(struck << note for note, struck in enumerate(frame))
        expected = likelihood(frame, temperature)
        # Four standard deviations of a binomial share.
        assert abs(found[label] / draws - expected) < 4 * math.sqrt(expected / draws) + 1e-3


@given(st.integers(0, 999), st.floats(0.1, 3))
@settings(deadline=None)
def test_the_likelihood_told_is_that_of_the_frame_at_temperature_1(seed: int, temperature: float) -> None:
    drawn = NADE.draw(BIASES, temperature, np.random.default_rng(seed).random)
    frame = tuple(drawn.label >> note & 1 for note in range(NOTES))
    assert drawn.log_likelihood == pytest.approx(math.log(likelihood(frame)), abs=1e-6)


def test_at_temperature_0_every_note_is_what_is_likelier_whatever_the_chance() -> None:
    frames = {NADE.draw(BIASES, 0, np.random.default_rng(seed).random).label for seed in range(20)}
    assert len(frames) == 1
    hidden, label = BIASES[:HIDDEN].astype(np.float64), frames.pop()
    for note in range(NOTES):
        logit = BIASES[HIDDEN + note] + (1 / (1 + np.exp(-hidden))) @ NADE._decode[note]
        assert (label >> note & 1) == (logit >= 0)
        hidden = hidden + (label >> note & 1) * NADE._encode[note]


def test_a_note_that_is_not_allowed_is_not_drawn() -> None:
    loud = np.concatenate([BIASES[:HIDDEN], np.full(NOTES, 50, np.float32)])
    assert NADE.draw(loud, 1, np.random.default_rng(1).random).label == 0b1111
    assert NADE.draw(loud, 1, np.random.default_rng(1).random, allowed={0, 2}).label == 0b0101


def test_the_farthest_logits_and_the_least_temperature_do_no_harm() -> None:
    for bias in (-1e30, 1e30):
        far = np.concatenate([BIASES[:HIDDEN], np.full(NOTES, bias, np.float32)])
        assert NADE.draw(far, 1e-9, np.random.default_rng(1).random).label == (0b1111 if bias > 0 else 0)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ModelError, match="no number"):
        NADE.draw(np.full(HIDDEN + NOTES, np.nan, np.float32), 1, np.random.default_rng(1).random)
    with pytest.raises(ValueError, match="one shape"):
        Nade(np.zeros((2, 3), np.float32), np.zeros((3, 2), np.float32))


def test_the_converter_reads_a_nade_alike() -> None:
    pytest.importorskip("tensorflow", reason="the converter extra is not installed")
    from converter.head import NadeHead

    head = NadeHead(NADE._encode.astype(np.float32), NADE._decode.astype(np.float32))
    for frame in product((0, 1), repeat=NOTES):
        logarithms = head.foretold(BIASES, np.array(frame, np.float32))
        theirs = sum(logarithms[2 * note + struck] for note, struck in enumerate(frame))
        assert theirs == pytest.approx(math.log(likelihood(frame)), abs=1e-6)
