"""The models in models/ keep what their cards and models/README.md promise."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from converter.card import Model, read_model
from converter.drum_kit import DRUM_KIT
from converter.stepper import Stepper

MODELS = Path(__file__).resolve().parents[2] / "models"
BAR = 16  # sixteenths
# Kick on 1 and 3, snare on 2 and 4, closed hi-hat in eighths: the plainest rock bar.
ROCK_HITS = {36: {0, 8}, 38: {4, 12}, 42: set(range(0, BAR, 2))}
ROCK = [DRUM_KIT.label([pitch for pitch, steps in ROCK_HITS.items() if step in steps]) for step in range(BAR)]
MAGENTA_NATS = 1.631  # what Magenta's own trainer reached on the same 34,205 steps
MAGENTA_ONE_DRUM_NATS = 0.1724  # and on the 17,104 eighths of the same files


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model(MODELS / "drum_kit_rnn.tflite")


def answers(model: Model, call: list[int], seeds: int) -> npt.NDArray[np.int64]:
    """Two bars of labels for each seed, [seeds, 32], drawn at temperature 1."""
    stepper = Stepper(model.flatbuffer)
    state, logits = stepper.initial_state(), np.zeros(0, np.float32)
    for row in DRUM_KIT.inputs(np.array(call)):
        logits, state = stepper.step(row, state)
    return np.array([_answer(stepper, logits, state, len(call), np.random.default_rng(seed)) for seed in range(seeds)])


def _answer(
    stepper: Stepper,
    logits: npt.NDArray[np.float32],
    state: dict[str, npt.NDArray[np.float32]],
    position: int,
    chance: np.random.Generator,
) -> list[int]:
    labels: list[int] = []
    for step in range(2 * BAR):
        likely = np.exp(logits.astype(np.float64) - logits.max())
        labels.append(int(chance.choice(len(likely), p=likely / likely.sum())))
        logits, state = stepper.step(DRUM_KIT.inputs(np.array(labels[-1:]), position + step)[0], state)
    return labels


def test_answers_to_a_rock_call_keep_its_meter(model: Model) -> None:
    call = ROCK * 2
    given = answers(model, call, 100)
    hits = np.array([[label.bit_count() for label in labels] for labels in given.tolist()]).sum(1)
    wanted = sum(label.bit_count() for label in call)
    on_the_downbeat = given[:, BAR] > 0
    as_dense = (hits >= wanted / 2) & (hits <= wanted * 2)
    assert (on_the_downbeat | as_dense).mean() >= 0.95


def test_it_foretells_grooves_better_than_magentas_training_did(model: Model) -> None:
    measured = model.card.likelihood
    assert measured is not None
    assert (measured.files, measured.steps) == (122, 34_205)
    assert measured.nats_per_step < MAGENTA_NATS - 0.2


def test_smaller_weights_cost_less_than_a_fiftieth_of_a_nat(model: Model) -> None:
    measured = model.card.likelihood
    assert measured is not None
    assert model.card.quantization in {"float16", "int8"}
    assert abs(measured.nats_per_step - measured.source_nats_per_step) < 0.02


def test_one_drum_foretells_eighths_better_than_magentas_training_did() -> None:
    measured = read_model(MODELS / "one_drum_rnn.tflite").card.likelihood
    assert measured is not None
    assert (measured.files, measured.steps) == (122, 17_104)
    assert measured.nats_per_step < MAGENTA_ONE_DRUM_NATS - 0.02


GROOVE = ("Gillick", "Roberts", "Engel", "Eck", "Bamman", "Groove MIDI")


@pytest.mark.parametrize(
    ("name", "config", "owed"),
    [
        ("drum_kit_rnn", "drum_kit", GROOVE),
        ("one_drum_rnn", "one_drum", GROOVE),
        ("soprano_rnn", "lookback_rnn", ("Peracha", "JS Fake Chorales")),
    ],
)
def test_every_card_credits_those_whose_music_it_is_and_its_source_lies_beside(
    name: str, config: str, owed: tuple[str, ...]
) -> None:
    card = read_model(MODELS / f"{name}.tflite").card
    assert (card.config, card.quantization) == (config, "int8")
    assert "CC BY 4.0" in card.licence
    assert all(word in card.credit for word in owed)
    bundle = (MODELS / card.source.file).read_bytes()
    assert hashlib.sha256(bundle).hexdigest() == card.source.sha256
