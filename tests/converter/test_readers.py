"""Magenta-js folders, archives and bare checkpoints are read to the last weight, or refused in a sentence."""

import io
import json
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from converter.architecture import recognise
from converter.bundle import write_bundle
from converter.errors import SettingError, SourceError
from converter.inference_graph import v1_checkpoint_bytes
from converter.js_weights import MANIFEST, read_js_weights
from converter.source import Origin, Source, read_source
from converter.which_config import Said
from tests.converter.every_rnn import EVERY_RNN, Variables, bundle_of, random_weights, shapes_of
from tests.converter.material import TINY_ONE_DRUM, needs_tensorflow
from tests.converter.test_source import save_v2

BY_NAME = {rnn.name: rnn for rnn in EVERY_RNN}
WEIGHTS = random_weights(shapes_of(BY_NAME["drum_kit"], (6, 5), "B"), 1)


def write_js(folder: Path, variables: Variables, bits: int = 0, shard_bytes: int = 1000) -> None:
    """As magenta-js's checkpoint converter writes it: one group, cut into shards, quantised or not."""
    folder.mkdir(exist_ok=True)
    content, entries = b"", []
    for name, array in variables.items():
        entry: dict[str, object] = {"name": name, "shape": list(array.shape), "dtype": "float32"}
        stored: npt.NDArray[np.generic] = array.astype("<f4")
        if bits:
            low, high = float(array.min()), float(array.max())
            scale = (high - low) / (2**bits - 1) or 1.0
            stored = np.round((array - low) / scale).astype(f"<u{bits // 8}")
            entry["quantization"] = {"scale": scale, "min": low, "dtype": f"uint{bits}"}
        content += stored.tobytes()
        entries.append(entry)
    shards = [content[start : start + shard_bytes] for start in range(0, len(content), shard_bytes)]
    paths = [f"group1-shard{number}of{len(shards)}" for number in range(1, len(shards) + 1)]
    for path, shard in zip(paths, shards, strict=True):
        (folder / path).write_bytes(shard)
    (folder / MANIFEST).write_text(json.dumps([{"paths": paths, "weights": entries}]))


@pytest.mark.parametrize("bits", [0, 8, 16])
def test_a_js_folder_gives_its_weights_whole_or_within_half_a_step_of_their_scale(bits: int, tmp_path: Path) -> None:
    write_js(tmp_path / "js", WEIGHTS, bits)
    for path in (tmp_path / "js", tmp_path / "js" / MANIFEST):
        source = read_source(path)
        assert source.origin.kind == "magenta-js"
        assert source.variables.keys() == WEIGHTS.keys()
        for name, array in WEIGHTS.items():
            step = (array.max() - array.min()) / (2**bits - 1) if bits else 0
            assert np.abs(source.variables[name] - array).max() <= step * 0.51


