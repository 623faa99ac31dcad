"""Magenta's named configurations of recurrent networks: what goes in, what comes out, and how to tell them apart.

Sizes and defaults are those of magenta/models/*/*_model.py; encodings those of note_seq's *_encoder_decoder.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from converter.input_part import InputPart, width_of

Family = Literal[
    "drums_rnn",
    "melody_rnn",
    "rl_tuner",
    "improv_rnn",
    "polyphony_rnn",
    "performance_rnn",
    "pianoroll_rnn_nade",
    "piano_genie",
]
EncodingKind = Literal[
    "multi_drum",
    "melody",
    "key_melody",
    "polyphony",
    "performance",
    "modulo_performance",
    "note_performance",
    "pianoroll",
    "piano_genie",
]
Condition = Literal["triad", "chord_pitches", "density", "pitch_histogram", "optional_density_and_pitch_histogram"]


@dataclass(frozen=True)
class RnnConfig:
    """One configuration.

    `parts`: the input row. `outputs`: the sizes of the softmaxes side by side in the logits; for a NADE, its hidden
    units and its notes. `attention_length` is what Magenta trains with, or where it trains without, the length that
    stands in when a user's hparams gave it attention. `conditions`: what stands in front of the event in the row.
    `lowest_pitch` and `highest_pitch`: MIDI pitches, both included. `key`: the key that melodies are brought to first
    (0 is C), or None. Steps count quarters or, where `steps_per_quarter` is 0, seconds.
    """

    name: str
    family: Family
    kind: EncodingKind
    parts: tuple[InputPart, ...]
    outputs: tuple[int, ...]
    steps_per_quarter: int = 4
    steps_per_second: int = 0
    attention_length: int = 32
    counter_bits: int = 0
    lookbacks: tuple[int, ...] = ()
    conditions: tuple[Condition, ...] = ()
    lowest_pitch: int = 0
    highest_pitch: int = 127
    key: int | None = None
    velocity_bins: int = 0
    longest_shift: int = 0
    longest_duration: int = 0

    @property
    def input_size(self) -> int:
        """Width of an encoded event."""
        return width_of(self.parts)

    @property
    def classes(self) -> int:
        """Number of logits."""
        return sum(self.outputs)

    @property
    def is_nade(self) -> bool:
        """Whether the outputs are the biases of a NADE rather than logits of softmaxes."""
        return self.family == "pianoroll_rnn_nade"


def _one_hot(*widths: int) -> tuple[InputPart, ...]:
    return tuple(InputPart("one_hot", width) for width in widths)


def _bits(*widths: int) -> tuple[InputPart, ...]:
    return tuple(InputPart("bits", width) for width in widths)


def _choice(*widths: int) -> tuple[InputPart, ...]:
    return tuple(InputPart("choice", width) for width in widths)


_LOOKBACKS = (16, 32)
# Sounding pitch, playing or silent, attack, direction, repeats, counter, bar line, keys, keys of the last three notes.
_KEY_MELODY = (*_choice(36, 2, 1), InputPart("level", 1), *_bits(2), InputPart("signs", 7), *_bits(1, 12, 12))
_LOOKBACK_MELODY = (*_one_hot(38, 38, 38), InputPart("signs", 5), *_bits(2))
_SHARES = InputPart("shares", 12)


def _melody(name: str, parts: tuple[InputPart, ...], **more: object) -> RnnConfig:
    given = {"kind": "melody", "family": "melody_rnn", "lowest_pitch": 48, "highest_pitch": 83, "key": 0, **more}
    return RnnConfig(name=name, parts=parts, outputs=(given.pop("classes", 38),), **given)  # type: ignore[arg-type]


def _performance(name: str, parts: tuple[InputPart, ...], **more: object) -> RnnConfig:
    given = {
        "kind": "performance",
        "outputs": (388,),
        "steps_per_quarter": 0,
        "steps_per_second": 100,
        "velocity_bins": 32,
        "longest_shift": 100,
        **more,
    }
    return RnnConfig(name=name, family="performance_rnn", parts=parts, **given)  # type: ignore[arg-type]


_WITH_DYNAMICS = "performance_with_dynamics"
_NOTE_SOFTMAXES = (13, 77, 128, 32, 25, 40)
_LOOKING_BACK = {"classes": 40, "lookbacks": _LOOKBACKS}
_KEYED = {"kind": "key_melody", "attention_length": 40, "counter_bits": 7, **_LOOKING_BACK}
_ALL: tuple[RnnConfig, ...] = (
    RnnConfig("drum_kit", "drums_rnn", "multi_drum", (*_one_hot(512), InputPart("signs", 6)), (512,), counter_bits=6),
    RnnConfig("one_drum", "drums_rnn", "multi_drum", _one_hot(2), (2,), steps_per_quarter=2),
    _melody("basic_rnn", _one_hot(38)),
    _melody("mono_rnn", _one_hot(130), classes=130, lowest_pitch=0, highest_pitch=127, key=None),
    _melody("lookback_rnn", _LOOKBACK_MELODY, counter_bits=5, **_LOOKING_BACK),
    _melody("attention_rnn", _KEY_MELODY, **_KEYED),
    _melody("note_rnn", _one_hot(38), family="rl_tuner"),
    _melody("basic_improv", _one_hot(49, 38), family="improv_rnn", conditions=("triad",)),
    _melody("attention_improv", (*_one_hot(49), *_KEY_MELODY), family="improv_rnn", conditions=("triad",), **_KEYED),
    _melody(
        "chord_pitches_improv",
        (*_bits(1), *_choice(12), *_bits(12), *_choice(12), *_one_hot(38)),
        family="improv_rnn",
        conditions=("chord_pitches",),
    ),
    RnnConfig("polyphony", "polyphony_rnn", "polyphony", _one_hot(259), (259,)),
    _performance("performance", _one_hot(356), outputs=(356,), velocity_bins=0),
    _performance(_WITH_DYNAMICS, _one_hot(388)),
    _performance(
        f"{_WITH_DYNAMICS}_and_modulo_encoding",
        (*_bits(1), InputPart("level", 4), *_bits(1), InputPart("level", 4), *(2 * (*_bits(1), InputPart("level", 2)))),
        kind="modulo_performance",
    ),
    _performance(
        f"{_WITH_DYNAMICS}_and_note_encoding",
        _one_hot(*_NOTE_SOFTMAXES),
        kind="note_performance",
        outputs=_NOTE_SOFTMAXES,
        longest_shift=1000,
        longest_duration=1000,
    ),
    _performance(f"density_conditioned_{_WITH_DYNAMICS}", _one_hot(8, 388), conditions=("density",)),
    _performance(f"pitch_conditioned_{_WITH_DYNAMICS}", (_SHARES, *_one_hot(388)), conditions=("pitch_histogram",)),
    _performance(
        f"multiconditioned_{_WITH_DYNAMICS}",
        (*_one_hot(8), _SHARES, *_one_hot(388)),
        conditions=("density", "pitch_histogram"),
    ),
    _performance(
        f"optional_multiconditioned_{_WITH_DYNAMICS}",
        (*_bits(1), *_choice(8), _SHARES, *_one_hot(388)),  # behind a set flag all twenty are zero
        conditions=("optional_density_and_pitch_histogram",),
    ),
    RnnConfig("rnn-nade", "pianoroll_rnn_nade", "pianoroll", _bits(88), (128, 88), lowest_pitch=21, highest_pitch=108),
    RnnConfig(
        "piano_genie",
        "piano_genie",
        "piano_genie",
        (InputPart("level", 1), *_one_hot(89, 33)),
        (88,),
        steps_per_quarter=0,
        lowest_pitch=21,
        highest_pitch=108,
    ),
)
RNN_CONFIGS = MappingProxyType({config.name: config for config in _ALL})
# Ids of bundles whose network is that of another configuration: the one is fed an index where the other is fed one-hot,
# the other differs from its sister in attention alone.
_SAME_NETWORK = MappingProxyType({f"{_WITH_DYNAMICS}_compact": _WITH_DYNAMICS, "rnn-nade_attn": "rnn-nade"})


def config_named(name: str) -> RnnConfig | None:
    """The configuration of this name or bundle id, if Magenta has one."""
    return RNN_CONFIGS.get(_SAME_NETWORK.get(name, name))


def configs_shaped(input_size: int, outputs: int, nade: bool) -> list[RnnConfig]:
    """The configurations whose input is so wide and which give so many logits."""
    return [
        config
        for config in RNN_CONFIGS.values()
        if config.is_nade == nade and (config.input_size, config.classes) == (input_size, outputs)
    ]


def names_of(configs: Iterable[RnnConfig]) -> str:
    """The names, for a sentence."""
    return ", ".join(config.name for config in configs)
