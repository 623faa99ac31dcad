"""The checksum in TensorFlow's checkpoints: CRC-32C (Castagnoli, RFC 3720), masked as LevelDB masks it.

Of megabytes, without a library of its own: a message is cut into lanes that numpy goes through side by side. That works
because a CRC that starts at 0 is linear: zeros in front change nothing, and the CRC of two pieces is that of the first,
carried over as many zero bytes as the second is long, xor that of the second.
"""

import numpy as np
import numpy.typing as npt

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, its bits turned around
_MASK_DELTA = 0xA282EAD8  # tensorflow/core/lib/hash/crc32c.h
_LANES = 4096
Words = npt.NDArray[np.uint32]


def masked_crc32c(content: bytes) -> int:
    """What TensorFlow stores: the checksum turned by 15 bits, plus a constant."""
    crc = crc32c(content)
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def crc32c(content: bytes) -> int:
    """The checksum."""
    # A start of ones is the same as the first four bytes turned around; shorter messages are gone through by hand.
    if len(content) < 4:
        crc = 0xFFFFFFFF
        for byte in content:
            crc = int(_TABLE[(crc ^ byte) & 0xFF]) ^ crc >> 8
        return crc ^ 0xFFFFFFFF
    length = -(-len(content) // _LANES)
    rows = np.zeros(_LANES * length, np.uint8)
    first = len(rows) - len(content)
    rows[first:] = np.frombuffer(content, np.uint8)
    rows[first : first + 4] ^= 0xFF
    columns, lanes = rows.reshape(_LANES, length).T, np.zeros(_LANES, np.uint32)
    for column in columns:
        lanes = _TABLE[(lanes ^ column) & np.uint32(0xFF)] ^ lanes >> np.uint32(8)
    carry = _powered(_BYTE, length)
    while len(lanes) > 1:
        lanes = _carried(lanes[::2], carry) ^ lanes[1::2]
        carry = _carried(carry, carry)
    return int(lanes[0]) ^ 0xFFFFFFFF


def _carried(crcs: Words, operator: Words) -> Words:
    """Each CRC over as many zero bytes as the operator stands for; it says what becomes of each bit [32]."""
    found = np.zeros_like(crcs)
    for bit in range(32):
        found ^= operator[bit] * (crcs >> np.uint32(bit) & np.uint32(1))
    return found


def _powered(operator: Words, times: int) -> Words:
    """The operator so many times over."""
    found: Words = _BITS
    while times:
        if times & 1:
            found = _carried(found, operator)
        operator, times = _carried(operator, operator), times >> 1
    return found


def _table() -> Words:
    found = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        found = (found >> np.uint32(1)) ^ (found & np.uint32(1)) * np.uint32(_POLYNOMIAL)
    return found


_TABLE = _table()
_BITS: Words = np.left_shift(np.uint32(1), np.arange(32, dtype=np.uint32))
_BYTE: Words = _TABLE[_BITS & np.uint32(0xFF)] ^ _BITS >> np.uint32(8)  # what a zero byte makes of each bit
