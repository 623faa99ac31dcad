"""The way of other processes to the status board in the striker."""

import contextlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from appliance.errors import StrikerLost
from appliance.status.wire import Answer, Follow, Look, Report, Stepped, Word

if TYPE_CHECKING:
    import tempfile

_PACKET = 65536


def status_socket(striker: Path) -> Path:
    """Where the striker that listens at `striker` keeps its board."""
    return striker.with_suffix(".status")


class StatusLink:
    """Words to the board at `path`; they are never waited for, and lost while no striker listens there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Answer)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._socket.setblocking(False)

    def tell(self, *words: Word) -> bool:
        """Say it; False when nobody is there to hear, or does not listen."""
        try:
            for word in words:
                self._socket.sendto(self._encoder.encode(word), str(self._path))
        except OSError:
            return False
        return True

    def report(self, timeout: float) -> Report:
        """All that is on the board. Raises: StrikerLost when no answer comes within `timeout` s."""
        self._listen()
        if not self.tell(Look()):
            raise StrikerLost(f"no striker keeps a status board at {self._path}")
        self._socket.settimeout(timeout)
        try:
            while True:
                answer = self._decoder.decode(self._socket.recv(_PACKET))
                if isinstance(answer, Report):
                    return answer
        except TimeoutError:
            raise StrikerLost(f"the status board at {self._path} did not answer within {timeout:.1f} s") from None
        finally:
            self._socket.setblocking(False)

    def follow(self) -> bool:
        """Ask for the footswitch; False when nobody is there to hear."""
        self._listen()
        return self.tell(Follow())

    def steps(self) -> list[float]:
        """The instants (s) at which the footswitch was pressed since the last time of asking."""
        steps = []
        with contextlib.suppress(BlockingIOError):
            while True:
                answer = self._decoder.decode(self._socket.recv(_PACKET))
                if isinstance(answer, Stepped):
                    steps.append(answer.at)
        return steps

    def fileno(self) -> int:
        """For select: readable when something came back."""
        return self._socket.fileno()

    def close(self) -> None:
        """Go."""
        self._socket.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _listen(self) -> None:
        if self._folder is None:
            import tempfile  # here: a striker that strikes needs it not, and its memory is locked

            self._folder = tempfile.TemporaryDirectory(prefix="ghostnote-")
            self._socket.bind(os.fsencode(Path(self._folder.name) / "answers"))
