"""Checkpoints are written and read without TensorFlow, as TensorFlow writes and reads them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.bundle_table import read_table
from converter.checkpoint import _read_plainly
from converter.crc32c import crc32c
from converter.errors import SourceError
from converter.tensorflow_library import tensorflow
from converter.v2_checkpoint import read_v2_checkpoint, write_v2_checkpoint
from tests.converter.material import needs_tensorflow

MANY = {f"decoder/cell_{number}/kernel": np.full((number, 3), number, np.float32) for number in range(40)}


@pytest.mark.parametrize(
    ("content", "sum"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),  # the check value of CRC-32C
        (bytes(32), 0x8A9136AA),  # RFC 3720, B.4
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_the_checksum_is_that_of_the_standard(content: bytes, sum: int) -> None:  # noqa: A002
    assert crc32c(content) == sum


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=20_000))
def test_the_checksum_of_long_messages_is_what_byte_by_byte_gives(content: bytes) -> None:
    crc = 0xFFFFFFFF
    for byte in content[:300]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    assert crc32c(content[:300]) == crc ^ 0xFFFFFFFF
    # Of a longer one: a message with its own checksum behind it always gives the same.
    whole = content + crc32c(content).to_bytes(4, "little")
    assert crc32c(whole) == 0x48674BC7


@needs_tensorflow
def test_tensorflow_reads_what_is_written(tmp_path: Path) -> None:
    variables = {**MANY, "encoder/mu/bias": np.arange(7, dtype=np.float32), "empty": np.zeros((0, 5), np.float32)}
    write_v2_checkpoint(tmp_path / "model", variables, 2**40)
    reader = tensorflow().train.load_checkpoint(str(tmp_path))
    assert set(reader.get_variable_to_dtype_map()) == {*variables, "global_step"}
    assert reader.get_tensor("global_step") == 2**40
    for name, value in variables.items():
        found = reader.get_tensor(name)
        assert found.dtype == np.float32
        assert np.array_equal(found, value)


@needs_tensorflow
def test_what_tensorflow_wrote_is_read(tmp_path: Path) -> None:
    tf = tensorflow()
    prefix = str(tmp_path / "model")
    names = [*MANY, "global_step"]
    tensors = [*(tf.constant(value) for value in MANY.values()), tf.constant(5, tf.int64)]
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names), tensors=tensors)
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=[prefix], destination_prefix=f"{prefix}2")
    found = dict(read_v2_checkpoint(Path(f"{prefix}2")))
    assert found.pop("global_step") == 5
    assert found.keys() == MANY.keys()
    assert all(np.array_equal(found[name], value) for name, value in MANY.items())


def test_a_torn_checkpoint_is_refused_wherever_a_byte_is_wrong(tmp_path: Path) -> None:
    write_v2_checkpoint(tmp_path / "model", {"a/b": np.arange(6, dtype=np.float32).reshape(2, 3)}, 1)
    index, data = tmp_path / "model.index", tmp_path / "model.data-00000-of-00001"
    for file in (index, data):
        whole = file.read_bytes()
        for place in range(len(whole)):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            try:
                found = dict(read_v2_checkpoint(tmp_path / "model"))
            except ValueError:
                continue
            # The footer's filling says nothing.
            assert found["a/b"].tolist() == [[0, 1, 2], [3, 4, 5]], (file.name, place)
        file.write_bytes(whole[:-3])
        with pytest.raises(SourceError, match="cannot be read without TensorFlow"):
            _read_plainly(tmp_path / "model", tmp_path / "model")
        file.write_bytes(whole)
    assert _read_plainly(tmp_path / "model", tmp_path / "model").keys() == {"a/b"}


@given(st.binary(max_size=200))
def test_garbage_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^its? "):
        read_table(content)
    with pytest.raises(ValueError, match=r"^its? "):
        read_table(content + bytes.fromhex("57fb808b247547db"))
