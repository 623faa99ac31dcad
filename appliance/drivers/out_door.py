"""The sender's side of its Unix socket."""

import select
import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers.doorstep import GARBAGE, Doorstep
from appliance.out.wire import MESSAGES_A_PACKET, Fault, Hello, Request

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
        self._stops = list(stops)
        self._clock = clock
        self._decoder = msgspec.msgpack.Decoder(Request)
        self._encoder = msgspec.msgpack.Encoder()
        self._hello = self._encoder.encode(hello)
        self._step = Doorstep(path, "sender", _CLIENTS, _PACKET)
        self.stopped = False

    def wait(self, until: float | None, others: Sequence[int] = ()) -> list[Request]:
        """At most a packet of each client, as soon as one comes or one of `others` is readable; latest at `until`."""
        now, step = self._clock.now(), self._step
        left = _LONGEST_WAIT if until is None else min(max(until - now, 0.0), _LONGEST_WAIT)
        watched: list[socket.socket | int] = [*self._stops, *step.watched(now), *others]
        requests: list[Request] = []
        for ready in select.select(watched, (), (), left)[0]:
            if ready is step.listener:
                step.welcome(now, self._hello, self._fault)
            elif isinstance(ready, socket.socket):
                requests += self._read(ready)
            elif ready in self._stops:
                self.stopped = True
        return requests

    def tell(self, text: str) -> None:
        """A sentence to every client."""
        for client in tuple(self._step.clients):
            self._step.put(client, self._fault(text))

    def close(self) -> None:
        """Let every client go."""
        self._step.close()

    def _read(self, client: socket.socket) -> list[Request]:
        packet = self._step.read(client)
        if packet is None:
            return []
        try:
            return [self._decoder.decode(packet)]
        except GARBAGE as error:
            self._step.put(client, self._fault(f"the sender cannot read this message: {error}"))
            self._step.drop(client)
            return []

    def _fault(self, text: str) -> bytes:
        return self._encoder.encode(Fault(text))
