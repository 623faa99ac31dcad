"""ALSA's sequencer says which ports come and go; RtMidi does not pass it on, so it is asked itself.

Names, numbers and layouts: include/uapi/sound/asequencer.h of the Linux kernel, protocol version 1.0.2 and later.
"""

import contextlib
import ctypes
import fcntl
import os
from pathlib import Path

import msgspec

_DEVICE = Path("/dev/snd/seq")
_EVENT_SIZE = 28  # struct snd_seq_event; the port that an announcement is about is at byte 16
_ABOUT = 16
_CLIENT_EXIT, _PORT_EXIT = 61, 64
_WRITE, _SUBS_WRITE, _NO_EXPORT = 1 << 1, 1 << 6, 1 << 7
_SYSTEM, _ANNOUNCE = 0, 1


class _Address(ctypes.Structure):
    _fields_ = (("client", ctypes.c_ubyte), ("port", ctypes.c_ubyte))


class _PortInfo(ctypes.Structure):
    _fields_ = (
        ("address", _Address),
        ("name", ctypes.c_char * 64),
        ("capability", ctypes.c_uint),
        ("type", ctypes.c_uint),
        ("counts", ctypes.c_int * 5),
        ("kernel", ctypes.c_void_p),
        ("flags", ctypes.c_uint),
        ("queue", ctypes.c_ubyte),
        ("reserved", ctypes.c_char * 59),
    )


class _Subscription(ctypes.Structure):
    _fields_ = (
        ("sender", _Address),
        ("dest", _Address),
        ("voices", ctypes.c_uint),
        ("flags", ctypes.c_uint),
        ("queue", ctypes.c_ubyte),
        ("reserved", ctypes.c_char * 67),
    )


class News(msgspec.Struct, frozen=True):
    """Whether any port came or went, and the (client, port) of those that went; port None: all of a client's."""

    changed: bool
    gone: frozenset[tuple[int, int | None]]


NO_NEWS = News(changed=False, gone=frozenset())


class SequencerNews:
    """Follows the announcements of the kernel's sequencer. Raises: OSError where there is none."""

    def __init__(self, device: Path = _DEVICE) -> None:
        self._file = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._subscribe()
        except OSError:
            os.close(self._file)
            raise

    def fileno(self) -> int:
        """Readable when something was announced."""
        return self._file

    def read(self) -> News:
        """What was announced since the last time of asking. Where too much was, something has changed."""
        events = bytearray()
        with contextlib.suppress(BlockingIOError):
            while chunk := self._chunk():
                events += chunk
        gone: set[tuple[int, int | None]] = set()
        for start in range(0, len(events) - _EVENT_SIZE + 1, _EVENT_SIZE):
            client, port = events[start + _ABOUT], events[start + _ABOUT + 1]
            if events[start] == _PORT_EXIT:
                gone.add((client, port))
            elif events[start] == _CLIENT_EXIT:
                gone.add((client, None))
        return News(bool(events), frozenset(gone))

    def close(self) -> None:
        """Follow no more."""
        os.close(self._file)

    def _chunk(self) -> bytes:
        try:
            return os.read(self._file, 64 * _EVENT_SIZE)
        except BlockingIOError:
            raise
        except OSError:  # ENOSPC: announcements were lost
            return b"\0" * _EVENT_SIZE

    def _subscribe(self) -> None:
        port = _PortInfo(name=b"news", capability=_WRITE | _SUBS_WRITE | _NO_EXPORT)
        port.address.client = self._client()
        self._ask(3, 0x20, port)  # SNDRV_SEQ_IOCTL_CREATE_PORT
        subscription = _Subscription(sender=_Address(_SYSTEM, _ANNOUNCE), dest=port.address)
        self._ask(1, 0x30, subscription)  # SNDRV_SEQ_IOCTL_SUBSCRIBE_PORT

    def _client(self) -> int:
        number = ctypes.c_int()
        self._ask(2, 0x01, number)  # SNDRV_SEQ_IOCTL_CLIENT_ID
        return number.value

    def _ask(self, direction: int, number: int, argument: ctypes.Structure | ctypes.c_int) -> None:
        # include/uapi/asm-generic/ioctl.h: direction (1 write, 2 read, 3 both), size, letter, number.
        request = direction << 30 | ctypes.sizeof(argument) << 16 | ord("S") << 8 | number
        fcntl.ioctl(self._file, request, argument)
