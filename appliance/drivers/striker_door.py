"""The striker's side of its Unix socket: clients come, ask and go, and none of them can hold it up."""

import os
import select
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers.doorstep import GARBAGE, Doorstep
from appliance.strike.wire import Fault, Hello, Player, Reply, Request

# The player, the panel and a few to look on.
_CLIENTS = 8

# A packet holds at most 32 strokes of some 40 bytes; what is longer arrives cut off and is refused as garbage.
_PACKET = 8192

# Bytes of replies that a client may leave unread: a cancelled schedule of 2048 strokes is 160 kB.
_UNREAD = 1 << 20

# A select of years overflows its C type; waking each minute costs nothing.
_LONGEST_WAIT = 60.0


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
        self._stops = stops
        self._clock = clock
        self._players: set[socket.socket] = set()
        self._decoder = msgspec.msgpack.Decoder(Request)
        self._encoder = msgspec.msgpack.Encoder()
        self.beside: Callable[[], list[int]] = list  # more files whose news end a wait: the board's port
        self._hello = self._encoder.encode([hello])
        self._step = Doorstep(path, "striker", _CLIENTS, _PACKET, _UNREAD)
        self._step.gone = self._players.discard
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
            if ready is self._step.listener:
                self._step.welcome(self._clock.now(), self._hello, self._fault)
            elif isinstance(ready, socket.socket):
                requests.extend(self._read(ready))
            else:
                self._see_stop(ready)
        return requests

    def send(self, replies: Sequence[Reply]) -> None:
        """One packet to every client."""
        packet = self._encoder.encode(replies)
        for client in tuple(self._step.clients):
            self._step.put(client, packet)

    def close(self) -> None:
        """Let every client go."""
        self._step.close()

    def _watched(self) -> list[socket.socket | int]:
        stdin = [] if self._stops.until_eof is None else [self._stops.until_eof]
        return [self._stops.signals, *stdin, *self._step.watched(self._clock.now())]

    def _read(self, client: socket.socket) -> list[Request]:
        packet = self._step.read(client)
        if packet is None:
            return []
        try:
            request = self._decoder.decode(packet)
        except GARBAGE as error:
            self._step.put(client, self._fault(f"the striker cannot read this message: {error}"))
            self._step.drop(client)
            return []
        if isinstance(request, Player):
            self._players.add(client)
        return [request]

    def _fault(self, text: str) -> bytes:
        return self._encoder.encode([Fault(text)])

    def _see_stop(self, ready: int) -> None:
        read = os.read(ready, 512)
        if ready == self._stops.signals or not read:
            self.stopped = True
