"""Magenta's variational autoencoders, MusicVAE and GrooVAE, one row each.

Figures: magenta/models/music_vae/configs.py; depths: its data.py. The sizes of layers are those of the published
models; what is converted may have others, which are read off its weights (vae_shapes.py).
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from converter.drum_kit import DRUM_MAP_2016, DRUM_MAP_2019, DrumMap
from converter.errors import SettingError
from converter.piece import Kind

VaeKind = Literal["drums", "nade_drums", "melody", "trio", "groove", "multiperf"]
DecoderKind = Literal["categorical", "nade", "groove", "split"]
# One pitch a class, in the order of the nine classes of before 2019-04-24.
FULL_DRUM_MAP: DrumMap = tuple((pitch,) for drum in DRUM_MAP_2016 for pitch in drum)
_MELODY, _DRUMS, _GROOVE, _MULTIPERF = 90, 512, 27, 490
CLOSED_HI_HAT, OPEN_HI_HAT = 2, 3  # classes of the drum map


@dataclass(frozen=True)
class GrooveInput:
    """What a groove model hears of the groove that it gives back.

    `humanize`: hits alone. `tapify`: of each step its loudest hit, as an open hi-hat. `fixed_velocities`: no
    velocities. `added`: drum classes that it does not hear. `note_dropout`: the share of hits left out in training.
    """

    humanize: bool = False
    tapify: bool = False
    fixed_velocities: bool = False
    added: tuple[int, ...] = ()
    note_dropout: float = 0.0


@dataclass(frozen=True)
class VaeConfig:
    """A configuration: what goes in and comes out a step, and the published layers.

    `steps` in all; a hierarchical decoder has `segments` of `steps / segments` each (`conductor` is empty for a flat
    one), a hierarchical encoder `encoder_segments`. `encoder`: units of each layer a direction (of both levels, of a
    hierarchical one, alike). `output_depths`: side by side, of the split decoder's parts. `control_depth`: numbers a
    step that encoder and decoder are told besides. `end_token`: what ends a segment before its time. `drum_map`: as
    Magenta has it since 2019-04-24; nine drums of a model from before go by the older one.
    """

    name: str
    kind: VaeKind
    decoder: DecoderKind
    steps: int
    steps_per_quarter: int
    z: int
    input_depth: int
    output_depths: tuple[int, ...]
    encoder: tuple[int, ...]
    decoder_units: tuple[int, ...]
    control_depth: int = 0
    nade_hidden: int = 0
    conductor: tuple[int, ...] = ()
    segments: int = 1
    encoder_segments: int = 1
    end_token: int | None = None
    drum_map: DrumMap = ()
    groove: GrooveInput | None = None

    @property
    def output_depth(self) -> int:
        """Numbers of a step that the decoder gives, and is given back."""
        return sum(self.output_depths)

    @property
    def learnt_from(self) -> Kind:
        """The kind of data set that it learns from."""
        return "trio" if self.kind == "trio" else "melody" if self.kind == "melody" else "drums"

    @property
    def segment_steps(self) -> int:
        """Steps of a segment; of a flat decoder all."""
        return self.steps // self.segments


_TWO_BARS = VaeConfig("", "melody", "categorical", 32, 4, 256, _MELODY, (_MELODY,), (512,), (256, 256))
_BEAT = replace(_TWO_BARS, kind="drums", input_depth=10, output_depths=(_DRUMS,), drum_map=DRUM_MAP_2019)
_NADE = replace(_BEAT, kind="nade_drums", decoder="nade", encoder=(1024,), decoder_units=(512, 512), nade_hidden=128)
_TRIO = VaeConfig(
    "", "trio", "split", 256, 4, 512, 692, (_MELODY, _MELODY, _DRUMS), (2048, 2048), (1024, 1024),
    conductor=(1024, 1024), segments=16, drum_map=DRUM_MAP_2019,
)  # fmt: skip
_TUNE = replace(_TRIO, kind="melody", decoder="categorical", input_depth=_MELODY, output_depths=(_MELODY,), drum_map=())
_PERFORMANCE = VaeConfig(
    "", "multiperf", "categorical", 512, 24, 512, _MULTIPERF, (_MULTIPERF,), (1024,), (512, 512, 512),
    conductor=(512, 512, 512), segments=8, encoder_segments=8, end_token=_MULTIPERF - 1,
)  # fmt: skip
_BIG_PERFORMANCE = replace(_PERFORMANCE, encoder=(2048,), decoder_units=(1024,) * 3, conductor=(1024,) * 3)
_GROOVE_2BAR = replace(_BEAT, kind="groove", decoder="groove", input_depth=_GROOVE, output_depths=(_GROOVE,))


def _big(config: VaeConfig) -> VaeConfig:
    return replace(config, z=512, encoder=(2048,), decoder_units=(2048, 2048, 2048))


_CHORDS = 49  # a chord as note-seq's triad encoding has it
_HITS = 9
_TAP = GrooveInput(tapify=True, fixed_velocities=True)
_ROWS = {
    "cat-mel_2bar_small": _TWO_BARS,
    "cat-mel_2bar_big": _big(_TWO_BARS),
    "cat-mel_2bar_med_chords": replace(
        _TWO_BARS, encoder=(1024,), decoder_units=(512, 512, 512), control_depth=_CHORDS
    ),
    "cat-drums_2bar_small": _BEAT,
    "cat-drums_2bar_big": _big(_BEAT),
    "nade-drums_2bar_reduced": replace(_NADE, output_depths=(9,)),
    "nade-drums_2bar_full": replace(_NADE, input_depth=62, output_depths=(61,), drum_map=FULL_DRUM_MAP),
    "flat-trio_16bar": replace(_TRIO, decoder="categorical", decoder_units=(2048,) * 3, conductor=(), segments=1),
    "hierdec-trio_16bar": _TRIO,
    "hier-trio_16bar": replace(_TRIO, encoder=(1024,), encoder_segments=16),
    "flat-mel_16bar": replace(_TUNE, decoder_units=(2048,) * 3, conductor=(), segments=1),
    "hierdec-mel_16bar": _TUNE,
    "hier-mel_16bar": replace(_TUNE, encoder=(1024,), encoder_segments=16),
    "hier-multiperf_vel_1bar_med": _PERFORMANCE,
    "hier-multiperf_vel_1bar_big": _BIG_PERFORMANCE,
    "hier-multiperf_vel_1bar_med_chords": replace(_PERFORMANCE, control_depth=_CHORDS),
    "hier-multiperf_vel_1bar_big_chords": replace(_BIG_PERFORMANCE, control_depth=_CHORDS),
    "groovae_4bar": replace(_GROOVE_2BAR, steps=64, groove=GrooveInput()),
    "groovae_2bar_humanize": replace(_GROOVE_2BAR, groove=GrooveInput(humanize=True)),
    "groovae_2bar_tap_fixed_velocity": replace(_GROOVE_2BAR, groove=_TAP),
    "groovae_2bar_tap_fixed_velocity_note_dropout": replace(_GROOVE_2BAR, groove=replace(_TAP, note_dropout=0.8)),
    "groovae_2bar_add_closed_hh": replace(_GROOVE_2BAR, groove=GrooveInput(added=(CLOSED_HI_HAT,))),
    "groovae_2bar_hits_control_tfds": replace(_GROOVE_2BAR, groove=GrooveInput(), control_depth=_HITS),
}
VAE_CONFIGS: Mapping[str, VaeConfig] = MappingProxyType({name: replace(row, name=name) for name, row in _ROWS.items()})


def vae_config_named(name: str) -> VaeConfig:
    """The configuration of this name.

    Raises:
        SettingError: there is none.

    """
    if name in VAE_CONFIGS:
        return VAE_CONFIGS[name]
    close = difflib.get_close_matches(name, VAE_CONFIGS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(VAE_CONFIGS)}."
    raise SettingError(f"{name} is no configuration of a MusicVAE or GrooVAE: {hint}")
