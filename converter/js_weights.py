"""The weights of a magenta-js model: a folder with weights_manifest.json and the shards it names.

The format is that of TensorFlow.js (tfjs-core/src/io/types.ts, WeightsManifestConfig): groups of shards, laid end to
end and cut, in the manifest's order, into little-endian tensors; a quantised one is `number * scale + min`.
"""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from converter.errors import SourceError
from converter.weights import Variables, kept

MANIFEST = "weights_manifest.json"
CONFIG = "config.json"


class Quantization(msgspec.Struct, frozen=True):
    """How a quantised tensor's whole numbers become floats."""

    scale: float
    min: float
    dtype: Literal["uint8", "uint16"]


class Weight(msgspec.Struct, frozen=True):
    """One tensor of a group."""

    name: str
    shape: tuple[int, ...]
    dtype: Literal["float32", "int32", "uint8", "bool"]
    quantization: Quantization | None = None

    @property
    def stored(self) -> np.dtype[np.generic]:
        """The type of its numbers in the shards."""
        name = self.quantization.dtype if self.quantization else self.dtype
        return np.dtype(name).newbyteorder("<")


class Group(msgspec.Struct, frozen=True):
    """Shards that belong together, and the tensors in them."""

    paths: tuple[str, ...]
    weights: tuple[Weight, ...]


class ConverterArguments(msgspec.Struct, frozen=True, rename="camel"):
    """What a groove model hears of a groove; of other kinds all stays False (magenta-js, music_vae/model.ts)."""

    humanize: bool = False
    tapify: bool = False
    hits_as_controls: bool = False


class DataConverter(msgspec.Struct, frozen=True):
    """How a MusicVAE is fed."""

    type: str = ""
    args: ConverterArguments = ConverterArguments()


class ModelConfig(msgspec.Struct, frozen=True, rename="camel"):
    """What config.json may know that the weights do not: the attention's length, and how a MusicVAE is fed."""

    attention_length: int | None = None
    data_converter: DataConverter = DataConverter()


def is_js_model(path: Path) -> bool:
    """Whether the path is a magenta-js folder, or the manifest of one."""
    return path.name == MANIFEST or (path.is_dir() and (path / MANIFEST).is_file())


def read_js_weights(folder: Path) -> Variables:
    """The variables, under their modern names and without an optimizer's.

    Raises:
        SourceError: a file is missing, torn or not what the manifest says.

    """
    manifest = folder / MANIFEST
    named = ((name, array) for group in _groups(manifest) for name, array in _tensors(folder, group))
    return kept(named, manifest)


def config_of(folder: Path) -> ModelConfig:
    """What the folder's config.json says; nothing where there is none.

    Raises:
        SourceError: config.json is there and does not read.

    """
    path = folder / CONFIG
    if not path.is_file():
        return ModelConfig()
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelConfig)
    except (OSError, msgspec.MsgspecError) as error:
        raise SourceError(f"{path} does not read ({error}). Fetch it again.") from error


def digest_of(folder: Path) -> str:
    """SHA-256 over the manifest and the shards in its order."""
    digest = hashlib.sha256((folder / MANIFEST).read_bytes())
    for group in _groups(folder / MANIFEST):
        for shard in group.paths:
            digest.update((folder / shard).read_bytes())
    return digest.hexdigest()


def _groups(manifest: Path) -> list[Group]:
    try:
        return msgspec.json.decode(manifest.read_bytes(), type=list[Group])
    except (OSError, msgspec.MsgspecError) as error:
        raise SourceError(f"{manifest} does not read as a list of weights ({error}). Fetch it again.") from error


def _tensors(folder: Path, group: Group) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
    content = b"".join(_shard(folder, name) for name in group.paths)
    needed = sum(_bytes(weight) for weight in group.weights)
    if len(content) != needed:
        raise SourceError(
            f"{folder} holds {len(content)} bytes in {', '.join(group.paths)} where its manifest asks for {needed}. "
            "Fetch the shards again."
        )
    position = 0
    for weight in group.weights:
        numbers = np.frombuffer(content, weight.stored, math.prod(weight.shape), position).reshape(weight.shape)
        position += _bytes(weight)
        yield weight.name, _unquantised(numbers, weight.quantization)


def _unquantised(numbers: npt.NDArray[np.generic], how: Quantization | None) -> npt.NDArray[np.generic]:
    return numbers if how is None else (numbers.astype(np.float64) * how.scale + how.min).astype(np.float32)


def _bytes(weight: Weight) -> int:
    return math.prod(weight.shape) * weight.stored.itemsize


def _shard(folder: Path, name: str) -> bytes:
    # A manifest from elsewhere shall not name a file of this machine outside its own folder.
    if Path(name).name != name:
        raise SourceError(f"{folder / MANIFEST} names a shard outside its folder: {name!r}.")
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise SourceError(f"{folder / name} cannot be read: {error.strerror}. Bring all shards.") from error
