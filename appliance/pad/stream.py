"""Bytes of a MIDI wire in, whole messages out.

MIDI 1.0 Detailed Specification (4.2.1): a status byte may be left out while it is the same (running status); real-time
bytes may stand anywhere, even between the bytes of another message; system exclusive lasts until any other status.
"""

# How many data bytes follow a status: by its upper four bits, and for system common messages by the whole byte.
_VOICE_LENGTHS = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_COMMON_LENGTHS = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0}
_EXCLUSIVE = 0xF0
_END_OF_EXCLUSIVE = 0xF7
_FIRST_REAL_TIME = 0xF8
_UNDEFINED = frozenset({0xF9, 0xFD})

# Bytes of a system exclusive message that are kept: an identity reply has 15, a pad's whole memory may have 100,000.
LONGEST = 512


class MidiStream:
    """Gives each message as soon as its last byte is there; what is broken off is dropped, garbage costs nothing.

    An exclusive message longer than `LONGEST` bytes is dropped whole.
    """

    def __init__(self) -> None:
        self._status = 0  # 0: none, data bytes are passed over
        self._data = bytearray()
        self._exclusive: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole with these bytes, in the order of their last bytes."""
        messages = []
        for byte in data:
            message = self._take(byte)
            if message:
                messages.append(message)
        return messages

    def _take(self, byte: int) -> bytes | None:
        if byte >= _FIRST_REAL_TIME:
            return None if byte in _UNDEFINED else bytes((byte,))
        if byte & 0x80:
            return self._begin(byte)
        if self._exclusive is not None:
            if len(self._exclusive) <= LONGEST:
                self._exclusive.append(byte)
            return None
        return self._continue(byte)

    def _begin(self, status: int) -> bytes | None:
        whole = self._end_exclusive(status)
        self._data.clear()
        if status == _EXCLUSIVE:
            self._exclusive = bytearray((status,))
        # Every system common message, an undefined one too, ends running status.
        known = status < _EXCLUSIVE or _COMMON_LENGTHS.get(status)
        self._status = status if known else 0
        return bytes((status,)) if _COMMON_LENGTHS.get(status) == 0 else whole

    def _end_exclusive(self, status: int) -> bytes | None:
        exclusive, self._exclusive = self._exclusive, None
        if exclusive is None or status != _END_OF_EXCLUSIVE or len(exclusive) >= LONGEST:
            return None
        return bytes(exclusive) + bytes((status,))

    def _continue(self, byte: int) -> bytes | None:
        if not self._status:
            return None
        self._data.append(byte)
        if len(self._data) < (_COMMON_LENGTHS.get(self._status) or _VOICE_LENGTHS[self._status & 0xF0]):
            return None
        message = bytes((self._status, *self._data))
        self._data.clear()
        if self._status >= _EXCLUSIVE:
            self._status = 0
        return message
