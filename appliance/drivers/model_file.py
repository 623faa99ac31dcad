"""A model on disk: a flatbuffer with its card in a ZIP archive behind it.

That is how TFLite metadata packs files with a model; an interpreter does not look behind the flatbuffer, and a file
that was torn on its way has lost the archive's end, so it is noticed before a step is made.
"""

import difflib
import hashlib
import struct
import zipfile
import zlib
from pathlib import Path

import msgspec

from appliance.answer.card import Card, Flatbuffer
from appliance.answer.networks import FAMILIES, check_encoding
from appliance.errors import ModelError
from appliance.groove.card import FAMILY, AutoencoderCard, check
from appliance.shipped import model_folders

CARD = "card.json"
_FORMAT = 1

# All that zipfile raises for an archive that is none, or of a kind that nobody wrote here.
_NO_ARCHIVE = (zipfile.BadZipFile, KeyError, NotImplementedError, EOFError, RuntimeError, ValueError)
_TORN = (*_NO_ARCHIVE, struct.error, zlib.error)


def find_model(name_or_path: str) -> Path:
    """The file of a delivered or shipped model's name, or of a path. Raises: ModelError, with what may be meant."""
    path = Path(name_or_path)
    if path.suffix != ".tflite" and path.is_file():
        raise ModelError(f"{path} is no .tflite: make one of it with ghostnote-converter convert {path}")
    # A dot alone makes no path: checkpoints are called model.ckpt-1200.
    if path.suffix == ".tflite" or len(path.parts) > 1:
        if not path.is_file():
            raise ModelError(f"there is no model file {path}: give a .tflite that ghostnote-converter wrote")
        return path
    folders = model_folders()
    # One that was delivered goes before a shipped one of the same name.
    models = {file.stem: file for folder in reversed(folders) for file in sorted(folder.glob("*.tflite"))}
    if name_or_path not in models:
        close = difflib.get_close_matches(name_or_path, models, n=1, cutoff=0.4)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(models) or 'none'}"
        raise ModelError(f"there is no model {name_or_path!r} in {folders[-1]}: {hint}")
    return models[name_or_path]


def read_card(path: Path) -> Card:
    """The card of a model file, after a look at the whole of it.

    Raises: ModelError for a file that is torn, has no card, or is of a kind this version cannot play.
    """
    text = _card_text(path)
    try:
        if msgspec.json.decode(text, type=_Kin).family == FAMILY:
            raise ModelError(f"{path} is a groove model: name it in [groove], not as the model that answers")
        card = msgspec.json.decode(text, type=Card)
    except msgspec.MsgspecError as error:
        raise ModelError(f"the card in {path} does not read ({error}): convert the model again") from None
    _check(card, path)
    return card


def read_autoencoder_card(path: Path) -> AutoencoderCard:
    """The card of a groove model's file, after a look at the whole of it.

    Raises: ModelError for a file that is torn, has no card, or is of a kind this version cannot play.
    """
    text = _card_text(path)
    try:
        if msgspec.json.decode(text, type=_Kin).family != FAMILY:
            raise ModelError(f"{path} is no groove model: in [groove] stand MusicVAEs and GrooVAEs of drums")
        card = msgspec.json.decode(text, type=AutoencoderCard)
        check(card)
    except msgspec.MsgspecError as error:
        raise ModelError(f"the card in {path} does not read ({error}): convert the model again") from None
    except ValueError as error:
        raise ModelError(f"{path} cannot be played: {error}") from None
    _check_flatbuffer(card.tflite, path)
    return card


class _Kin(msgspec.Struct, frozen=True):
    family: str


def _card_text(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(CARD)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror or error}") from None
    except _TORN:
        reason = f"{path} is torn, or no model that ghostnote-converter wrote: copy or convert it again"
        raise ModelError(reason) from None


def _check(card: Card, path: Path) -> None:
    if card.format != _FORMAT or card.family not in FAMILIES:
        raise ModelError(
            f"{path} is a {card.family} model with a card of format {card.format}: this version plays "
            f"{', '.join(sorted(FAMILIES))} of format {_FORMAT}"
        )
    try:
        check_encoding(card)
    except ValueError as error:
        raise ModelError(f"the card in {path} contradicts itself: {error}; convert the model again") from None
    _check_flatbuffer(card.tflite, path)


def _check_flatbuffer(tflite: Flatbuffer, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.sha256(file.read(tflite.bytes)).hexdigest()
    if found != tflite.sha256:
        raise ModelError(f"{path} was changed since it was written (sha256 {found[:12]}…): copy or convert it again")
