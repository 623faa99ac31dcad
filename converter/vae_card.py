"""The card in the model file of a variational autoencoder."""

from pathlib import Path
from typing import Literal

import msgspec

from converter.card import (
    FORMAT,
    Arrays,
    SourceCard,
    StateTensor,
    TfliteCard,
    archived,
    content_of,
    decoded,
    flatbuffer_of,
    packed,
)
from converter.vae_config import DecoderKind, VaeKind

FAMILY: Literal["music_vae"] = "music_vae"


class VaeParityCard(msgspec.Struct, frozen=True, kw_only=True):
    """How far the model lay from its source; the figures are those of vae_parity.py."""

    reference: str
    steps: int
    mu_max_difference: float
    sigma_max_difference: float
    output_max_difference: float
    output_mean_difference: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What the model gave on music it was not trained on: figures by name, unit in the name."""

    data: str
    figures: dict[str, float]


class GrooveCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a groove model hears of a groove (vae_config.py, GrooveInput)."""

    humanize: bool
    tapify: bool
    fixed_velocities: bool
    added: tuple[int, ...]


class VaeCard(msgspec.Struct, frozen=True, kw_only=True):
    """All of card.json of an autoencoder.

    `encoder`: units of each layer or level, of one direction. `state`: what `start` gives and `step` takes, in order;
    what has no successor named `NAME_out` stays as it is until the next segment.
    """

    format: int = FORMAT
    name: str
    description: str
    family: Literal["music_vae"] = FAMILY
    config: str
    kind: VaeKind
    decoder: DecoderKind
    steps: int
    steps_per_quarter: int
    z: int
    input_depth: int
    output_depths: tuple[int, ...]
    control_depth: int
    encoder: tuple[int, ...]
    encoder_segments: int
    decoder_layers: tuple[int, ...]
    conductor: tuple[int, ...]
    segments: int
    end_token: int | None
    nade_hidden: int
    drum_map: tuple[tuple[int, ...], ...]
    drum_map_vintage: Literal["2019", "2016", "none"]
    groove: GrooveCard | None
    state: tuple[StateTensor, ...]
    quantization: Literal["none", "float16", "int8"]
    source: SourceCard
    licence: str
    credit: str
    parity: VaeParityCard
    evaluation: Evaluation | None
    tflite: TfliteCard
    made_with: dict[str, str]


class VaeModel(msgspec.Struct, frozen=True):
    """A model file's parts: the flatbuffer, the card, and a NADE's weights, by name."""

    flatbuffer: bytes
    card: VaeCard
    arrays: Arrays = {}


class _Kin(msgspec.Struct, frozen=True):
    family: str


def vae_model_bytes(model: VaeModel) -> bytes:
    """The model file."""
    return packed(model.flatbuffer, model.card, model.arrays)


def read_vae_model(path: Path) -> VaeModel:
    """The model file at `path`.

    Raises:
        SourceError: it cannot be read, is torn or altered, or is no autoencoder.

    """
    return parse_vae_model(content_of(path), path)


def parse_vae_model(content: bytes, path: Path) -> VaeModel:
    """The model in these bytes; `path` is named in what is said of a fault.

    Raises:
        SourceError: they are torn or altered, or no autoencoder.

    """
    text, arrays = archived(content, path)
    card = decoded(text, VaeCard, path)
    return VaeModel(flatbuffer_of(content, card.format, card.tflite, path), card, arrays)


def is_vae_model(path: Path) -> bool:
    """Whether the model file at `path` is an autoencoder.

    Raises:
        SourceError: it cannot be read or is torn.

    """
    text, _ = archived(content_of(path), path)
    return decoded(text, _Kin, path).family == FAMILY
