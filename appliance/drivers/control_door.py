"""The player's socket for panels: controls come in, the journal goes out, and nobody can hold the music up."""

import os
import socket
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.controls.control import Turned
from appliance.controls.limits import checked
from appliance.controls.wire import (
    VERSION,
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
from appliance.drivers.doorstep import GARBAGE, Doorstep
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
        self._clock = clock
        self._watchers: set[socket.socket] = set()
        self._decoder = msgspec.json.Decoder(Request)
        self._encoder = msgspec.json.Encoder()
        self._first: tuple[bytes, ...] = ()
        self._hello = self._encoder.encode(Welcome(VERSION, os.getpid()))
        self._step = Doorstep(path, "player", _CLIENTS, _PACKET, _UNREAD)
        self._step.gone = self._watchers.discard

    def filenos(self) -> list[int]:
        """Readable when somebody knocks or asks."""
        return [one.fileno() for one in self._step.watched(self._clock.now())]

    def receive(self) -> list[Asked]:
        """What was asked, one packet of each client at a time; it does not wait."""
        self._step.welcome(self._clock.now(), self._hello, self._refusal)
        asked = [self._read(client) for client in tuple(self._step.clients)]
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
            self._step.put(watcher, line)

    def close(self) -> None:
        """Let every client go."""
        self._step.close()

    def _read(self, client: socket.socket) -> Asked | None:
        packet = self._step.read(client)
        if packet is None:
            return None
        try:
            return self._heard(client, self._decoder.decode(packet))
        except GARBAGE as error:
            self._step.put(client, self._refusal(str(error)))
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
                    self._step.put(client, line)
        return request

    def _refusal(self, text: str) -> bytes:
        return self._encoder.encode(Refusal(text))
