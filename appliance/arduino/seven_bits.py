"""Numbers and bytes on a wire whose data bytes have seven bits, and the two checksums."""

_TOP = 0x80


def number(value: int, count: int) -> bytes:
    """The low 7 * `count` bits of a number, the lowest seven first."""
    return bytes(value >> 7 * place & 0x7F for place in range(count))


def value_of(data: bytes) -> int:
    """The number again, 0 or more."""
    return sum(byte << 7 * place for place, byte in enumerate(data))


def signed(data: bytes) -> int:
    """The number again, of two's complement."""
    bits = 7 * len(data)
    value = value_of(data)
    return value - (1 << bits) if value >> bits - 1 else value


def packed(plain: bytes) -> bytes:
    """Eight bits in seven: before each seven bytes a byte of their top bits, the first byte's lowest."""
    parts = (plain[start : start + 7] for start in range(0, len(plain), 7))
    return b"".join(_tops(part) + bytes(byte & 0x7F for byte in part) for part in parts)


def unpacked(data: bytes) -> bytes:
    """The bytes again."""
    parts = (data[start : start + 8] for start in range(0, len(data), 8))
    return bytes(byte | (part[0] >> place & 1) << 7 for part in parts for place, byte in enumerate(part[1:]))


def crc7(data: bytes) -> int:
    """CRC-7 with the polynomial x^7 + x^3 + 1, as in an SD card's commands (SD Physical Layer Specification, 4.5)."""
    crc = 0
    for byte in data:
        for place in range(7, -1, -1):
            top = (crc >> 6 ^ byte >> place) & 1
            crc = crc << 1 & 0x7F
            if top:
                crc ^= 0x09
    return crc


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 1021 hex, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _tops(part: bytes) -> bytes:
    return bytes((sum((byte & _TOP) >> 7 << place for place, byte in enumerate(part)),))
