"""A card whose last writes are lost when the power goes: an NBD server for QEMU.

What the guest has written and not flushed is kept in memory, as a card keeps it in its own, and is on the card only
behind a flush. `pull` is the power cut: of what was not flushed each sector stays or goes by chance, in any order: the
most that a disk with a cache may do (Linux, Documentation/block/writeback_cache_control.rst). What is written in one
piece is one sector of 512 bytes.

The protocol: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md, fixed newstyle, one export and one
client.
"""

import contextlib
import os
import random
import socket
import struct
import threading
from pathlib import Path

_SECTOR = 512

_MAGIC, _OPTION_MAGIC, _REPLY_MAGIC = b"NBDMAGIC", b"IHAVEOPT", 0x3E889045565A9
_REQUEST_MAGIC, _SIMPLE_REPLY_MAGIC = 0x25609513, 0x67446698
_FIXED_NEWSTYLE, _NO_ZEROES = 1, 2
_EXPORT_NAME, _ABORT, _GO, _INFO = 1, 2, 7, 6
_ACKNOWLEDGED, _INFORMATION, _UNSUPPORTED = 1, 3, (1 << 31) + 1
_HAS_FLAGS, _SENDS_FLUSH, _SENDS_FUA = 1, 4, 8
_READ, _WRITE, _DISCONNECT, _FLUSH = 0, 1, 2, 3
_FUA = 1

_OPTION = struct.Struct(">8sII")
_REPLY = struct.Struct(">QIII")
_REQUEST = struct.Struct(">IHHQQI")
_ANSWER = struct.Struct(">IIQ")


class Card:
    """A file with a cache before it; `socket` is where QEMU finds it."""

    def __init__(self, file: Path, socket_path: Path) -> None:
        self.socket = socket_path
        self._file = os.open(file, os.O_RDWR)
        self._size = os.fstat(self._file).st_size
        self._cache: dict[int, bytes] = {}
        self._lock = threading.Lock()
        self._pulled = False
        self.flushes = 0
        socket_path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(socket_path))
        self._door.listen(1)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def pull(self, chance: random.Random) -> tuple[int, int]:
        """The power goes: how many sectors were not flushed, and how many of them stayed all the same."""
        with self._lock:
            self._pulled = True
            share = chance.random()
            stay = [number for number in self._cache if chance.random() < share]
            for number in stay:
                os.pwrite(self._file, self._cache[number], number * _SECTOR)
            lost = len(self._cache)
            self._cache.clear()
        return lost, len(stay)

    def close(self) -> None:
        """Behind the end of its client; what was not flushed is gone."""
        # A thread that waits for a client is not woken by the end of the door alone.
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(5.0)
        os.close(self._file)
        self.socket.unlink(missing_ok=True)

    def _serve(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            client, _ = self._door.accept()
            with client:
                if self._agree(client):
                    while self._answer(client):
                        pass

    def _agree(self, client: socket.socket) -> bool:
        client.sendall(_MAGIC + _OPTION_MAGIC + struct.pack(">H", _FIXED_NEWSTYLE | _NO_ZEROES))
        _read(client, 4)
        export = struct.pack(">QH", self._size, _HAS_FLAGS | _SENDS_FLUSH | _SENDS_FUA)
        while True:
            _, option, length = _OPTION.unpack(_read(client, _OPTION.size))
            _read(client, length)
            if option == _EXPORT_NAME:
                client.sendall(export)
                return True
            if option in (_GO, _INFO):
                client.sendall(_REPLY.pack(_REPLY_MAGIC, option, _INFORMATION, 2 + len(export)) + b"\0\0" + export)
                client.sendall(_REPLY.pack(_REPLY_MAGIC, option, _ACKNOWLEDGED, 0))
                if option == _GO:
                    return True
            elif option == _ABORT:
                client.sendall(_REPLY.pack(_REPLY_MAGIC, option, _ACKNOWLEDGED, 0))
                return False
            else:
                client.sendall(_REPLY.pack(_REPLY_MAGIC, option, _UNSUPPORTED, 0))

    def _answer(self, client: socket.socket) -> bool:
        _, flags, command, handle, offset, length = _REQUEST.unpack(_read(client, _REQUEST.size))
        given = b""
        if command == _READ:
            given = self._look(offset, length)
        elif command == _WRITE:
            self._keep(offset, _read(client, length), through=bool(flags & _FUA))
        elif command == _FLUSH:
            self._flush()
        else:
            return False
        client.sendall(_ANSWER.pack(_SIMPLE_REPLY_MAGIC, 0, handle) + given)
        return True

    def _look(self, offset: int, length: int) -> bytes:
        with self._lock:
            data = bytearray(os.pread(self._file, length, offset))
            first = offset // _SECTOR
            if self._cache:
                for place in range(0, length, _SECTOR):
                    newer = self._cache.get(first + place // _SECTOR)
                    if newer is not None:
                        data[place : place + _SECTOR] = newer
        return bytes(data)

    def _keep(self, offset: int, data: bytes, *, through: bool) -> None:
        with self._lock:
            if self._pulled:
                return
            first = offset // _SECTOR
            for place in range(0, len(data), _SECTOR):
                number = first + place // _SECTOR
                self._cache[number] = data[place : place + _SECTOR]
                if through:
                    os.pwrite(self._file, self._cache.pop(number), number * _SECTOR)

    def _flush(self) -> None:
        with self._lock:
            if not self._pulled:
                self.flushes += 1
                for number, data in self._cache.items():
                    os.pwrite(self._file, data, number * _SECTOR)
                self._cache.clear()


def _read(client: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = client.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
