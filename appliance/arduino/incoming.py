"""Bytes from the board to replies: exclusive messages, debug frames of hairless-midiserial, and whatever else comes."""

from collections.abc import Iterator

from appliance.arduino.messages import Reply, Words, reply_of

_BEGIN, _END = 0xF0, 0xF7
_REAL_TIME = 0xF8
_DEBUG = 0xFF
_DEBUG_HEAD = 3  # bytes behind FF: 00 00 and a length

# The longest message of ours has 24 bytes; what is longer is noise, or somebody else's.
_LONGEST = 64


class Incoming:
    """A byte stream, cut into what it says; what says nothing is passed over and counted in `noise`."""

    def __init__(self) -> None:
        self._message: bytearray | None = None
        self._debug: bytearray | None = None
        self.noise = 0

    def receive(self, data: bytes) -> Iterator[Reply]:
        """What is complete with these bytes."""
        for byte in data:
            reply = self._take(byte)
            if reply is not None:
                yield reply

    def _take(self, byte: int) -> Reply | None:
        if self._debug is not None:
            return self._take_debug(byte)
        if byte == _DEBUG:
            self._debug = bytearray()
        elif byte == _BEGIN:
            self._message = bytearray()
        elif byte == _END:
            return self._end()
        elif byte < 0x80 and self._message is not None and len(self._message) < _LONGEST:
            self._message.append(byte)
        elif byte < _REAL_TIME:
            self._message = None
            self.noise += 1
        return None

    def _end(self) -> Reply | None:
        message, self._message = self._message, None
        reply = None if message is None else reply_of(bytes(message))
        self.noise += reply is None
        return reply

    def _take_debug(self, byte: int) -> Words | None:
        frame = self._debug
        assert frame is not None, "a debug frame is under way"
        if len(frame) < _DEBUG_HEAD - 1 and byte != 0:
            # A system reset, or noise: what comes behind it is no frame.
            self._debug = None
            self.noise += 1
            self._take(byte)
            return None
        frame.append(byte)
        if len(frame) < _DEBUG_HEAD or len(frame) < _DEBUG_HEAD + frame[2]:
            return None
        self._debug = None
        return Words(bytes(frame[_DEBUG_HEAD:]).decode("utf-8", "replace"))
