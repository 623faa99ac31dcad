"""The names and shapes of Magenta's autoencoders, beside what its graph builder and its own checkpoints have."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from converter.checkpoint import variables_of_prefix
from converter.errors import SettingError, SourceError
from converter.v2_checkpoint import write_v2_checkpoint
from converter.vae_config import FULL_DRUM_MAP, VAE_CONFIGS, vae_config_named
from converter.vae_shapes import Sizes, published_sizes, sizes_of, variable_shapes

SHARED = Path(__file__).parents[2].parent / "shared"
# Parameters of each published configuration, as its own graph builder counts them.
PARAMETERS = {
    "cat-mel_2bar_small": 4423770,
    "cat-mel_2bar_big": 134571098,
    "cat-mel_2bar_med_chords": 17478234,
    "cat-drums_2bar_small": 4636672,
    "cat-drums_2bar_big": 137582080,
    "nade-drums_2bar_reduced": 13819273,
    "nade-drums_2bar_full": 14391741,
    "flat-trio_16bar": 251279028,
    "hierdec-trio_16bar": 230975156,
    "hier-trio_16bar": 122529460,
    "hierdec-mel_16bar": 176061530,
    "hier-mel_16bar": 72547418,
    "hier-multiperf_vel_1bar_med": 55638506,
    "hier-multiperf_vel_1bar_big": 204598762,
    "hier-multiperf_vel_1bar_med_chords": 56140266,
    "hier-multiperf_vel_1bar_big_chords": 205602282,
    "groovae_4bar": 4085019,
    "groovae_2bar_humanize": 4085019,
    "groovae_2bar_tap_fixed_velocity": 4085019,
    "groovae_2bar_tap_fixed_velocity_note_dropout": 4085019,
    "groovae_2bar_add_closed_hh": 4085019,
    "groovae_2bar_hits_control_tfds": 4131099,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_published_model_has_as_many_parameters_as_magentas(name):
    config = VAE_CONFIGS[name]
    shapes = variable_shapes(config, published_sizes(config))
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == PARAMETERS[name]


def test_names_and_shapes_are_those_of_the_published_groove_model():
    path = SHARED / "checkpoints/shapes/groovae_2bar_humanize.json"
    if not path.is_file():
        pytest.skip("the shared data is not here")
    listed = {entry["name"]: tuple(entry["shape"]) for entry in json.loads(path.read_text())["variables"]}
    config = VAE_CONFIGS["groovae_2bar_humanize"]
    assert variable_shapes(config, published_sizes(config)) == listed


def test_names_and_shapes_of_every_configuration_are_those_of_magentas_graph_builder():
    path = SHARED / "research/magenta.md"
    if not path.is_file():
        pytest.skip("the shared data is not here")
    dumped: dict[str, dict[str, tuple[int, ...]]] = {}
    for line in path.read_text().partition("# Appendix B")[2].splitlines():
        if head := re.match(r"### (\S+) max_seq_len (\d+) z (\d+) in (\d+) out (\d+) ctrl (\d+)", line):
            config = VAE_CONFIGS[head[1]]
            told = (config.steps, config.z, config.input_depth, config.output_depth, config.control_depth)
            assert told == tuple(int(number) for number in head.groups()[1:]), head[1]
            variables = dumped.setdefault(head[1], {})
        elif row := re.match(r"\s+(\S+/\S+) \[([\d, ]+)\]", line):
            variables[row[1]] = tuple(int(size) for size in row[2].split(","))
    assert set(dumped) == set(VAE_CONFIGS)
    for name, variables in dumped.items():
        assert variable_shapes(VAE_CONFIGS[name], published_sizes(VAE_CONFIGS[name])) == variables, name


@pytest.mark.parametrize("name", VAE_CONFIGS)
def test_sizes_are_read_off_the_variables(name):
    config = VAE_CONFIGS[name]
    sizes = Sizes(
        z=5,
        encoder=tuple(range(6, 6 + len(config.encoder))),
        decoder=tuple(range(3, 3 + len(config.decoder_units))),
        conductor=tuple(range(4, 4 + len(config.conductor))),
        nade_hidden=7 if config.decoder == "nade" else 0,
    )
    variables = {name: np.zeros(shape, np.float32) for name, shape in variable_shapes(config, sizes).items()}
    assert sizes_of(config, variables, Path("x")) == sizes


def test_another_models_variables_are_refused():
    config = VAE_CONFIGS["cat-drums_2bar_small"]
    variables = {
        name: np.zeros(shape, np.float32) for name, shape in variable_shapes(config, Sizes(4, (4,), (4, 4))).items()
    }
    with pytest.raises(SourceError, match="has shape"):
        sizes_of(VAE_CONFIGS["groovae_2bar_humanize"], variables, Path("x"))
    with pytest.raises(SourceError, match="lacks"):
        sizes_of(config, {}, Path("x"))
    with pytest.raises(SourceError, match="it has stray"):
        sizes_of(config, {**variables, "stray": np.zeros(3)}, Path("x"))


def test_a_configuration_that_does_not_exist_gets_a_hint():
    with pytest.raises(SettingError, match="did you mean groovae_2bar_humanize"):
        vae_config_named("groovae_2bar_humanise")


def test_the_full_drum_list_is_of_61_pitches_each_once():
    assert len(FULL_DRUM_MAP) == 61
    assert len({pitch for (pitch,) in FULL_DRUM_MAP}) == 61


def test_a_written_checkpoint_is_read_again(tmp_path):
    rng = np.random.default_rng(0)
    config = VAE_CONFIGS["groovae_2bar_humanize"]
    shapes = variable_shapes(config, Sizes(4, (5,), (3, 3)))
    variables = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    slots = {f"{name}/Adam": value for name, value in variables.items()}
    write_v2_checkpoint(tmp_path / "run" / "model.ckpt-7", {**variables, **slots}, 7)
    read = variables_of_prefix(tmp_path / "run" / "model.ckpt-7")
    assert set(read) == set(variables)
    assert all(np.array_equal(read[name], variables[name]) for name in variables)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "checkpoint",
        "model.ckpt-7.data-00000-of-00001",
        "model.ckpt-7.index",
    ]
