"""The player's socket for panels: controls come in, the journal goes out, and nobody can hold the music up."""

import contextlib
import os
import socket
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.controls.control import Turned
from appliance.controls.limits import checked
from appliance.controls.wire import (
    VERSION,
    Answer,
    Join,
    Learn,
    Offer,
    Part,
    Play,
    Refusal,
    Request,
    Route,
    Turn,
    Watch,
    Welcome,
)
from appliance.drivers.doorstep import GARBAGE, listen_at
from appliance.inputs import Received
from appliance.routes import PANEL

# Panels, and a person with a terminal or two.
_CLIENTS = 16

# A request is below 200 bytes; what is longer arrives cut off and is refused.
_PACKET = 4096

# A hit may have been on its way to us for so long (s).
_UNDER_WAY = 0.1

# Bytes of the journal that a watcher may leave unread: some 20 s of a busy evening.
_UNREAD = 1 << 18

Asked = Turned | Learn | Received | Route | Join | Part | Offer | Watch


class ControlDoor:
    """A listening socket of whole packets. Who sends nonsense is told so; who does not read is dropped.

    Raises: SettingsError when another player listens there, or the path cannot be used.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._clients: list[socket.socket] = []
        self._watchers: set[socket.socket] = set()
        self._decoder = msgspec.json.Decoder(Request)
        self._encoder = msgspec.json.Encoder()
        self._first: tuple[bytes, ...] = ()
        self._listener = listen_at(path, "player", _CLIENTS)
        self._inode = path.stat().st_ino

    def filenos(self) -> list[int]:
        """Readable when somebody knocks or asks."""
        return [self._listener.fileno(), *(client.fileno() for client in self._clients)]

    def receive(self) -> list[Asked]:
        """What was asked, one packet of each client at a time; it does not wait."""
        self._welcome()
        asked = [self._read(client) for client in tuple(self._clients)]
        return [one for one in asked if one is not None]

    def watched(self) -> bool:
        """Whether anybody wants the journal."""
        return bool(self._watchers)

    def greet(self, *lines: bytes) -> None:
        """What everybody who watches is sent first: how the evening began."""
        self._first = lines

    def tell(self, line: bytes) -> None:
        """A line of the journal, to all who watch."""
        for watcher in tuple(self._watchers):
            self._put(watcher, line)

    def close(self) -> None:
        """Let every client go and take the socket's file away, unless another player has put its own there."""
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
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
            self._clients.append(client)
            self._answer(client, Welcome(VERSION, os.getpid()))
            if len(self._clients) > _CLIENTS:
                self._answer(client, Refusal(f"{_CLIENTS} panels are connected, there is no place for another"))
                self._drop(client)

    def _read(self, client: socket.socket) -> Asked | None:
        try:
            packet = client.recv(_PACKET)
        except BlockingIOError:
            return None
        except OSError:
            packet = b""
        if not packet:
            self._drop(client)
            return None
        try:
            return self._heard(client, self._decoder.decode(packet))
        except GARBAGE as error:
            self._answer(client, Refusal(str(error)))
            return None

    def _heard(self, client: socket.socket, request: Request) -> Asked:
        match request:
            case Turn(control, value, duet):
                return Turned(self._clock.now(), control, checked(control, value), duet)
            case Play(message, time):
                now = self._clock.now()
                played = now if time is None or not now - _UNDER_WAY <= time <= now else time
                return Received(PANEL, played, bytes(message))
            case Watch():
                self._watchers.add(client)
                for line in self._first:
                    self._put(client, line)
        return request

    def _answer(self, client: socket.socket, answer: Answer) -> None:
        self._put(client, self._encoder.encode(answer))

    def _put(self, client: socket.socket, packet: bytes) -> None:
        try:
            client.send(packet, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._watchers.discard(client)
            client.close()
