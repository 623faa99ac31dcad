"""The striker's side of its Unix socket: clients come, ask and go, and none of them can hold it up."""

import contextlib
import os
import select
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers.doorstep import GARBAGE, listen_at
from appliance.strike.wire import Fault, Hello, Player, Reply, Request

# The player, the panel and a few to look on.
_CLIENTS = 8

# A packet holds at most 32 strokes of some 40 bytes; what is longer arrives cut off and is refused as garbage.
_PACKET = 8192

# Bytes of replies that a client may leave unread: a cancelled schedule of 2048 strokes is 160 kB.
_UNREAD = 1 << 20

# A select of years overflows its C type; waking each minute costs nothing.
_LONGEST_WAIT = 60.0

# Seconds without a look for clients after one could not be let in: the system has no files or memory left.
_DEAF = 1.0


class Stops(msgspec.Struct, frozen=True):
    """What ends the striker: a byte on the file `signals`, the end of the file `until_eof`."""

    signals: int
    until_eof: int | None = None


class StrikerDoor:
    """A listening socket of whole packets, and the clients that came through it.

    A client that sends garbage, goes away or does not read its replies is dropped, never waited for.
    Raises: SettingsError when another striker listens there, or the path cannot be used.
    """

    def __init__(self, path: Path, hello: Hello, stops: Stops, clock: Clock) -> None:
        self._path = path
        self._hello = hello
        self._stops = stops
        self._clock = clock
        self._clients: list[socket.socket] = []
        self._players: set[socket.socket] = set()
        self._decoder = msgspec.msgpack.Decoder(Request)
        self._encoder = msgspec.msgpack.Encoder()
        self.beside: Callable[[], list[int]] = list  # more files whose news end a wait: the board's port
        self._listener = listen_at(path, "striker", _CLIENTS)
        self._deaf_until = 0.0
        self._inode = path.stat().st_ino
        self.stopped = False

    @property
    def player(self) -> bool:
        """Whether a client that said it is the player is connected."""
        return bool(self._players)

    def wait(self, until: float | None) -> list[Request]:
        """What was asked: at most one packet of each client, as soon as there is one, at the latest at `until`."""
        left = _LONGEST_WAIT if until is None else min(max(until - self._clock.now(), 0.0), _LONGEST_WAIT)
        requests: list[Request] = []
        beside = self.beside()
        for ready in select.select([*self._watched(), *beside], (), (), left)[0]:
            if ready in beside:
                continue
            if ready is self._listener:
                self._welcome()
            elif isinstance(ready, socket.socket):
                requests.extend(self._read(ready))
            else:
                self._see_stop(ready)
        return requests

    def send(self, replies: Sequence[Reply]) -> None:
        """One packet to every client."""
        packet = self._encoder.encode(replies)
        for client in tuple(self._clients):
            self._put(client, packet)

    def close(self) -> None:
        """Let every client go and take the socket's file away, unless another striker has put its own there."""
        for client in tuple(self._clients):
            self._drop(client)
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()

    def _watched(self) -> list[socket.socket | int]:
        stdin = [] if self._stops.until_eof is None else [self._stops.until_eof]
        listener = [self._listener] if self._clock.now() >= self._deaf_until else []
        return [self._stops.signals, *stdin, *listener, *self._clients]

    def _welcome(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # It would be ready again at once, and a striker that looks without a pause starves everybody else.
            self._deaf_until = self._clock.now() + _DEAF
            return
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
        self._clients.append(client)
        if len(self._clients) <= _CLIENTS:
            self._put(client, self._encoder.encode([self._hello]))
        else:
            self._dismiss(client, f"{_CLIENTS} clients are connected, there is no place for another")

    def _read(self, client: socket.socket) -> list[Request]:
        try:
            packet = client.recv(_PACKET)
        except BlockingIOError:
            return []
        except OSError:
            packet = b""
        if not packet:
            self._drop(client)
            return []
        try:
            request = self._decoder.decode(packet)
        except GARBAGE as error:
            self._dismiss(client, f"the striker cannot read this message: {error}")
            return []
        if isinstance(request, Player):
            self._players.add(client)
        return [request]

    def _see_stop(self, ready: int) -> None:
        read = os.read(ready, 512)
        if ready == self._stops.signals or not read:
            self.stopped = True

    def _put(self, client: socket.socket, packet: bytes) -> None:
        try:
            client.send(packet, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            self._drop(client)

    def _dismiss(self, client: socket.socket, why: str) -> None:
        self._put(client, self._encoder.encode([Fault(why)]))
        self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._players.discard(client)
            client.close()
