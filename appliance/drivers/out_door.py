"""The sender's side of its Unix socket."""

import contextlib
import select
import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers.doorstep import GARBAGE, listen_at
from appliance.out.wire import MESSAGES_A_PACKET, Fault, Hello, Reply, Request

# The player, one that takes its place, and a person with a terminal.
_CLIENTS = 4

# A packet holds at most so many messages, each of a port's name and at the most 256 bytes.
_PACKET = MESSAGES_A_PACKET * 512

# A select of years overflows its C type.
_LONGEST_WAIT = 60.0


class OutDoor:
    """A listening socket of whole packets; a client that sends nonsense is told so and dropped.

    Raises: SettingsError when another sender listens there, or the path cannot be used.
    """

    def __init__(self, path: Path, hello: Hello, stops: Sequence[int], clock: Clock) -> None:
        """`stops` become readable, or end, when the process is to stop."""
        self._path = path
        self._hello = hello
        self._stops = list(stops)
        self._clock = clock
        self._clients: list[socket.socket] = []
        self._decoder = msgspec.msgpack.Decoder(Request)
        self._encoder = msgspec.msgpack.Encoder()
        self._listener = listen_at(path, "sender", _CLIENTS)
        self._inode = path.stat().st_ino
        self.stopped = False

    def wait(self, until: float | None, others: Sequence[int] = ()) -> list[Request]:
        """At most a packet of each client, as soon as one comes or one of `others` is readable; latest at `until`."""
        left = _LONGEST_WAIT if until is None else min(max(until - self._clock.now(), 0.0), _LONGEST_WAIT)
        watched: list[socket.socket | int] = [*self._stops, self._listener, *self._clients, *others]
        requests: list[Request] = []
        for ready in select.select(watched, (), (), left)[0]:
            if ready is self._listener:
                self._welcome()
            elif isinstance(ready, socket.socket):
                requests += self._read(ready)
            elif ready in self._stops:
                self.stopped = True
        return requests

    def tell(self, text: str) -> None:
        """A sentence to every client."""
        for client in tuple(self._clients):
            self._put(client, Fault(text))

    def close(self) -> None:
        """Let every client go and take the socket's file away, unless another has put its own there."""
        for client in tuple(self._clients):
            self._drop(client)
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()

    def _welcome(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
            client, _ = self._listener.accept()
            client.setblocking(False)
            self._clients.append(client)
            self._put(client, self._hello)
            if len(self._clients) > _CLIENTS:
                self._put(client, Fault(f"{_CLIENTS} clients are connected, there is no place for another"))
                self._drop(client)

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
            return [self._decoder.decode(packet)]
        except GARBAGE as error:
            self._put(client, Fault(f"the sender cannot read this message: {error}"))
            self._drop(client)
            return []

    def _put(self, client: socket.socket, reply: Reply) -> None:
        try:
            client.send(self._encoder.encode(reply), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if client in self._clients:
            self._clients.remove(client)
            client.close()
