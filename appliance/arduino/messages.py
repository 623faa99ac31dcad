"""What host and board say to each other: hw/firmware/PROTOCOL.md."""

from collections.abc import Callable, Iterable
from enum import IntEnum, IntFlag

import msgspec

from appliance.arduino.seven_bits import crc7, number, packed, signed, value_of

VERSION = 1
PIECE = 24  # bytes of an image in a message
MOST_SEGMENTS = 5
LONGEST_SEGMENT = 0xFFFF  # ticks: the board counts them in 16 bits

_BEGIN, _END = 0xF0, 0xF7
_OURS = bytes((0x7D, 0x47))  # non-commercial use (MIDI 1.0 Detailed Specification, table VIIa), and G for Ghostnote
_IDENTITY = bytes((0x06, 0x02))

IDENTITY_REQUEST = bytes((_BEGIN, 0x7E, 0x7F, 0x06, 0x01, _END))
ACTIVE_SENSING = bytes((0xFE,))
ALL_SOUND_OFF = bytes((0xB0, 120, 0))

_INSTANT_BITS = 28


class Ask(IntEnum):
    """What the host asks for."""

    HELLO = 1
    CLOCK = 2
    STROKE = 3
    MOTION = 4
    STATUS = 5
    PANIC = 6
    WRITE = 7
    COMMIT = 8


class Outcome(IntEnum):
    """What became of a motion on the board."""

    STRUCK = 0
    LATE = 1
    BUSY = 2
    HOT = 3
    NO_MOTOR = 4
    FULL = 5
    STOPPED = 6
    LIMIT = 7


class ResetCause(IntFlag):
    """Why the board started; several may be set, none where its bootloader does not say."""

    POWER_ON = 1
    EXTERNAL = 2
    BROWN_OUT = 4
    WATCHDOG = 8


class WriteResult(IntEnum):
    """What came of a piece of settings, or of their commit."""

    WRITTEN = 1
    REFUSED = 2
    COMMITTED = 3
    CORRUPT = 4


class Identity(msgspec.Struct, frozen=True):
    """The reply to an identity request. `ours`: it is Ghostnote's firmware."""

    ours: bool
    board: int
    driver: int
    firmware: tuple[int, int, int]


class Hello(msgspec.Struct, frozen=True):
    """Who the board is: its first word after a start, or because it was `asked`."""

    version: int
    asked: bool
    firmware: tuple[int, int, int]
    board: int
    driver: int
    cause: ResetCause
    resets: int
    origin: int
    checksum: int


class ClockRead(msgspec.Struct, frozen=True, gc=False):
    """The board's clock, 32 bits of 4 us, when the question with that sequence number had come."""

    sequence: int
    ticks: int


class Done(msgspec.Struct, frozen=True, gc=False):
    """What became of a motion; one that was struck began `lateness` ticks after its start."""

    number: int
    outcome: Outcome
    lateness: int


class BoardStatus(msgspec.Struct, frozen=True):
    """How the board stands: messages it could not read, bytes it lost, drives that its second guard cut; heat."""

    idle: bool
    garbled: int
    overruns: int
    cuts: int
    motors: int
    heat: tuple[int, ...]


class Wrote(msgspec.Struct, frozen=True):
    """What came of a write; `checksum` is of the settings in use."""

    result: WriteResult
    offset: int
    checksum: int


class Words(msgspec.Struct, frozen=True):
    """What a sketch says to whoever looks on: a debug frame of hairless-midiserial."""

    text: str


Reply = Identity | Hello | ClockRead | Done | BoardStatus | Wrote | Words


def ask(what: Ask, parameters: bytes = b"") -> bytes:
    """A request as bytes."""
    body = bytes((what,)) + parameters
    return bytes((_BEGIN, *_OURS, *body, crc7(body), _END))


def ask_clock(sequence: int) -> bytes:
    """What time is it? `sequence`, of 7 bits, comes back."""
    return ask(Ask.CLOCK, bytes((sequence,)))


def ask_stroke(number_: int, motor: int, velocity: int, start: int) -> bytes:
    """Strike by the board's own settings; the push begins when its clock is at `start` (ticks)."""
    return ask(Ask.STROKE, bytes((number_, motor, velocity)) + number(start, 4))


def ask_motion(number_: int, motor: int, start: int, segments: Iterable[tuple[int, int]]) -> bytes:
    """Move in segments of (ticks, duty of -255 to 255), at most five."""
    tail = b"".join(number(ticks, 3) + number(abs(duty) | (duty < 0) << 8, 2) for ticks, duty in segments)
    return ask(Ask.MOTION, bytes((number_, motor)) + number(start, 4) + tail)


def ask_write(offset: int, piece: bytes) -> bytes:
    """A piece of an image, at most PIECE bytes, to its place."""
    return ask(Ask.WRITE, number(offset, 2) + packed(piece))


def ask_commit(length: int, checksum: int) -> bytes:
    """The image is there: use it, if it is whole."""
    return ask(Ask.COMMIT, number(length, 2) + number(checksum, 3))


def note_on(channel: int, key: int, velocity: int) -> bytes:
    """A plain note; `channel` from 1."""
    return bytes((0x90 | channel - 1, key, velocity))


def nearest(low: int, now: int) -> int:
    """The board's instant nearest to `now` (ticks) that ends in the 28 bits of `low`."""
    half = 1 << _INSTANT_BITS - 1
    return now + (low - now + half) % (1 << _INSTANT_BITS) - half


def reply_of(message: bytes) -> Reply | None:
    """What an exclusive message says, without F0 and F7; None for one that is garbled or not for us."""
    if len(message) >= 11 and message[0] == 0x7E and message[2:4] == _IDENTITY:
        return Identity(message[4:6] == _OURS, message[7], message[8], _three(message[9:12].ljust(3, b"\0")))
    if len(message) < 4 or message[:2] != _OURS or crc7(message[2:-1]) != message[-1]:
        return None
    reader = _READERS.get(message[2])
    data = message[3:-1]
    try:
        return None if reader is None else reader(data)
    except (IndexError, ValueError):
        # Whole, but of another version's form.
        return None


def _hello(data: bytes) -> Hello:
    return Hello(
        data[0],
        bool(data[1]),
        _three(data[2:5]),
        data[5],
        data[6],
        ResetCause(data[7]),
        data[8],
        data[9],
        value_of(data[10:13]),
    )


def _clock(data: bytes) -> ClockRead:
    return ClockRead(data[0], value_of(data[1:6]))


def _done(data: bytes) -> Done:
    return Done(data[0], Outcome(data[1]), signed(data[2:5]))


def _status(data: bytes) -> BoardStatus:
    return BoardStatus(bool(data[0]), data[1], data[2], data[3], data[4], tuple(data[5:13]))


def _wrote(data: bytes) -> Wrote:
    return Wrote(WriteResult(data[0]), value_of(data[1:3]), value_of(data[3:6]))


def _three(data: bytes) -> tuple[int, int, int]:
    return data[0], data[1], data[2]


_READERS: dict[int, Callable[[bytes], Reply]] = {0x41: _hello, 0x42: _clock, 0x43: _done, 0x44: _status, 0x45: _wrote}
