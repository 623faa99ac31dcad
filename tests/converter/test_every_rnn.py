"""For every configuration and vintage: a bundle with random weights is read to the bit, converts and verifies."""

from pathlib import Path

import numpy as np
import pytest

from converter.architecture import Architecture, recognise
from converter.bundle import write_bundle
from converter.drum_kit import DRUM_KIT, ONE_DRUM
from converter.head import head_of
from converter.operators import operators_of, refuse_newer
from converter.parity import Difference, compare, steppers_of
from converter.parity_table import refuse_stranger
from converter.patterns import patterns
from converter.reference import open_reference
from converter.source import Origin, Source, read_source
from converter.stepper import Stepper
from converter.tflite import Quantization, flatbuffer
from tests.converter.every_rnn import (
    EVERY_RNN,
    Variables,
    Vintage,
    Written,
    bundle_of,
    random_weights,
    shapes_of,
    spelling,
)
from tests.converter.material import needs_tensorflow

pytestmark = needs_tensorflow
DRUMS = {"drum_kit": DRUM_KIT, "one_drum": ONE_DRUM}
WRITTEN = [(rnn, vintage) for rnn in EVERY_RNN for vintage in rnn.vintages]
BY_NAME = {rnn.name: rnn for rnn in EVERY_RNN}
# Differing sizes, so that no two widths are taken for each other.
LAYERS = (8, 7)


def verified(source: Source, architecture: Architecture, quantization: Quantization = "none") -> Difference:
    content = flatbuffer(architecture, source.variables, quantization)
    refuse_newer(operators_of(content))
    head, rows = (
        head_of(architecture, source.variables),
        patterns(architecture.config, DRUMS.get(architecture.config.name), 30),
    )
    with open_reference(source, architecture) as reference:
        difference = compare(reference, steppers_of(content, quantization), architecture, head, rows)
    refuse_stranger(difference, quantization)
    return difference


@pytest.mark.parametrize("rnn", EVERY_RNN, ids=lambda rnn: rnn.name)
def test_the_variables_written_here_are_those_that_magenta_counted(rnn: Written) -> None:
    shapes = shapes_of(rnn, rnn.layers, nade=rnn.nade)
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == rnn.parameters


@pytest.mark.parametrize("rnn", EVERY_RNN, ids=lambda rnn: rnn.name)
def test_magentas_own_sizes_are_recognised_without_a_bundle(rnn: Written) -> None:
    zero = np.zeros((), np.float32)
    variables = {
        name: np.broadcast_to(zero, shape) for name, shape in shapes_of(rnn, rnn.layers, nade=rnn.nade).items()
    }
    architecture = recognise(Source(Origin(Path("some"), "0", "checkpoint"), variables, None))
    assert architecture.config.name in rnn.name
    assert architecture.layer_sizes == rnn.layers
    assert (architecture.input_size, architecture.classes) == (rnn.inputs, rnn.outputs + rnn.nade)


def test_the_published_drum_kit_of_2016_has_the_size_of_its_copy() -> None:
    shapes = shapes_of(BY_NAME["drum_kit"], (256, 256, 256), "A")
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == 2_967_850


@pytest.mark.parametrize(("rnn", "vintage"), WRITTEN, ids=lambda value: getattr(value, "name", value))
def test_a_bundle_of_every_vintage_is_read_to_the_bit_converts_and_verifies(
    rnn: Written, vintage: Vintage, tmp_path: Path
) -> None:
    bundle, weights = bundle_of(rnn, LAYERS, vintage)
    write_bundle(tmp_path / "some.mag", bundle)
    source = read_source(tmp_path / "some.mag")
    assert source.variables.keys() == weights.keys()
    assert all((source.variables[name] == weights[name]).all() for name in weights)
    architecture = recognise(source)
    if architecture.attention:
        assert (architecture.attention.length, architecture.attention.length_from) == (5, "graph")
        assert architecture.attention.scope == ("layer_0" if vintage == "C" else "stack")
    assert verified(source, architecture).steps == 60


@pytest.mark.parametrize("vintage", ["A", "B"])
def test_names_of_another_vintage_are_other_names(vintage: Vintage) -> None:
    shapes = shapes_of(BY_NAME["drum_kit"], LAYERS, vintage)
    renamed = {name for name in shapes if spelling(vintage)(name) != name}
    assert renamed >= {name for name in shapes if name.endswith("kernel")}


def checkpoint_of(variables: Variables) -> Source:
    return Source(Origin(Path("model.ckpt-1"), "0", "checkpoint"), variables, None)


@pytest.mark.parametrize("name", ["basic_rnn", "attention_rnn", "rnn-nade_attn"])
@pytest.mark.parametrize("layers", [(8,), (8, 8, 7)])
def test_residual_connections_convert(name: str, layers: tuple[int, ...]) -> None:
    rnn = BY_NAME[name]
    source = checkpoint_of(random_weights(shapes_of(rnn, layers, nade=9 * bool(rnn.nade), residual=True), 2))
    architecture = recognise(source, 4)
    assert architecture.stack.residual
    verified(source, architecture)


def test_a_forget_bias_that_cudnn_trained_is_not_added_again() -> None:
    rnn = BY_NAME["performance"]
    plain = random_weights(shapes_of(rnn, (8,)), 3)
    ours = {name.replace("basic", "cudnn_compatible"): array.copy() for name, array in plain.items()}
    ours["rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell/bias"][16:24] += 1
    contents = [flatbuffer(recognise(checkpoint_of(weights)), weights, "none") for weights in (plain, ours)]
    row = np.eye(356, dtype=np.float32)[7]
    first, second = (stepper.step(row, stepper.initial_state())[0] for stepper in map(Stepper, contents))
    np.testing.assert_allclose(first, second, atol=1e-6)
    verified(checkpoint_of(ours), recognise(checkpoint_of(ours)))


@pytest.mark.parametrize("name", ["attention_rnn", "multiconditioned_performance_with_dynamics", "rnn-nade"])
@pytest.mark.parametrize("quantization", ["float16", "int8"])
def test_smaller_forms_of_pitched_models_stay_within_what_they_may(name: str, quantization: Quantization) -> None:
    rnn = BY_NAME[name]
    source = checkpoint_of(random_weights(shapes_of(rnn, (40, 40), nade=40 * bool(rnn.nade)), 4))
    verified(source, recognise(source, 4), quantization)


@pytest.mark.parametrize("rnn", [BY_NAME["lookback_rnn"], BY_NAME["rnn-nade_attn"]], ids=lambda rnn: rnn.name)
def test_every_variable_takes_part(rnn: Written) -> None:
    """A change in any of them makes the model another one: none is read and then forgotten."""
    weights = random_weights(shapes_of(rnn, (5, 5), nade=6 * bool(rnn.nade)), 5)
    architecture = recognise(checkpoint_of(weights), 3)
    rows = patterns(architecture.config, None, 12)
    with open_reference(checkpoint_of(weights), architecture) as reference:
        # A NADE's own weights are outside the step, and of the head on both sides.
        for name in (name for name in weights if not name.startswith("nade/")):
            altered = {**weights, name: weights[name] * np.float32(1.3)}
            steppers = steppers_of(flatbuffer(architecture, altered, "none"), "none")
            difference = compare(reference, steppers, architecture, head_of(architecture, altered), rows)
            assert difference.softmax > 1e-5, name
