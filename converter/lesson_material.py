"""Music in the encoding of a named configuration, and who plays what its networks say."""

from collections.abc import Sequence

from converter.dataset import Augmentation
from converter.drum_kit import DRUM_KIT, ONE_DRUM, Encoding
from converter.encoded import Code
from converter.listening import DrumPlayer, MelodyPlayer, Player
from converter.material import DrumMaterial, Material, drum_code
from converter.melody_material import MELODY_ENCODINGS, MelodyMaterial
from converter.piece import Piece

_DRUMS = {"drum_kit": (DRUM_KIT, 4), "one_drum": (ONE_DRUM, 2)}


def codes() -> dict[str, Code]:
    """The sizes of every configuration's encoding."""
    drums = {name: drum_code(encoding) for name, (encoding, _) in _DRUMS.items()}
    return drums | {name: encoding.code for name, encoding in MELODY_ENCODINGS.items()}


def material_of(
    config: str,
    pieces: Sequence[Piece],
    augmentation: Augmentation,
    encoding: Encoding | None = None,
    longest: int = 512,
) -> Material:
    """The pieces in a configuration's encoding; of a drum model, in `encoding` where it is given."""
    if config in _DRUMS:
        drums, steps_per_quarter = _DRUMS[config]
        return DrumMaterial(pieces, encoding or drums, steps_per_quarter, augmentation, longest)
    return MelodyMaterial(pieces, MELODY_ENCODINGS[config], augmentation)


def player_of(config: str, encoding: Encoding | None = None) -> Player:
    """Who plays what a network of this configuration says."""
    if config in _DRUMS:
        drums, steps_per_quarter = _DRUMS[config]
        return DrumPlayer(encoding or drums, steps_per_quarter)
    return MelodyPlayer(MELODY_ENCODINGS[config])
