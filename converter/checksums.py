"""The checksums inside a V1 checkpoint, which TensorFlow writes and, when it reads, does not compare.

Layout: tensorflow/core/lib/io/format.h (the SSTable of LevelDB). A block is its content, a byte of type, and the masked
CRC-32C of both; the footer of 48 bytes says where the index blocks lie, and the index where the data blocks lie.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.tensorflow_library import tensorflow

_FOOTER = 48
_TYPE_AND_CHECKSUM = 5


@dataclass(frozen=True)
class _Block:
    offset: int
    size: int


def is_intact(checkpoint: bytes) -> bool:
    """Whether every block of the table has the checksum that it was written with."""
    try:
        blocks = list(_blocks(checkpoint))
    except IndexError:  # a length or a place that points outside the file
        return False
    contents = [checkpoint[block.offset : block.offset + block.size + 1] for block in blocks]
    ends = [block.offset + block.size + _TYPE_AND_CHECKSUM for block in blocks]
    stored = [checkpoint[end - 4 : end] for end in ends]
    return max(ends) <= len(checkpoint) and stored == _checksums(contents)


def _checksums(contents: Sequence[bytes]) -> list[bytes]:
    """The masked CRC-32C of each, by TensorFlow's own hand: its record files end every record with just that."""
    tf = tensorflow()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records")
        with tf.io.TFRecordWriter(str(path)) as writer:
            for content in contents:
                writer.write(content)
        records = path.read_bytes()
    found, position = [], 0
    for content in contents:
        position += 12 + len(content) + 4  # length and its checksum, content and its checksum
        found.append(records[position - 4 : position])
    return found


def _blocks(table: bytes) -> Iterator[_Block]:
    footer = table[-_FOOTER:]
    metaindex, position = _block(footer, 0)
    index, _ = _block(footer, position)
    yield metaindex
    yield index
    yield from _indexed(table[index.offset : index.offset + index.size])


def _indexed(index: bytes) -> Iterator[_Block]:
    """The blocks an index names: each entry's value is a place; after the entries come restarts and their count."""
    restarts = int.from_bytes(index[-4:], "little")
    end, position = len(index) - 4 * (restarts + 1), 0
    while position < end:
        _, position = _varint(index, position)
        suffix, position = _varint(index, position)
        value, position = _varint(index, position)
        block, _ = _block(index, position + suffix)
        yield block
        position += suffix + value


def _block(content: bytes, position: int) -> tuple[_Block, int]:
    offset, position = _varint(content, position)
    size, position = _varint(content, position)
    return _Block(offset, size), position


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and the position behind it."""
    number, shift = 0, 0
    while content[position] & 0x80:
        number |= (content[position] & 0x7F) << shift
        position, shift = position + 1, shift + 7
    return number | content[position] << shift, position + 1