@given(arrays.arrays(np.float32, st.integers(1, 40), elements=st.floats(-9, 9, width=32)), st.integers(1, 17))
@settings(deadline=None)
def test_a_tensor_may_begin_in_one_shard_and_end_in_another(
    tmp_path_factory: pytest.TempPathFactory, array: npt.NDArray[np.float32], shard_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("js")
    write_js(folder, {"fully_connected/weights": array, "fully_connected/biases": array[::-1]}, 0, shard_bytes)
    np.testing.assert_array_equal(read_js_weights(folder)["fully_connected/weights"], array)


def test_config_json_tells_the_attentions_length(tmp_path: Path) -> None:
    spelled = {name.replace("attn_output", "attention_output"): array for name, array in WEIGHTS.items()}
    write_js(tmp_path, spelled)
    attention = recognise(read_source(tmp_path), 9).attention
    assert attention is not None
    assert (attention.length, attention.length_from) == (9, "argument")
    (tmp_path / "config.json").write_text('{"type": "MusicRNN", "attentionLength": 7, "auxInputs": []}')
    attention = recognise(read_source(tmp_path), 9).attention
    assert attention is not None
    assert (attention.length, attention.length_from) == (7, "config.json")


def test_optimizer_slots_and_counters_in_a_js_folder_are_passed_over(tmp_path: Path) -> None:
    slots = {f"{name}/Adam": array * 0 for name, array in WEIGHTS.items()}
    write_js(tmp_path, {**WEIGHTS, **slots, "beta1_power": np.zeros((), np.float32)})
    assert read_source(tmp_path).variables.keys() == WEIGHTS.keys()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "group1-shard2of2").unlink(), "shard2of2 cannot be read.*Bring all shards"),
        (lambda folder: (folder / "group1-shard2of2").write_bytes(b"\0"), "bytes in .* where its manifest asks"),
        (lambda folder: (folder / MANIFEST).write_text("<html>"), "does not read as a list of weights"),
        (lambda folder: (folder / MANIFEST).write_text('[{"weights": []}]'), "does not read as a list of weights"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json does not read"),
        (
            lambda folder: (folder / MANIFEST).write_text('[{"paths": ["../../etc/passwd"], "weights": []}]'),
            "outside its folder",
        ),
    ],
)
def test_a_spoilt_js_folder_is_refused(spoil: object, said: str, tmp_path: Path) -> None:
    write_js(tmp_path, WEIGHTS, 0, sum(array.nbytes for array in WEIGHTS.values()) - 8)
    spoil(tmp_path)  # type: ignore[operator]
    with pytest.raises(SourceError, match=said):
        read_source(tmp_path)


@needs_tensorflow
@pytest.mark.parametrize("form", ["tar", "tar.gz", "tar.bz2", "zip"])
def test_a_model_in_an_archive_is_the_model(form: str, tmp_path: Path) -> None:
    model, plain = tmp_path / "model", random_weights(shapes_of(BY_NAME["one_drum"], (4,)), 2)
    (model / "train").mkdir(parents=True)
    save_v2(model / "train" / "model.ckpt-3", plain)
    path = tmp_path / f"model.{form}"
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in (model / "train").iterdir():
                archive.write(file, f"train/{file.name}")
    else:
        with tarfile.open(path, f"w:{form.partition('.')[2]}") as archive:
            archive.add(model, "model")
    source = read_source(path)
    assert source.origin.path == path
    assert source.origin.kind == "checkpoint"
    assert all((source.variables[name] == array).all() for name, array in plain.items())


def test_an_archive_with_a_bundle_or_a_js_folder_is_read(tmp_path: Path) -> None:
    write_js(tmp_path / "js", WEIGHTS)
    with tarfile.open(tmp_path / "js.tgz", "w:gz") as archive:
        archive.add(tmp_path / "js", "checkpoint")
    assert read_source(tmp_path / "js.tgz").variables.keys() == WEIGHTS.keys()


@needs_tensorflow
def test_an_archive_of_a_bundle_keeps_what_the_bundle_says_of_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.write(TINY_ONE_DRUM, "deep/tiny.mag")
    source = read_source(tmp_path / "some.zip")
    assert (source.origin.kind, source.origin.generator_id) == ("bundle", "one_drum")
    assert source.graph is not None


@pytest.mark.parametrize("content", [b"PK\3\4rest", b"\x1f\x8brest"])
def test_a_torn_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.tar").write_bytes(content)
    with pytest.raises(SourceError, match=r"model\.tar is a torn archive"):
        read_source(tmp_path / "model.tar")


def test_an_archive_without_a_model_or_with_two_is_refused(tmp_path: Path) -> None:
    for names, said in ((["notes.txt"], "found: none"), (["a.mag", "b.mag"], r"found: a\.mag, b\.mag")):
        with tarfile.open(tmp_path / "some.tar", "w") as archive:
            for name in names:
                archive.addfile(tarfile.TarInfo(name), io.BytesIO())
        with pytest.raises(SourceError, match=said):
            read_source(tmp_path / "some.tar")


