"""Every shape of drums_rnn is read off its variables; anything else is refused by name."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.architecture import Architecture, recognise
from converter.errors import SourceError
from converter.metagraph import StoredGraph
from converter.source import Origin, Source
from converter.vintage import date_encoding
from tests.converter.make_tiny_models import shapes_of, tiny_weights

scopes = st.sampled_from([None, "layer_0", "stack"])
layers = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)


def source_of(shapes: dict[str, tuple[int, ...]], generator_id: str = "", graph: StoredGraph | None = None) -> Source:
    variables = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    return Source(Origin(Path("some.mag"), "0", "bundle" if graph else "checkpoint", generator_id), variables, graph)


def graph_of(*state_sizes: int, version: str = "2.9.1") -> StoredGraph:
    return StoredGraph(b"graph", b"checkpoint", version, state_sizes)


def floats(architecture: Architecture) -> list[int]:
    return [size for _, size in architecture.state()]


@given(layers, scopes, st.sampled_from([(518, 512, "drum_kit"), (2, 2, "one_drum")]), st.integers(1, 50))
@settings(deadline=None)
def test_sizes_scope_and_length_are_found(
    sizes: tuple[int, ...], scope: str | None, kind: tuple[int, int, str], length: int
) -> None:
    width, classes, name = kind
    architecture = recognise(source_of(shapes_of(width, classes, scope, sizes)), length)
    assert architecture.config.name == name
    assert architecture.layer_sizes == sizes
    assert (architecture.attention.scope if architecture.attention else None) == scope
    if architecture.attention:
        assert (architecture.attention.length, architecture.attention.length_from) == (length, "argument")


@given(layers, st.sampled_from(["layer_0", "stack"]), st.integers(1, 50), st.booleans())
@settings(deadline=None)
def test_the_graph_knows_the_length_whether_its_state_is_one_tensor_or_many(
    sizes: tuple[int, ...], scope: str, length: int, joined: bool
) -> None:
    shapes = shapes_of(518, 512, scope, sizes)
    state = floats(recognise(source_of(shapes), length))
    graph = graph_of(sum(state)) if joined else graph_of(*state)
    attention = recognise(source_of(shapes, graph=graph), attention_length=99).attention
    assert attention is not None
    assert (attention.length, attention.length_from) == (length, "graph")


def test_state_goes_in_magentas_order() -> None:
    layer_0 = recognise(source_of(shapes_of(518, 512, "layer_0", (5, 6))), 3)
    assert layer_0.state() == (
        ("c0", 5), ("h0", 5), ("attns", 5), ("attn_states", 15), ("c1", 6), ("h1", 6),
    )  # fmt: skip
    stack = recognise(source_of(shapes_of(518, 512, "stack", (5, 6))), 3)
    assert stack.state() == (
        ("c0", 5), ("h0", 5), ("c1", 6), ("h1", 6), ("attns", 6), ("attn_states", 18),
    )  # fmt: skip


def test_without_graph_or_argument_magentas_default_length_stands_in() -> None:
    attention = recognise(source_of(shapes_of(518, 512, "layer_0"))).attention
    assert attention is not None
    assert (attention.length, attention.length_from) == (32, "default")


def test_a_graph_whose_state_fits_no_attention_is_refused() -> None:
    with pytest.raises(SourceError, match="no attention over outputs of 8 fits"):
        recognise(source_of(shapes_of(518, 512, "layer_0"), graph=graph_of(8, 8, 8, 33, 8, 8)))


@pytest.mark.parametrize("name", sorted(shapes_of(2, 2, "layer_0")))
def test_a_missing_variable_is_named_or_the_model_refused(name: str) -> None:
    shapes = shapes_of(2, 2, "layer_0")
    del shapes[name]
    with pytest.raises(SourceError, match=r"some\.mag"):
        recognise(source_of(shapes))


def test_unknown_variables_are_named() -> None:
    shapes = {**shapes_of(2, 2, None), "rnn/multi_rnn_cell/cell_1/output_projection_wrapper/kernel": (3, 3)}
    with pytest.raises(SourceError, match="cell_1/output_projection_wrapper/kernel"):
        recognise(source_of(shapes))


def test_a_shape_out_of_place_is_named() -> None:
    shapes = {**shapes_of(2, 2, None), "rnn/multi_rnn_cell/cell_1/basic_lstm_cell/bias": (31,)}
    with pytest.raises(SourceError, match=r"cell_1/basic_lstm_cell/bias has shape \[31\]; \[32\] belongs there"):
        recognise(source_of(shapes))


@pytest.mark.parametrize(
    ("shapes", "generator", "said"),
    [
        (shapes_of(11, 12, None), "mine", "takes 11 numbers and gives 12: no configuration"),
        ({"encoder/kernel": (2, 2)}, "", "holds no RNN of Magenta's .its variables begin encoder/kernel"),
        ({}, "", "variables begin none"),
    ],
)
def test_what_is_no_rnn_of_magentas_is_refused(shapes: dict[str, tuple[int, ...]], generator: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        recognise(source_of(shapes, generator))


@pytest.mark.parametrize(
    ("scope", "version", "chosen", "vintage"),
    [
        ("layer_0", "2.9.1", None, "2019"),
        ("layer_0", "1.12.0", None, "2016"),
        ("layer_0", "0.11.0", None, "2016"),
        ("layer_0", "", None, "2019"),
        ("stack", "", None, "2016"),
        ("stack", "", "2019", "2019"),
        ("layer_0", "2.9.1", "2016", "2016"),
    ],
)
def test_the_drum_map_is_that_of_the_models_age(scope: str, version: str, chosen: str | None, vintage: str) -> None:
    shapes = shapes_of(518, 512, scope)
    graph = graph_of(*floats(recognise(source_of(shapes), 4)), version=version) if version else None
    source = source_of(shapes, graph=graph)
    dated = date_encoding(source, recognise(source, 4), chosen)  # type: ignore[arg-type]
    assert dated.vintage == vintage
    assert dated.encoding.label([43]) == (1 << 4 if vintage == "2019" else 1 << 6)


def test_one_drum_has_one_map() -> None:
    source = source_of(shapes_of(2, 2, None))
    assert date_encoding(source, recognise(source), "2016").vintage == "one_drum"


def test_weights_are_lively_enough_to_test_with() -> None:
    assert all(np.unique(array).size > 3 for array in tiny_weights(shapes_of(518, 512, "layer_0"), 1).values())
