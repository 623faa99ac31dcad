"""The player's side of the striker's socket: strokes go, and what became of them comes back."""

import contextlib
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from appliance.errors import StrikerLost
from appliance.notation.hit import Stroke
from appliance.strike.groove import Groove
from appliance.strike.trial import Try
from appliance.strike.wire import (
    STROKES_A_PACKET,
    VERSION,
    Cancel,
    Fault,
    Hello,
    Panic,
    Player,
    Reply,
    Request,
    Rest,
    Strokes,
    UsePins,
)

# How long (s) the striker may leave requests unread: it looks at them between any two edges.
_PATIENCE = 0.5

# Seconds between two tries while the striker is still starting.
_RETRY = 0.01

# The longest packet of replies is 32 of them, each below 150 bytes but for a fault's sentence.
_PACKET = 65536


class StrikerLink:
    """A connection to a striker; any number of them may be open.

    Every stroke sent comes back once, as Struck or LeftOut, with its batch: to this client and to all the others.
    """

    def __init__(self, path: Path, connection: socket.socket, timeout: float) -> None:
        """Wait for the striker's Hello. Raises: StrikerLost when none, or a strange one, comes within `timeout` s."""
        self._path = path
        self._socket = connection
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(list[Reply])
        self._early: list[Reply] = []
        self.hello = self._await_hello(timeout)

    @classmethod
    def connect(cls, path: Path, timeout: float) -> Self:
        """A link to the striker that listens at `path`, or comes to within `timeout` s. Raises: StrikerLost."""
        end = time.monotonic() + timeout
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                connection.connect(str(path))
            except OSError as error:
                connection.close()
                if time.monotonic() >= end or not isinstance(error, FileNotFoundError | ConnectionRefusedError):
                    raise StrikerLost(f"no striker answers at {path}: {error.strerror or error}") from error
                time.sleep(_RETRY)
            else:
                return cls(path, connection, max(end - time.monotonic(), _RETRY))

    def introduce(self) -> None:
        """Say that this is the player. Raises: StrikerLost."""
        self._put(Player())

    def begin(self, groove: Groove) -> None:
        """A song begins: what is sent with an `until` belongs to it, until it rests. Raises: StrikerLost."""
        self._put(groove)

    def rest(self) -> None:
        """The song is over with what was sent; the silence behind it is meant. Raises: StrikerLost."""
        self._put(Rest())

    def send(self, strokes: Iterable[Stroke], batch: int = 0, until: float | None = None) -> None:
        """Ask for strokes, the earliest first; of a song, all that sound before `until`. Raises: StrikerLost."""
        ordered = sorted(strokes, key=lambda stroke: stroke.time)
        while len(ordered) > STROKES_A_PACKET:
            first, rest = ordered[:STROKES_A_PACKET], ordered[STROKES_A_PACKET:]
            self._put(Strokes(batch, tuple(first), None if until is None else rest[0].time))
            ordered = rest
        if ordered or until is not None:
            self._put(Strokes(batch, tuple(ordered), until))

    def attempt(self, trial: Try) -> None:
        """Ask for a try; it comes back once, as Tried or NotTried. Raises: StrikerLost."""
        self._put(trial)

    def cancel(self, after: float) -> None:
        """Drop what has not begun and was to sound at or after that instant, of any client. Raises: StrikerLost."""
        self._put(Cancel(after))

    def panic(self) -> None:
        """Drop everything, of any client; every motor coasts. Raises: StrikerLost."""
        self._put(Panic())

    def use_pins(self) -> None:
        """Strokes go to the pins again, which have been mended. Raises: StrikerLost."""
        self._put(UsePins())

    def receive(self) -> list[Reply]:
        """The replies that are there, perhaps none; it does not wait. Raises: StrikerLost."""
        replies, self._early = self._early, []
        self._socket.settimeout(0.0)
        with contextlib.suppress(BlockingIOError):
            while True:
                replies.extend(self._get())
        return replies

    def wait(self, timeout: float) -> list[Reply]:
        """The next replies, or none after `timeout` s. Raises: StrikerLost."""
        if self._early:
            return self.receive()
        self._socket.settimeout(max(timeout, 1e-6))
        try:
            return self._get()
        except TimeoutError:
            return []

    def fileno(self) -> int:
        """For select: readable when there are replies, or when the striker went away."""
        return self._socket.fileno()

    def close(self) -> None:
        """Go; strokes already sent are still played."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _await_hello(self, timeout: float) -> Hello:
        self._socket.settimeout(timeout)
        try:
            first, *self._early = self._get()
            return self._checked(first)
        except TimeoutError as error:
            self.close()
            raise StrikerLost(f"the striker at {self._path} did not answer within {timeout:.2f} s") from error
        except StrikerLost:
            self.close()
            raise

    def _checked(self, first: Reply) -> Hello:
        if isinstance(first, Fault):
            raise StrikerLost(f"the striker at {self._path} hung up: {first.text}")
        if not isinstance(first, Hello):
            raise StrikerLost(f"what listens at {self._path} is no striker: it began with {first!r}")
        if first.version != VERSION:
            raise StrikerLost(
                f"the striker at {self._path} speaks version {first.version}, this program {VERSION}: restart both"
            )
        return first

    def _put(self, request: Request) -> None:
        self._socket.settimeout(_PATIENCE)
        try:
            self._socket.sendall(self._encoder.encode(request))
        except TimeoutError as error:
            raise StrikerLost(f"the striker at {self._path} has read nothing for {_PATIENCE} s") from error
        except OSError as error:
            raise self._gone(error) from error

    def _get(self) -> list[Reply]:
        try:
            packet = self._socket.recv(_PACKET)
        except (BlockingIOError, TimeoutError):
            raise
        except OSError as error:
            raise self._gone(error) from error
        if not packet:
            raise StrikerLost(f"the striker at {self._path} went away: it hung up")
        try:
            return self._decoder.decode(packet)
        except msgspec.MsgspecError as error:
            raise StrikerLost(f"the striker at {self._path} sent what nobody can read: {error}") from error

    def _gone(self, error: OSError) -> StrikerLost:
        return StrikerLost(f"the striker at {self._path} went away: {error.strerror or error}")
