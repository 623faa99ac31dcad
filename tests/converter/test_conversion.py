"""A converted model answers as its source does, in every form, and says on its card what it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from converter.architecture import recognise
from converter.card import Model, model_bytes, read_model
from converter.conversion import Label, convert
from converter.drum_kit import DRUM_KIT, ONE_DRUM
from converter.errors import ParityError, SourceError
from converter.head import head_of, log_softmax
from converter.parity import TOLERANCES, Difference, compare, steppers_of
from converter.parity_table import refuse_stranger
from converter.patterns import beat, chance, patterns
from converter.reference import open_reference
from converter.source import Origin, Source, read_source
from converter.stepper import Stepper
from converter.tflite import Quantization, flatbuffer
from converter.trial import Trial
from converter.vintage import date_encoding
from tests.converter.make_tiny_models import shapes_of, tiny_weights
from tests.converter.material import SHARED, TINY_DRUM_KIT, TINY_ONE_DRUM, needs_shared, needs_tensorflow

pytestmark = needs_tensorflow
LABEL = Label("tiny", "Apache-2.0", "nobody")
FORMS: tuple[Quantization, ...] = ("none", "float16", "int8")
Floats = npt.NDArray[np.floating]


def converted(path: Path, quantization: Quantization = "none", trial: Trial | None = None) -> tuple[Model, Difference]:
    source = read_source(path)
    architecture = recognise(source)
    done = convert(source, architecture, date_encoding(source, architecture, None), quantization, LABEL, trial)
    return done.model, done.difference


@pytest.mark.parametrize("path", [TINY_DRUM_KIT, TINY_ONE_DRUM], ids=lambda path: path.stem)
@pytest.mark.parametrize("quantization", FORMS)
def test_a_model_answers_as_its_own_graph_does(path: Path, quantization: Quantization) -> None:
    model, difference = converted(path, quantization)
    refuse_stranger(difference, quantization)
    assert difference.steps == 768
    assert model.card.parity.reference.startswith("metagraph of the bundle, TensorFlow")
    assert difference.states.keys() == {tensor.name for tensor in model.card.state}
    if quantization == "none":
        assert difference.softmax < 1e-6
        assert difference.top1_agreement == 1
        assert max(difference.states.values()) < 1e-5


def by_hand(weights: Mapping[str, Floats], rows: Floats, length: int) -> Floats:
    """Attention over a stack of two layers, from the equations; state from zero; the logits [T, classes]."""

    def sigmoid(x: Floats) -> Floats:
        return 1 / (1 + np.exp(-x))

    outer = "rnn/attention_cell_wrapper"
    sizes = [weights[f"{outer}/multi_rnn_cell/cell_{k}/basic_lstm_cell/kernel"].shape[1] // 4 for k in range(2)]
    c, h = ([np.zeros(size) for size in sizes] for _ in range(2))
    attended, remembered = np.zeros(sizes[-1]), [np.zeros(sizes[-1])] * length
    logits = []
    for row in rows:
        x = np.hstack([row, attended]) @ weights[f"{outer}/kernel"] + weights[f"{outer}/bias"]
        for k in range(2):
            cell = f"{outer}/multi_rnn_cell/cell_{k}/basic_lstm_cell"
            z = np.hstack([x, h[k]]) @ weights[f"{cell}/kernel"] + weights[f"{cell}/bias"]
            i, j, f, o = z.reshape(4, sizes[k])
            c[k] = c[k] * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
            h[k] = x = np.tanh(c[k]) * sigmoid(o)
        query = np.hstack([c[0], h[0], c[1], h[1]]) @ weights[f"{outer}/attention/kernel"]
        query += weights[f"{outer}/attention/bias"]
        attn_w, attn_v = weights[f"{outer}/attention/attn_w"][0, 0], weights[f"{outer}/attention/attn_v"]
        scores = np.array([attn_v @ np.tanh(slot @ attn_w + query) for slot in remembered])
        shares = np.exp(scores) / np.exp(scores).sum()
        attended = sum(share * slot for share, slot in zip(shares, remembered, strict=True))
        y = np.hstack([x, attended]) @ weights[f"{outer}/attn_output_projection/kernel"]
        y = y + weights[f"{outer}/attn_output_projection/bias"]
        remembered = [*remembered[1:], y]
        logits.append(y @ weights["fully_connected/weights"] + weights["fully_connected/biases"])
    return np.array(logits)


def test_attention_over_the_whole_stack_follows_its_equations() -> None:
    weights = tiny_weights(shapes_of(518, 512, "stack", (6, 5)), seed=3)
    source = Source(Origin(Path("old"), "0", "checkpoint"), weights, None)
    architecture = recognise(source, 3)
    stepper = Stepper(flatbuffer(architecture, weights, "none"))
    rows = DRUM_KIT.inputs(beat(DRUM_KIT, 60, np.random.default_rng(1)))
    expected, state, ours = by_hand(weights, rows, 3), stepper.initial_state(), []
    for row in rows:
        logits, state = stepper.step(row, state)
        ours.append(logits)
    np.testing.assert_allclose(np.array(ours), expected, atol=2e-5)
    with open_reference(source, architecture) as reference:
        assert reference.name.startswith("metagraph built for its weights")
        softmax, _ = reference.run(rows, reference.initial_state())
    np.testing.assert_allclose(softmax, np.exp(log_softmax(expected)), atol=1e-6)


def test_a_checkpoint_is_held_against_a_graph_built_for_it() -> None:
    source = replace(read_source(TINY_DRUM_KIT), graph=None)
    architecture = recognise(source, 4)
    with open_reference(source, architecture) as reference:
        assert reference.name.startswith("metagraph built for its weights")
        steppers = steppers_of(flatbuffer(architecture, source.variables, "none"), "none")
        head, rows = head_of(architecture, source.variables), patterns(architecture.config, DRUM_KIT, 40)
        assert compare(reference, steppers, architecture, head, rows).softmax < 1e-6


def test_where_the_graph_cannot_be_run_one_built_anew_stands_in_and_agrees_with_it() -> None:
    source = read_source(TINY_DRUM_KIT)
    assert source.graph is not None
    architecture = recognise(source)
    rows = DRUM_KIT.inputs(chance(DRUM_KIT, 40, np.random.default_rng(2)))
    with open_reference(source, architecture) as graph:
        theirs, state = graph.run(rows, graph.initial_state())
    odd = replace(source, graph=replace(source.graph, checkpoint=b"unreadable"))
    with open_reference(odd, architecture) as rebuilt:
        assert "does not run the bundle's graph" in rebuilt.name
        ours, after = rebuilt.run(rows, rebuilt.initial_state())
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    for mine, their in zip(after, state, strict=True):
        np.testing.assert_allclose(mine, their, atol=1e-5)


@pytest.mark.parametrize("name", sorted(shapes_of(2, 2, "layer_0")))
def test_a_change_in_any_variable_is_noticed(name: str) -> None:
    weights = tiny_weights(shapes_of(2, 2, "layer_0"), seed=4)
    source = Source(Origin(Path("some"), "0", "checkpoint"), weights, None)
    architecture = recognise(source, 4)
    altered = {**weights, name: weights[name] * np.float32(1.1)}
    with open_reference(source, architecture) as reference:
        steppers = steppers_of(flatbuffer(architecture, altered, "none"), "none")
        head, rows = head_of(architecture, weights), patterns(architecture.config, ONE_DRUM, 40)
        difference = compare(reference, steppers, architecture, head, rows)
    with pytest.raises(ParityError, match="nothing is written"):
        refuse_stranger(difference, "none")


@pytest.mark.parametrize("quantization", FORMS)
def test_what_is_no_number_is_outside_every_tolerance(quantization: Quantization) -> None:
    good = Difference(1, 0.0, 0.0, 0.0, 0.0, 1.0, {})
    refuse_stranger(good, quantization)
    for bad in (
        replace(good, softmax=float("nan")),
        replace(good, divergence=float("nan")),
        replace(good, softmax=TOLERANCES[quantization].softmax * 1.01),
        replace(good, divergence=TOLERANCES[quantization].divergence * 1.01),
    ):
        with pytest.raises(ParityError):
            refuse_stranger(bad, quantization)


def test_conversion_gives_the_same_bytes_again() -> None:
    assert model_bytes(converted(TINY_ONE_DRUM, "int8")[0]) == model_bytes(converted(TINY_ONE_DRUM, "int8")[0])


def test_the_card_says_what_the_appliance_must_know(tmp_path: Path) -> None:
    labels = beat(DRUM_KIT, 20, np.random.default_rng(1)).astype(np.int32)
    model, _ = converted(TINY_DRUM_KIT, "int8", Trial("a beat", [labels]))
    path = tmp_path / "tiny.tflite"
    path.write_bytes(model_bytes(model))
    card = read_model(path).card
    assert card == model.card
    assert (card.config, card.encoding.input_size, card.encoding.classes) == ("drum_kit", 518, 512)
    assert [(tensor.name, tensor.size) for tensor in card.state] == [
        ("c0", 8), ("h0", 8), ("attns", 8), ("attn_states", 32), ("c1", 8), ("h1", 8),
    ]  # fmt: skip
    assert card.source.sha256 == hashlib.sha256(TINY_DRUM_KIT.read_bytes()).hexdigest()
    assert card.likelihood is not None
    assert (card.likelihood.files, card.likelihood.steps) == (1, 19)
    assert card.likelihood.nats_per_step == pytest.approx(card.likelihood.source_nats_per_step, abs=0.02)
    assert any(operator.startswith("FULLY_CONNECTED v") for operator in card.tflite.operators)


@needs_shared
@pytest.mark.parametrize("name", ["drum_kit_2x128", "one_drum_2x128"])
def test_models_trained_by_magenta_answer_as_magenta_recorded(name: str) -> None:
    source = read_source(SHARED / f"checkpoints/magenta-trained/{name}.mag")
    architecture = recognise(source)
    drums = date_encoding(source, architecture, None).encoding
    recorded = np.load(SHARED / f"reference/magenta-trained/{name}.npz")
    stepper = Stepper(flatbuffer(architecture, source.variables, "none"))
    with open_reference(source, architecture) as reference:
        for events, expected in zip(recorded["events"], recorded["softmax"], strict=True):
            rows, state, ours = drums.inputs(events), stepper.initial_state(), []
            for row in rows:
                logits, state = stepper.step(row, state)
                ours.append(logits)
            np.testing.assert_allclose(np.exp(log_softmax(np.array(ours))), expected, atol=1e-5)
            np.testing.assert_allclose(reference.run(rows, reference.initial_state())[0], expected, atol=1e-5)


def test_a_source_that_overflows_is_blamed_itself() -> None:
    weights = tiny_weights(shapes_of(2, 2, None), seed=1)
    weights["fully_connected/weights"][:] = 3e38
    source = Source(Origin(Path("wild"), "0", "checkpoint"), weights, None)
    architecture = recognise(source)
    steppers = steppers_of(flatbuffer(architecture, weights, "none"), "none")
    with open_reference(source, architecture) as reference, pytest.raises(SourceError, match="went astray"):
        compare(
            reference, steppers, architecture, head_of(architecture, weights), patterns(architecture.config, ONE_DRUM)
        )
