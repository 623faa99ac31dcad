"""The way of other processes to the status board in the striker."""

import contextlib
import os
import socket
from pathlib import Path

import msgspec

from appliance.errors import StrikerLost
from appliance.status.wire import Answer, Follow, Look, Report, Stepped, Word

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
        self._answers: Path | None = None
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
        try:
            self._listen()
        except OSError as error:
            raise StrikerLost(f"no answers can come to {self._path.parent}: {error.strerror or error}") from None
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
        try:
            self._listen()
        except OSError:
            return False
        return self.tell(Follow())

    @property
    def listens(self) -> bool:
        """Whether answers can come."""
        return self._answers is not None

    def ask(self) -> bool:
        """Ask for a report, which comes later; False when nobody is there to hear."""
        try:
            self._listen()
        except OSError:
            return False
        return self.tell(Look())

    def reports(self) -> list[Report]:
        """What was reported since the last time of asking. Raises: msgspec.MsgspecError for what nobody can read."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                answer = self._decoder.decode(self._socket.recv(_PACKET))
                if isinstance(answer, Report):
                    found.append(answer)
        return found

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
        if self._answers is not None:
            self._answers.unlink(missing_ok=True)

    def _listen(self) -> None:
        # Beside the board: the striker's service has a /tmp of its own, and answers to nobody whose file it cannot see.
        if self._answers is None:
            answers = self._path.absolute().parent / f".{os.urandom(4).hex()}"
            self._socket.bind(os.fsencode(answers))
            self._answers = answers
            # Whoever asks: the striker answers under a user of its own.
            answers.chmod(0o666)
