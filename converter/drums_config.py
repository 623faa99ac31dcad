"""Magenta's named configurations: the two of drums_rnn in full, the others only to be told apart."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from converter.drum_kit import DRUM_KIT, ONE_DRUM, Encoding


@dataclass(frozen=True)
class DrumsConfig:
    """One configuration of magenta/models/drums_rnn/drums_rnn_model.py.

    `attention_length` is what its training uses unless told otherwise.
    """

    name: Literal["drum_kit", "one_drum"]
    encoding: Encoding
    steps_per_quarter: int
    attention_length: int


DRUMS_CONFIGS = (
    DrumsConfig("drum_kit", DRUM_KIT, steps_per_quarter=4, attention_length=32),
    # one_drum has no attention by default; drum_kit's length stands in when a user's hparams gave it one.
    DrumsConfig("one_drum", ONE_DRUM, steps_per_quarter=2, attention_length=32),
)

_GENERATORS = MappingProxyType(
    {
        "drum_kit": "drums_rnn",
        "one_drum": "drums_rnn",
        "basic_rnn": "melody_rnn",
        "mono_rnn": "melody_rnn",
        "lookback_rnn": "melody_rnn",
        "attention_rnn": "melody_rnn",
        "basic_improv": "improv_rnn",
        "attention_improv": "improv_rnn",
        "chord_pitches_improv": "improv_rnn",
        "polyphony": "polyphony_rnn",
        "rnn-nade": "pianoroll_rnn_nade",
        "rnn-nade_attn": "pianoroll_rnn_nade",
    }
)
# (width of the input, number of classes) of the default configurations.
_SHAPES = MappingProxyType(
    {
        (38, 38): "melody_rnn",
        (130, 130): "melody_rnn",
        (121, 40): "melody_rnn",
        (74, 40): "melody_rnn",
        (87, 38): "improv_rnn",
        (123, 40): "improv_rnn",
        (75, 38): "improv_rnn",
        (259, 259): "polyphony_rnn",
        (356, 356): "performance_rnn",
        (388, 388): "performance_rnn",
        (16, 388): "performance_rnn",
        (396, 388): "performance_rnn",
        (400, 388): "performance_rnn",
        (408, 388): "performance_rnn",
        (409, 388): "performance_rnn",
    }
)


def config_of_shape(input_size: int, classes: int) -> DrumsConfig | None:
    """The drums_rnn configuration of this width and number of classes, if there is one."""
    for config in DRUMS_CONFIGS:
        if (config.encoding.input_size, config.encoding.classes) == (input_size, classes):
            return config
    return None


def family_of_generator(generator_id: str) -> str | None:
    """The Magenta program that reads bundles of this id, if the id is one of Magenta's."""
    if "performance" in generator_id:
        return "performance_rnn"
    return _GENERATORS.get(generator_id)


def family_of_shape(input_size: int, classes: int) -> str | None:
    """The Magenta program whose networks have this width and number of classes, if one has."""
    return _SHAPES.get((input_size, classes))