def test_a_fault_inside_an_archive_is_told_of_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("page.mag", "<html>404</html>")
    with pytest.raises(SourceError, match=r"some\.zip: page\.mag is a web page"):
        read_source(tmp_path / "some.zip")


def test_a_member_that_points_outside_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "some.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("../outside.mag"), io.BytesIO())
    with pytest.raises(SourceError, match="torn archive, or one of no known kind"):
        read_source(tmp_path / "some.tar")
    assert not (tmp_path.parent / "outside.mag").exists()


@needs_tensorflow
def test_a_bare_v1_checkpoint_in_rl_tuners_names_is_read(tmp_path: Path) -> None:
    cell = "rnn_model/RNN/MultiRNNCell/Cell0/LSTMCell"
    weights: Variables = {
        f"{cell}/W_0": np.ones((43, 20), np.float32),
        f"{cell}/B": np.ones(20, np.float32),
        "rnn_model/fully_connected/weights": np.ones((5, 38), np.float32),
        "rnn_model/fully_connected/bias": np.ones(38, np.float32),
        f"rnn_model/{cell}/B/Adagrad": np.ones(20, np.float32),
    }
    (tmp_path / "note_rnn.ckpt").write_bytes(v1_checkpoint_bytes(weights))
    source = read_source(tmp_path / "note_rnn.ckpt")
    assert source.origin.kind == "checkpoint"
    assert len(source.variables) == 4
    assert recognise(source).config.name == "note_rnn"


@needs_tensorflow
def test_a_configuration_that_is_said_must_fit(tmp_path: Path) -> None:
    write_bundle(tmp_path / "some.mag", bundle_of(BY_NAME["basic_rnn"], (4,))[0])
    source = read_source(tmp_path / "some.mag")
    assert recognise(source, config="basic_rnn").config.name == "basic_rnn"
    with pytest.raises(SettingError, match="did you mean basic_rnn"):
        recognise(source, config="basic_rn")
    with pytest.raises(SettingError, match="has other sizes than polyphony has; basic_rnn fits"):
        recognise(source, config="polyphony")


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "pitches"),
    [
        ("basic_rnn", 50, 50, 48),
        ("lookback_rnn", 3 * 50 + 7, 52, 48),
        ("attention_rnn", 48 + 38, 52, 48),
        ("rnn-nade", 61, 61, 61),
    ],
)
def test_a_range_that_was_changed_is_taken_when_it_is_said(name: str, inputs: int, outputs: int, pitches: int) -> None:
    rnn = replace(BY_NAME[name], inputs=inputs, outputs=outputs)
    variables = random_weights(shapes_of(rnn, (5,), nade=9 * bool(rnn.nade)), 1)
    source = Source(Origin(Path("some"), "0", "checkpoint"), variables, None)
    with pytest.raises(SourceError, match="say --config and --lowest-pitch"):
        recognise(source)
    with pytest.raises(SettingError, match=r"another range of pitches .*--lowest-pitch"):
        recognise(source, config=name)
    config = recognise(source, said=Said(name, 36)).config
    assert (config.lowest_pitch, config.highest_pitch) == (36, 36 + pitches - 1)
    assert config.input_size == inputs
    with pytest.raises(SettingError, match="above MIDI's 127"):
        recognise(source, said=Said(name, 100))


def test_steps_and_range_may_be_said_where_sizes_are_magentas() -> None:
    def source_of(name: str) -> Source:
        variables = random_weights(shapes_of(BY_NAME[name], (5,)), 1)
        return Source(Origin(Path("some"), "0", "checkpoint"), variables, None)

    config = recognise(source_of("basic_rnn"), said=Said(None, 36, 8)).config
    assert (config.lowest_pitch, config.highest_pitch, config.steps_per_quarter) == (36, 71, 8)
    with pytest.raises(SettingError, match="counts no quarters"):
        recognise(source_of("performance"), said=Said(steps_per_quarter=8))
    with pytest.raises(SettingError, match="all pitches or none"):
        recognise(source_of("polyphony"), said=Said(lowest_pitch=8))
