"""A bundle is read whole or refused in a sentence."""

import contextlib
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.bundle import TABLE_MAGIC, Bundle, bundle_bytes, parse_bundle, read_bundle, write_bundle
from converter.errors import SourceError
from tests.converter.material import SHARED, TINY_DRUM_KIT, TINY_ONE_DRUM, needs_shared

pytest.importorskip("google.protobuf")
WHOLE = TINY_DRUM_KIT.read_bytes()
bundles = st.builds(
    Bundle,
    generator_id=st.text(),
    description=st.text(),
    checkpoint=st.binary().map(lambda start: start + TABLE_MAGIC),
    metagraph=st.binary(min_size=1),
    bundle_description=st.text(),
)


@given(bundles)
def test_a_bundle_written_is_read_back(bundle: Bundle) -> None:
    assert parse_bundle(bundle_bytes(bundle), Path("some.mag")) == bundle


@given(bundles)
@settings(max_examples=20, deadline=None)  # the first call imports note-seq
def test_note_seq_reads_and_writes_the_same_bytes(bundle: Bundle) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what note-seq imports warns of its own affairs
        generator_pb2 = pytest.importorskip("note_seq.protobuf.generator_pb2")
    message = generator_pb2.GeneratorBundle.FromString(bundle_bytes(bundle))
    assert message.generator_details.id == bundle.generator_id
    assert list(message.checkpoint_file) == [bundle.checkpoint]
    assert message.bundle_details.description == bundle.bundle_description
    assert message.SerializeToString(deterministic=True) == bundle_bytes(bundle)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_bundle_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(SourceError, match=r"torn\.mag"):
        parse_bundle(WHOLE[:end], Path("torn.mag"))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_bundle_or_refused(content: bytes) -> None:
    with contextlib.suppress(SourceError):
        assert parse_bundle(content, Path("noise.mag")).checkpoint.endswith(TABLE_MAGIC)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "web page.*NoSuchKey"),
        (b"\n <!DOCTYPE html><html><body>404</body></html>", "web page"),
    ],
)
def test_the_usual_wrong_files_are_named(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "model.mag"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=f"model.mag.*{said}"):
        read_bundle(path)


def test_several_checkpoints_in_one_bundle_are_refused() -> None:
    twice = bundle_bytes(Bundle("a", "", TABLE_MAGIC, b"graph")) + b"\x12\x08" + TABLE_MAGIC
    with pytest.raises(SourceError, match="2 checkpoint files"):
        parse_bundle(twice, Path("two.mag"))


def test_a_failed_write_leaves_the_old_bundle(tmp_path: Path) -> None:
    path = tmp_path / "model.mag"
    path.mkdir()  # a file cannot take a folder's place
    with pytest.raises(OSError, match=r"model\.mag"):
        write_bundle(path, Bundle("a", "b", TABLE_MAGIC, b"graph"))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", [TINY_DRUM_KIT, TINY_ONE_DRUM])
def test_reading_and_writing_gives_the_file_again(path: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / path.name, read_bundle(path))
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@needs_shared
def test_bundles_written_by_magenta_come_out_byte_for_byte() -> None:
    found = [path for path in SHARED.glob("checkpoints/**/*.mag") if path.parent.name != "not-a-checkpoint"]
    assert len(found) >= 8
    for path in found:
        assert bundle_bytes(read_bundle(path)) == path.read_bytes(), path
