"""Converted autoencoders answer as their sources do, and as Magenta's own graphs did."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from converter.__main__ import main
from converter.card import read_model
from converter.conversion import Label
from converter.errors import DataError, ParityError, SettingError, SourceError
from converter.operators import operators_of, refuse_newer
from converter.source import read_source
from converter.v2_checkpoint import write_v2_checkpoint
from converter.vae_architecture import recognise_vae
from converter.vae_card import is_vae_model, parse_vae_model, vae_model_bytes
from converter.vae_config import VAE_CONFIGS
from converter.vae_conversion import convert_vae, described, open_vae_model, open_vae_source, vae_differences
from converter.vae_parity import refuse_strange_vae
from converter.vae_windows import control, window
from tests.converter.vae_material import SHARED, chance_model, chance_weights, small_sizes

LABEL = Label("model", "none", "nobody")
# One of each kind of graph; the others differ from these in their sizes alone.
KINDS = (
    "cat-drums_2bar_small",
    "nade-drums_2bar_reduced",
    "nade-drums_2bar_full",
    "cat-mel_2bar_small",
    "cat-mel_2bar_med_chords",
    "flat-trio_16bar",
    "hierdec-trio_16bar",
    "hier-trio_16bar",
    "hierdec-mel_16bar",
    "hier-multiperf_vel_1bar_med",
    "hier-multiperf_vel_1bar_med_chords",
    "groovae_4bar",
    "groovae_2bar_humanize",
    "groovae_2bar_hits_control_tfds",
)


@pytest.mark.parametrize("name", KINDS)
def test_a_model_answers_as_its_source_does(name):
    source, architecture = chance_model(name)
    conversion = convert_vae(source, architecture, "none", LABEL)
    refuse_strange_vae(conversion.difference, "none")
    assert conversion.difference.steps >= 32
    assert conversion.difference.largest < 1e-5
    playing = vae_differences(conversion.model, source, architecture)["playing kernels"]
    assert max(playing.largest, playing.logits) < 1e-4
    assert described(conversion.model.card) == (architecture.config, architecture.sizes)


@pytest.mark.parametrize("name", ["groovae_2bar_humanize", "nade-drums_2bar_full", "hierdec-trio_16bar"])
def test_eight_bits_load_in_the_oldest_interpreter_and_stay_near(name):
    source, architecture = chance_model(name)
    conversion = convert_vae(source, architecture, "int8", LABEL)
    refuse_newer(operators_of(conversion.model.flatbuffer))
    refuse_strange_vae(conversion.difference, "int8")
    assert conversion.difference.largest < 0.05


def test_another_models_weights_are_refused_by_the_comparison():
    source, architecture = chance_model("groovae_2bar_humanize")
    other, _ = chance_model("groovae_2bar_humanize", seed=1)
    model = convert_vae(source, architecture, "none", LABEL).model
    with pytest.raises(ParityError, match="nothing is written"):
        refuse_strange_vae(vae_differences(model, other, architecture)["plain kernels"], "none")


@pytest.mark.parametrize("name", ["groovae_2bar_humanize", "cat-drums_2bar_small"])
@pytest.mark.parametrize("quantized", [None, "none", "int8"])
def test_means_deviations_and_decodings_are_those_of_magentas_graphs(name, quantized):
    folder = SHARED / f"checkpoints/magenta-trained/{name}-small"
    if not folder.is_dir():
        pytest.skip("the shared data is not here")
    truth = np.load(SHARED / f"reference/magenta-trained/{name}-small.npz")
    source = read_source(folder)
    architecture = recognise_vae(source)
    assert (architecture.config.name, architecture.told_by) == (name, "name")
    if quantized:
        player = open_vae_model(convert_vae(source, architecture, quantized, LABEL).model)
    else:
        player = open_vae_source(source, architecture)
    rng, near = np.random.default_rng(0), 0.02 if quantized == "int8" else 1e-5
    same = []
    for inputs, mu, sigma, decoded in zip(
        *(truth[n] for n in ("inputs", "mu", "sigma", "decoded_from_mu")), strict=True
    ):
        ours = player.encode(inputs)
        assert np.abs(ours[0] - mu).max() < near
        assert np.abs(ours[1] - sigma).max() < near
        played = player.decode(mu, 32, 1e-4, rng)
        same.append(np.abs(played - decoded).max())
    if quantized == "int8":
        assert np.median(same) < 0.05 if name.startswith("groovae") else np.mean(np.array(same) == 0) > 0.5
    else:
        assert max(same) < 1e-4


@pytest.mark.parametrize("name", ["hier-multiperf_vel_1bar_med_chords", "hierdec-trio_16bar", "nade-drums_2bar_full"])
def test_source_and_model_play_the_same_music_by_the_same_chance(name):
    source, architecture = chance_model(name)
    model = open_vae_model(convert_vae(source, architecture, "none", LABEL).model)
    original, config = open_vae_source(source, architecture), architecture.config
    rng = np.random.default_rng(3)
    heard, told = window(config, config.steps, rng), control(config, config.steps, rng)
    mu, _ = original.encode(heard, told)
    played = [player.decode(mu, config.steps, 1.0, np.random.default_rng(4), told) for player in (original, model)]
    assert played[0].shape == (config.steps, config.output_depth)
    assert np.array_equal(*played)
    assert played[0].any(axis=1).mean() > 0.3


def test_a_segment_ends_at_its_end_token_and_the_next_begins_in_its_place():
    source, _ = chance_model("hier-multiperf_vel_1bar_med")
    bias = source.variables["core_decoder/decoder/output_projection/bias"]
    bias[:], bias[489] = 0, 50
    player = open_vae_source(source, recognise_vae(source, "hier-multiperf_vel_1bar_med"))
    played = player.decode(np.zeros(6, np.float32), 512, 1.0, np.random.default_rng(0))
    assert played.shape == (512, 490)
    assert np.flatnonzero(played.any(axis=1)).tolist() == [64 * segment for segment in range(8)]


def test_a_window_of_any_length_is_read_and_a_wrong_width_is_refused():
    player = open_vae_source(*chance_model("groovae_2bar_humanize"))
    config = player.sampler.config
    rng = np.random.default_rng(0)
    means = [player.encode(window(config, steps, rng))[0] for steps in (1, 16, 33)]
    assert all(np.isfinite(mean).all() for mean in means)
    with pytest.raises(DataError, match="takes 27 numbers a step"):
        player.encode(np.zeros((32, 9), np.float32))


def test_five_groove_models_are_told_by_name_alone():
    source, _ = chance_model("groovae_2bar_humanize")
    nameless = source.__class__(
        source.origin.__class__(Path("a/b/model.ckpt-3"), "", "checkpoint"), source.variables, None
    )
    with pytest.raises(SettingError, match="--config"):
        recognise_vae(nameless)
    with pytest.raises(SourceError, match="is no cat-drums_2bar_small"):
        recognise_vae(nameless, "cat-drums_2bar_small")
    tap = "groovae_2bar_tap_fixed_velocity"
    for name in (tap, f"{tap}_note_dropout"):
        origin = source.origin.__class__(Path(f"{name}/train/model.ckpt-3"), "", "checkpoint")
        assert recognise_vae(source.__class__(origin, source.variables, None)).config.name == name


def _js_folder(folder: Path, variables: dict[str, np.ndarray], config: dict[str, object] | None = None) -> Path:
    folder.mkdir()
    (folder / "group1-shard1of1").write_bytes(b"".join(array.tobytes() for array in variables.values()))
    weights = [{"name": name, "shape": array.shape, "dtype": "float32"} for name, array in variables.items()]
    (folder / "weights_manifest.json").write_text(json.dumps([{"paths": ["group1-shard1of1"], "weights": weights}]))
    if config:
        (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_a_magenta_js_folder_tells_what_its_groove_model_hears(tmp_path):
    config = VAE_CONFIGS["groovae_2bar_humanize"]
    variables = chance_weights(config, small_sizes(config))
    arguments = {"numSteps": 32, "humanize": True, "tapify": False}
    folder = _js_folder(
        tmp_path / "x", variables, {"type": "MusicVAE", "dataConverter": {"type": "GrooveConverter", "args": arguments}}
    )
    found = recognise_vae(read_source(folder))
    assert (found.config.name, found.told_by) == ("groovae_2bar_humanize", "config.json")
    tapped = _js_folder(
        tmp_path / "y", variables, {"dataConverter": {"type": "GrooveConverter", "args": {"tapify": True}}}
    )
    assert recognise_vae(read_source(tapped)).config.name == "groovae_2bar_tap_fixed_velocity"


def test_the_commands_take_checkpoints_archives_and_folders(tmp_path, capsys):
    name = "groovae_2bar_add_closed_hh"
    config = VAE_CONFIGS[name]
    variables = chance_weights(config, small_sizes(config))
    write_v2_checkpoint(tmp_path / name / "model.ckpt-5", variables, 5)
    with tarfile.open(tmp_path / f"{name}.tar", "w") as archive:
        archive.add(tmp_path / name, name)
    folder = _js_folder(tmp_path / f"{name}_js", variables)
    out = tmp_path / "models"
    for number, source in enumerate((tmp_path / name, tmp_path / f"{name}.tar", folder)):
        assert main(["convert", str(source), "-o", str(out), "--name", f"m{number}", "--quantize", "int8"]) == 0
    assert "agreement" in capsys.readouterr().out
    assert main(["inspect", str(tmp_path / name)]) == 0
    assert name in capsys.readouterr().out
    assert main(["inspect", str(out / "m1.tflite"), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["family"], card["config"], card["groove"]["added"]) == ("music_vae", name, [2])
    assert main(["verify", str(out / "m0.tflite"), "--against", str(tmp_path / name), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["differences"]["playing kernels"]["steps"] == 128
    assert main(["verify", str(out / "m0.tflite"), "--against", str(folder), "--config", "cat-drums_2bar_small"]) == 2


def test_a_torn_file_and_another_familys_are_told_apart(tmp_path):
    source, architecture = chance_model("groovae_2bar_humanize")
    content = vae_model_bytes(convert_vae(source, architecture, "none", LABEL).model)
    path = tmp_path / "m.tflite"
    path.write_bytes(content)
    assert is_vae_model(path)
    assert not is_vae_model(Path(__file__).with_name("tiny_one_drum.tflite"))
    altered = bytearray(content)
    altered[2000] ^= 1
    with pytest.raises(SourceError, match="sha256"):
        parse_vae_model(bytes(altered), path)
    with pytest.raises(SourceError, match="torn"):
        parse_vae_model(content[:-3000], path)
    with pytest.raises(SourceError, match="no Ghostnote model"):
        read_model(path)
