"""The checksums inside a V1 checkpoint, which TensorFlow writes and, when it reads, does not compare.

Layout: tensorflow/core/lib/io/format.h (the SSTable of LevelDB). A block is its content, a byte of type, and the masked
CRC-32C of both; the footer of 48 bytes says where the index blocks lie, and the index where the data blocks lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from converter.bundle_table import read_number
from converter.crc32c import masked_crc32c

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
    sums = [masked_crc32c(content).to_bytes(4, "little") for content in contents]
    return max(ends) <= len(checkpoint) and stored == sums


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
        _, position = read_number(index, position)
        suffix, position = read_number(index, position)
        value, position = read_number(index, position)
        block, _ = _block(index, position + suffix)
        yield block
        position += suffix + value


def _block(content: bytes, position: int) -> tuple[_Block, int]:
    offset, position = read_number(content, position)
    size, position = read_number(content, position)
    return _Block(offset, size), position
