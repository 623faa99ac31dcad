"""The card in a model file: what the appliance must know of the network, and where it came from."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from converter.errors import SourceError
from converter.rnn_config import EncodingKind, Family

FORMAT = 1
AnyCard = TypeVar("AnyCard", bound=msgspec.Struct)
Arrays = Mapping[str, npt.NDArray[np.float32]]
CARD_NAME = "card.json"
# ZIP knows no year before 1980; a fixed time makes the same model the same file.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


class EncodingCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a step of music becomes labels and an input row.

    The drums' fields are there in every card, empty for other kinds, so that a program that knows drums alone reads the
    card and can say what it has before it. The others are written where they say something: MIDI pitches, both
    included; lookbacks in steps; what stands in front of the event (rnn_config.py, `conditions`); the key that melodies
    are brought to (0 is C, -1 none); velocity bins; the longest shift and duration in steps; steps to a second where
    they do not count quarters; the sizes of several softmaxes; the hidden units of a NADE.
    """

    kind: EncodingKind
    drum_map: tuple[tuple[int, ...], ...]
    drum_map_vintage: Literal["2019", "2016", "one_drum", "none"]
    counter_bits: int
    input_size: int
    classes: int
    lowest_pitch: int = 0
    highest_pitch: int = 127
    lookbacks: tuple[int, ...] = ()
    conditions: tuple[str, ...] = ()
    key: int = -1
    velocity_bins: int = 0
    longest_shift: int = 0
    longest_duration: int = 0
    steps_per_second: int = 0
    softmaxes: tuple[int, ...] = ()
    nade_hidden: int = 0


class AttentionCard(msgspec.Struct, frozen=True, kw_only=True):
    """How many outputs are attended to, and of what."""

    length: int
    scope: Literal["layer_0", "stack"]


class StateTensor(msgspec.Struct, frozen=True):
    """A state tensor; its shape is [1, size]."""

    name: str
    size: int


class SourceCard(msgspec.Struct, frozen=True, kw_only=True):
    """The file the weights were read from."""

    file: str
    sha256: str
    kind: Literal["bundle", "checkpoint", "magenta-js"]
    generator_id: str
    description: str


class ParityCard(msgspec.Struct, frozen=True, kw_only=True):
    """How far the model's answers lay from its source's, over so many steps."""

    reference: str
    steps: int
    softmax_max_difference: float
    top1_agreement: float


class LikelihoodCard(msgspec.Struct, frozen=True, kw_only=True):
    """How well model and source foretell real grooves, in nats per step."""

    data: str
    files: int
    steps: int
    nats_per_step: float
    source_nats_per_step: float


class TfliteCard(msgspec.Struct, frozen=True, kw_only=True):
    """The flatbuffer in front of the card."""

    bytes: int
    sha256: str
    operators: tuple[str, ...]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """All of card.json."""

    format: int = FORMAT
    name: str
    description: str
    family: Family
    config: str
    encoding: EncodingCard
    steps_per_quarter: int
    layer_sizes: tuple[int, ...]
    attention: AttentionCard | None
    state: tuple[StateTensor, ...]
    quantization: Literal["none", "float16", "int8"]
    source: SourceCard
    licence: str
    credit: str
    parity: ParityCard
    likelihood: LikelihoodCard | None
    tflite: TfliteCard
    made_with: dict[str, str]


class Model(msgspec.Struct, frozen=True):
    """A model file's parts: the flatbuffer, the card, and the arrays that are used outside the step, by name."""

    flatbuffer: bytes
    card: Card
    arrays: Arrays = {}


def model_bytes(model: Model) -> bytes:
    """The model file: the flatbuffer, and behind it a ZIP archive with the card, as TFLite packs associated files.

    Arrays lie beside the card as NAME.npy (numpy's own format).
    """
    return packed(model.flatbuffer, model.card, model.arrays)


def packed(flatbuffer: bytes, card: msgspec.Struct, arrays: Arrays) -> bytes:
    """A model file with a card of any family."""
    text = json.dumps(msgspec.to_builtins(card), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    file = io.BytesIO(flatbuffer)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(CARD_NAME, _NO_TIME), text)
        for name, array in sorted(arrays.items()):
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _NO_TIME), _array_bytes(array))
    return file.getvalue()


def read_model(path: Path) -> Model:
    """The model file at `path`.

    Raises:
        SourceError: it cannot be read, is torn or altered, or its card is of another format.

    """
    return parse_model(content_of(path), path)


def content_of(path: Path) -> bytes:
    """What is in the file at `path`.

    Raises:
        SourceError: it cannot be read.

    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error


def parse_model(content: bytes, path: Path) -> Model:
    """The model in these bytes; `path` is named in what is said of a fault.

    Raises:
        SourceError: they are torn or altered, or the card is of another format.

    """
    text, arrays = archived(content, path)
    card = decoded(text, Card, path)
    return Model(flatbuffer_of(content, card.format, card.tflite, path), card, arrays)


def decoded(text: bytes, kind: type[AnyCard], path: Path) -> AnyCard:
    """The card in `text`; `path` is named in what is said of a fault.

    Raises:
        SourceError: it is none of this kind.

    """
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise _no_model(path, error) from error


def flatbuffer_of(content: bytes, card_format: int, tflite: TfliteCard, path: Path) -> bytes:
    """The flatbuffer in front of a card of this format.

    Raises:
        SourceError: the format is not ours, or the flatbuffer is not what the card says.

    """
    if card_format != FORMAT:
        raise SourceError(f"{path} has a card of format {card_format}; this program reads format {FORMAT}.")
    flatbuffer = content[: tflite.bytes]
    if hashlib.sha256(flatbuffer).hexdigest() != tflite.sha256:
        raise SourceError(
            f"{path} is not what its card says (sha256 differs): it is torn or altered, convert it again."
        )
    return flatbuffer


def _array_bytes(array: npt.NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(array, "<f4"), allow_pickle=False)
    return file.getvalue()


def archived(content: bytes, path: Path) -> tuple[bytes, dict[str, npt.NDArray[np.float32]]]:
    """The card as it is written, and the arrays beside it.

    Raises:
        SourceError: there is none, or the archive is torn.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = {
                name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name.endswith(".npy")
            }
            return archive.read(CARD_NAME), arrays
    # zipfile answers a torn archive with any of these.
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        LookupError,
        ValueError,
        EOFError,
        OSError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as error:
        raise _no_model(path, error) from error


def _no_model(path: Path, error: Exception) -> SourceError:
    return SourceError(f"{path} is no Ghostnote model, or is torn ({error}): convert it again.")
