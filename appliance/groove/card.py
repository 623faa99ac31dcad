"""What the file of an autoencoder says of itself."""

import msgspec

from appliance.answer.card import Flatbuffer, StateTensor

FAMILY = "music_vae"
_FORMAT = 1
_SIXTEENTHS = 4  # to a quarter
_KINDS = {"groove": 27, "drums": 10}  # and the width of what each hears
_CLASSES = 9


class GrooveInput(msgspec.Struct, frozen=True):
    """What a groove model hears: hits alone (`humanize`), or the loudest of each step as an open hi-hat (`tapify`)."""

    humanize: bool = False
    tapify: bool = False
    fixed_velocities: bool = False
    added: tuple[int, ...] = ()  # classes of drums that it does not hear


class AutoencoderCard(msgspec.Struct, frozen=True):
    """The fields of `card.json` that the appliance needs."""

    format: int
    name: str
    description: str
    family: str
    config: str
    kind: str
    steps: int
    steps_per_quarter: int
    z: int
    input_depth: int
    output_depths: tuple[int, ...]
    control_depth: int
    encoder: tuple[int, ...]
    encoder_segments: int
    segments: int
    drum_map: tuple[tuple[int, ...], ...]
    state: tuple[StateTensor, ...]
    quantization: str
    licence: str
    credit: str
    tflite: Flatbuffer
    groove: GrooveInput | None = None


def check(card: AutoencoderCard) -> None:
    """Raises: ValueError for an autoencoder that plays no drums, or contradicts itself."""
    if (card.format, card.family) != (_FORMAT, FAMILY):
        raise ValueError(f"it is a {card.family} model with a card of format {card.format}")
    if card.kind not in _KINDS or card.control_depth or len(card.encoder) != 1:
        raise ValueError(f"{card.config} plays no drums in the box: groovae_... and cat-drums_2bar_... do")
    if card.segments != 1 or card.encoder_segments != 1 or card.steps_per_quarter != _SIXTEENTHS:
        raise ValueError("its windows are not of sixteenths, one after the other")
    depths = (27,) if card.kind == "groove" else (1 << _CLASSES,)
    if len(card.drum_map) != _CLASSES or not all(card.drum_map) or card.output_depths != depths:
        raise ValueError("its drums are not nine")
    if card.input_depth != _KINDS[card.kind] or (card.kind == "groove") != (card.groove is not None):
        raise ValueError("what it hears is not what its kind hears")
