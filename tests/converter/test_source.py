"""Whatever Magenta left is read to the last weight, or refused in a sentence."""

import contextlib
import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.bundle import TABLE_MAGIC, Bundle, read_bundle, write_bundle
from converter.checksums import is_intact
from converter.errors import SourceError
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.source import read_source
from converter.tensorflow_library import tensorflow
from tests.converter.make_tiny_models import shapes_of, tiny_weights, weights_of
from tests.converter.material import SHARED, TINY_DRUM_KIT, TINY_ONE_DRUM, needs_shared, needs_tensorflow

pytestmark = needs_tensorflow
WEIGHTS = tiny_weights(shapes_of(2, 2, None), seed=1)


def save_v2(prefix: Path, variables: dict[str, Any]) -> None:
    """A training checkpoint as tf.train.Saver writes it."""
    v1 = tensorflow().compat.v1
    with tensorflow().Graph().as_default(), v1.Session() as session:
        for name, array in variables.items():
            v1.get_variable(name, initializer=array, use_resource=False)
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, str(prefix), write_meta_graph=False)


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A V2 checkpoint with the slots and counters of Adam, and the `checkpoint` file beside it."""
    slots = {f"{name}/{slot}": np.zeros_like(array) for name, array in WEIGHTS.items() for slot in ("Adam", "Adam_1")}
    counters = {"beta1_power": np.float32(0.9), "beta2_power": np.float32(0.99), "global_step": np.int64(7)}
    save_v2(tmp_path / "model.ckpt-7", {**WEIGHTS, **slots, **counters})
    return tmp_path / "model.ckpt-7"


def test_a_checkpoint_is_found_by_prefix_file_and_folder(trained: Path) -> None:
    for path in (trained, Path(f"{trained}.index"), Path(f"{trained}.data-00000-of-00001"), trained.parent):
        source = read_source(path)
        assert source.origin.kind == "checkpoint"
        assert source.origin.path == trained


def test_training_slots_are_dropped_and_weights_kept_exactly(trained: Path) -> None:
    variables = read_source(trained).variables
    assert variables.keys() == WEIGHTS.keys()
    for name, array in WEIGHTS.items():
        np.testing.assert_array_equal(variables[name], array)


def test_the_hash_is_of_index_and_data_in_order(trained: Path) -> None:
    content = Path(f"{trained}.index").read_bytes() + Path(f"{trained}.data-00000-of-00001").read_bytes()
    assert read_source(trained).origin.sha256 == hashlib.sha256(content).hexdigest()


def test_the_checkpoint_file_may_name_a_folder_of_another_machine(trained: Path) -> None:
    (trained.parent / "checkpoint").write_text('model_checkpoint_path: "/home/other/run1/train/model.ckpt-7"\n')
    assert read_source(trained.parent).origin.path == trained


def test_a_folder_of_two_checkpoints_needs_to_be_told_which(trained: Path) -> None:
    save_v2(trained.with_name("model.ckpt-8"), WEIGHTS)
    (trained.parent / "checkpoint").unlink()
    with pytest.raises(SourceError, match=r"model\.ckpt-7\.index, model\.ckpt-8\.index"):
        read_source(trained.parent)


def test_a_checkpoint_without_its_data_is_refused(trained: Path) -> None:
    Path(f"{trained}.data-00000-of-00001").unlink()
    with pytest.raises(SourceError, match="missing"):
        read_source(trained)


@pytest.mark.parametrize("part", ["index", "data-00000-of-00001"])
@pytest.mark.parametrize("kept", [0, 1, 20, 150])
def test_a_torn_checkpoint_is_refused(trained: Path, part: str, kept: int) -> None:
    file = Path(f"{trained}.{part}")
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(SourceError, match=r"model\.ckpt-7"):
        read_source(trained)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_no_number_is_named(tmp_path: Path, value: float) -> None:
    broken = {**WEIGHTS, "fully_connected/biases": np.array([0, value], np.float32)}
    bundle = Bundle("one_drum", "", v1_checkpoint_bytes(broken), metagraph_bytes(broken, 0, 2))
    write_bundle(tmp_path / "nan.mag", bundle)
    with pytest.raises(SourceError, match=r"nan\.mag: variable fully_connected/biases"):
        read_source(tmp_path / "nan.mag")


def test_a_bundle_says_what_it_is() -> None:
    source = read_source(TINY_DRUM_KIT)
    assert source.origin.kind == "bundle"
    assert source.origin.generator_id == "drum_kit"
    assert source.origin.sha256 == hashlib.sha256(TINY_DRUM_KIT.read_bytes()).hexdigest()
    assert source.graph is not None
    assert source.graph.state_sizes == (8, 8, 8, 32, 8, 8)


@pytest.mark.parametrize("path", [TINY_DRUM_KIT, TINY_ONE_DRUM], ids=lambda path: path.stem)
def test_the_weights_kept_in_a_bundle_come_back_to_the_bit(path: Path) -> None:
    variables, expected = read_source(path).variables, weights_of(path.stem.removeprefix("tiny_"))
    assert variables.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(variables[name], array)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_rotten_bytes_never_change_a_weight_unnoticed(data: st.DataObject) -> None:
    whole = TINY_ONE_DRUM.read_bytes()
    content = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[place] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(SourceError):
        path = Path(folder, "rotten.mag")
        path.write_bytes(content)
        variables = read_source(path).variables
        for name, array in read_source(TINY_ONE_DRUM).variables.items():
            np.testing.assert_array_equal(variables[name], array)


@given(st.integers(0, 255), st.data())
@settings(max_examples=30, deadline=None)
def test_a_flipped_bit_in_a_bundles_checkpoint_is_found(mask: int, data: st.DataObject) -> None:
    checkpoint = bytearray(read_bundle(TINY_ONE_DRUM).checkpoint)
    assert is_intact(bytes(checkpoint))
    place = data.draw(st.integers(0, len(checkpoint) - 49))  # the footer has padding, which says nothing
    checkpoint[place] ^= mask
    assert is_intact(bytes(checkpoint)) == (mask == 0)


def test_a_graph_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    bundle = read_bundle(TINY_ONE_DRUM)
    write_bundle(tmp_path / "odd.mag", Bundle("one_drum", "", bundle.checkpoint, b"\xff\xff\xff"))
    with pytest.raises(SourceError, match=r"odd\.mag holds a graph that cannot be read"):
        read_source(tmp_path / "odd.mag")


def test_a_graph_without_magentas_collections_is_refused(tmp_path: Path) -> None:
    empty = tensorflow().compat.v1.MetaGraphDef()
    empty.meta_info_def.tensorflow_version = "1.0"
    bundle = Bundle("one_drum", "", read_bundle(TINY_ONE_DRUM).checkpoint, empty.SerializeToString())
    write_bundle(tmp_path / "odd.mag", bundle)
    with pytest.raises(SourceError, match="without inputs and initial_state and final_state"):
        read_source(tmp_path / "odd.mag")


def test_a_checkpoint_inside_a_bundle_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    bundle = read_bundle(TINY_ONE_DRUM)
    write_bundle(tmp_path / "odd.mag", Bundle("one_drum", "", b"nothing" + TABLE_MAGIC, bundle.metagraph))
    with pytest.raises(SourceError, match=r"odd\.mag holds a checkpoint that is damaged"):
        read_source(tmp_path / "odd.mag")


def test_what_is_not_there_is_said_to_be_not_there(tmp_path: Path) -> None:
    for name in ("none.mag", "model.ckpt-9", "model.ckpt-9.index"):
        with pytest.raises(SourceError, match=f"{name} is not there|{name}.* is not there"):
            read_source(tmp_path / name)
    with pytest.raises(SourceError, match="found: none"):
        read_source(tmp_path)


@needs_shared
def test_a_bundle_and_the_checkpoint_it_was_packed_from_hold_the_same_weights() -> None:
    folder = SHARED / "checkpoints/magenta/polyphony_rnn"
    packed = read_source(folder / "polyphony_rnn_128.mag").variables
    trained = read_source(folder / "v2").variables
    assert packed.keys() == trained.keys()
    for name, array in packed.items():
        np.testing.assert_array_equal(array, trained[name])


@needs_shared
def test_pages_and_parts_of_the_wild_are_refused() -> None:
    for name in ("not-a-checkpoint/attention_rnn.mag", "not-a-checkpoint/performance_with_dynamics.tar"):
        with pytest.raises(SourceError, match="web page"):
            read_source(SHARED / "checkpoints" / name)
    with pytest.raises(SourceError, match="missing"):
        read_source(SHARED / "checkpoints/shapes/cat-mel_2bar_big.ckpt.index")
