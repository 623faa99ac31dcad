"""The index of a V2 checkpoint, read and written without TensorFlow: which tensor lies where in the data.

Layout: an SSTable of LevelDB's (tensorflow/core/lib/io/format.h) whose keys are the variables' names and whose values
are BundleEntryProto; the empty key has the BundleHeaderProto (tensorflow/core/protobuf/tensor_bundle.proto).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from converter.crc32c import masked_crc32c

DType = np.dtype[Any]
_MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
_FOOTER, _PLAIN = 48, b"\0"  # the latter: a block that is not compressed
_HEADER = bytes.fromhex("08011a020801")  # one shard, little endian, version 1
# tensorflow/core/framework/types.proto
_TYPES: Mapping[int, DType] = MappingProxyType({1: np.dtype("float32"), 3: np.dtype("int32"), 9: np.dtype("int64")})
_NUMBERS = MappingProxyType({kind: number for number, kind in _TYPES.items()})


@dataclass(frozen=True)
class Entry:
    """A tensor: its type and shape, and the bytes of the data that hold it."""

    dtype: DType
    shape: tuple[int, ...]
    offset: int
    size: int
    checksum: int


def table_bytes(entries: Mapping[str, Entry]) -> bytes:
    """The index of these tensors, whose data is one file."""
    named = {b"": _HEADER} | {name.encode(): _spelt(entry) for name, entry in entries.items()}
    data = _block(sorted(named.items()))
    nothing = _block([])
    index = _block([(max(named) + b"\xff", _varint(0) + _varint(len(data) - 5))])
    places = _varint(len(data)) + _varint(len(nothing) - 5)
    places += _varint(len(data) + len(nothing)) + _varint(len(index) - 5)
    return data + nothing + index + places.ljust(_FOOTER - 8, b"\0") + _MAGIC


def read_table(content: bytes) -> dict[str, Entry]:
    """The tensors that an index names.

    Raises:
        ValueError: it is no index, torn, or holds what this does not read (compression, several data files, slices).

    """
    if content[-8:] != _MAGIC:
        raise ValueError("it does not end as an index does")
    try:
        _, position = _place(content[-_FOOTER:], 0)
        index, _ = _place(content[-_FOOTER:], position)
        found = {
            key.decode(): value
            for _, block in _entries(_plain(content, index))
            for key, value in _entries(_plain(content, _place(block, 0)[0]))
        }
        if found.pop("", b"")[:2] != _HEADER[:2]:
            raise ValueError("its data is in several files")
        return {name: _read(value) for name, value in found.items()}
    except IndexError:
        raise ValueError("it is torn") from None


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Keys in full; one restart at the beginning."""
    body = b"".join(
        _varint(0) + _varint(len(key)) + _varint(len(value)) + key + value for key, value in entries
    ) + bytes([0, 0, 0, 0, 1, 0, 0, 0])
    return body + _PLAIN + masked_crc32c(body + _PLAIN).to_bytes(4, "little")


def _plain(content: bytes, place: tuple[int, int]) -> bytes:
    offset, size = place
    block, trailer = content[offset : offset + size], content[offset + size : offset + size + 5]
    if len(trailer) < 5 or masked_crc32c(block + trailer[:1]) != int.from_bytes(trailer[1:], "little"):
        raise ValueError("its checksums do not agree")
    if trailer[:1] != _PLAIN:
        raise ValueError("it is compressed")
    return block


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    end, position, key = len(block) - 4 * (int.from_bytes(block[-4:], "little") + 1), 0, b""
    while position < end:
        shared, position = read_number(block, position)
        suffix, position = read_number(block, position)
        size, position = read_number(block, position)
        key = key[:shared] + block[position : position + suffix]
        yield key, block[position + suffix : position + suffix + size]
        position += suffix + size


def _spelt(entry: Entry) -> bytes:
    shape = b"".join(_field(2, b"\x08" + _varint(size)) for size in entry.shape)
    numbers = b"\x08" + _varint(_NUMBERS[entry.dtype]) + _field(2, shape)
    numbers += b"\x20" + _varint(entry.offset) if entry.offset else b""
    return numbers + b"\x28" + _varint(entry.size) + b"\x35" + entry.checksum.to_bytes(4, "little")


def _read(value: bytes) -> Entry:
    numbers, messages = _fields(value)
    if numbers.get(3) or any(field == 7 for field, _ in messages) or numbers.get(1) not in _TYPES:
        raise ValueError("it holds tensors in slices, in several files, or of a type that weights do not have")
    dimensions = [size for field, shape in messages if field == 2 for _, size in _fields(shape)[1]]
    shape = tuple(_fields(size)[0].get(1, 0) for size in dimensions)
    return Entry(_TYPES[numbers[1]], shape, numbers.get(4, 0), numbers.get(5, 0), numbers.get(6, 0))


def _fields(message: bytes) -> tuple[dict[int, int], list[tuple[int, bytes]]]:
    """The numbers of a protobuf message by field, and field and content of the messages in it."""
    position = 0
    numbers: dict[int, int] = {}
    messages: list[tuple[int, bytes]] = []
    while position < len(message):
        tag, position = read_number(message, position)
        field, kind = tag >> 3, tag & 7
        if kind == 0:
            numbers[field], position = read_number(message, position)
        elif kind == 5:
            numbers[field] = int.from_bytes(message[position : position + 4], "little")
            position += 4
        elif kind == 2:
            size, position = read_number(message, position)
            messages.append((field, message[position : position + size]))
            position += size
        else:
            raise ValueError("it holds what no index holds")
    return numbers, messages


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _place(content: bytes, position: int) -> tuple[tuple[int, int], int]:
    offset, position = read_number(content, position)
    size, position = read_number(content, position)
    return (offset, size), position


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def read_number(content: bytes, position: int) -> tuple[int, int]:
    """A varint: a number in groups of seven bits, the lowest first, and the position behind it."""
    number, shift = 0, 0
    while content[position] & 0x80:
        number |= (content[position] & 0x7F) << shift
        position, shift = position + 1, shift + 7
    return number | content[position] << shift, position + 1
