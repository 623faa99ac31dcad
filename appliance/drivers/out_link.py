"""The player's side of the sender's socket: what it cannot take at once is left out, and nobody waits for it."""

import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.out.wire import MESSAGES_A_PACKET, VERSION, Fault, Follow, Hello, Hush, Messages, Reply, Request

# Seconds between two tries to reach a sender that is not there.
_RETRY = 1.0

# A panic that a sender could not take is tried again after so many seconds.
_AGAIN = 0.005

# Bytes that the sender may be behind: some thousand notes.
_UNREAD = 1 << 18
_PACKET = 8192


class OutLink:
    """A connection that mends itself: a sender that was away is told the pulse again, and goes on from there."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._socket: socket.socket | None = None
        self._try_at = clock.now()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Reply)
        self._follow: Follow | None = None
        self._hush_at: float | None = None  # a panic is owed: when to try again
        self.left_out = 0  # requests since the start
        self._reach()

    def send(self, requests: Sequence[Request]) -> None:
        """Ask for these, or leave them out."""
        self._pay_hush()
        for request in requests:
            if isinstance(request, Follow):
                self._follow = request
            if self._socket is None and self._clock.now() >= self._try_at:
                self._reach()
            for packet in _packets(request):
                self._put(packet)

    def next_deadline(self) -> float | None:
        """When a panic that could not be sent is tried again, by `receive`."""
        return self._hush_at

    def receive(self) -> list[str]:
        """What the sender says to the crew; it does not wait."""
        self._pay_hush()
        said: list[str] = []
        while self._socket is not None:
            try:
                packet = self._socket.recv(_PACKET)
            except BlockingIOError:
                break
            except OSError:
                packet = b""
            said += self._read(packet)
        return said

    def filenos(self) -> list[int]:
        """Readable when the sender says something, or went away."""
        return [] if self._socket is None else [self._socket.fileno()]

    def close(self) -> None:
        """Go; what was asked is still sent."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self, packet: bytes) -> list[str]:
        if not packet:
            self._lose()
            return [f"the sender at {self._path} went away: no MIDI, clock or OSC goes out until it is back"]
        try:
            reply = self._decoder.decode(packet)
        except msgspec.MsgspecError as error:
            self._lose()
            return [f"what listens at {self._path} is no sender: {error}"]
        if isinstance(reply, Hello) and reply.version != VERSION:
            self._lose()
            return [f"the sender at {self._path} speaks version {reply.version}, this program {VERSION}: restart both"]
        return [reply.text] if isinstance(reply, Fault) else []

    def _reach(self) -> None:
        self._try_at = self._clock.now() + _RETRY
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.setblocking(False)
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            return
        self._socket = connection
        if self._follow is not None:
            self._put(self._follow)

    def _put(self, request: Request) -> None:
        if self._socket is None:
            return
        if self._hush_at is not None and not isinstance(request, Hush | Follow):
            self.left_out += 1  # a panic takes it back anyhow
            return
        try:
            self._socket.send(self._encoder.encode(request), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except BlockingIOError:
            self.left_out += 1
            if isinstance(request, Hush):
                self._hush_at = self._clock.now() + _AGAIN
        except OSError:
            self._lose()

    def _pay_hush(self) -> None:
        """What a sender that is behind could not take of all: silence."""
        if self._hush_at is not None and self._clock.now() >= self._hush_at:
            self._hush_at = None
            self._put(Hush())

    def _lose(self) -> None:
        # A sender that comes back sounds nothing, and nothing is owed to it.
        self._hush_at = None
        with contextlib.suppress(OSError):
            self.close()
        self._socket = None


def _packets(request: Request) -> list[Request]:
    if not isinstance(request, Messages) or len(request.messages) <= MESSAGES_A_PACKET:
        return [request]
    starts = range(0, len(request.messages), MESSAGES_A_PACKET)
    return [Messages(request.messages[at : at + MESSAGES_A_PACKET], request.source) for at in starts]
