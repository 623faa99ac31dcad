"""The striker's ear for the status of others: a datagram socket, looked at now and then, and never waited for."""

import contextlib
import socket
from pathlib import Path

import msgspec

from appliance.drivers.doorstep import GARBAGE
from appliance.errors import SettingsError
from appliance.status.board import StatusBoard
from appliance.status.wire import Follow, Lift, Look, Post, Report, See, Stepped, Word

# Seconds between two looks: a code is on the lamp well within a second.
_LOOK = 0.05

# Words read in one look, so that nobody can keep the striker reading.
_WORDS = 8

# A word is below 100 bytes; what is longer is garbage.
_PACKET = 512

_FOLLOWERS = 4


class StatusDoor:
    """An attendant of the striker that keeps the board after the words of others.

    What cannot be read is dropped: whoever sent it hears nothing either way.
    Raises: SettingsError when the path cannot be used.
    """

    def __init__(self, path: Path, board: StatusBoard) -> None:
        self._path = path
        self._board = board
        self._socket = _bound(path)
        self._decoder = msgspec.msgpack.Decoder(Word)
        self._encoder = msgspec.msgpack.Encoder()
        self._followers: list[str] = []
        self._deadline = 0.0

    def next_deadline(self) -> float:
        """The next look."""
        return self._deadline

    def advance(self, now: float) -> None:
        """Do what was said."""
        self._deadline = now + _LOOK
        for _ in range(_WORDS):
            try:
                packet, sender = self._socket.recvfrom(_PACKET)
            except BlockingIOError:
                return
            with contextlib.suppress(*GARBAGE):
                self._hear(self._decoder.decode(packet), sender)

    def step(self, at: float) -> None:
        """Tell those who follow that the footswitch was pressed."""
        for follower in tuple(self._followers):
            if not self._send(Stepped(at), follower):
                self._followers.remove(follower)

    def close(self) -> None:
        """Take the socket away."""
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _hear(self, word: Word, sender: str | None) -> None:
        match word:
            case Post(code, motor):
                self._board.post(code, motor)
            case Lift(code, motor):
                self._board.lift(code, motor)
            case See():
                self._board.see()
            case Look() if sender:
                self._send(Report(self._board.state, self._board.faults()), sender)
            case Follow() if sender:
                self._followers = [*[old for old in self._followers if old != sender][1 - _FOLLOWERS :], sender]

    def _send(self, answer: Report | Stepped, to: str) -> bool:
        try:
            self._socket.sendto(self._encoder.encode(answer), to)
        except OSError:
            return False
        return True


def _bound(path: Path) -> socket.socket:
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        # A socket's file outlives a striker that was killed; two strikers are told apart at the other door.
        if path.is_socket():
            path.unlink()
        ear.bind(str(path))
        path.chmod(0o660)
    except OSError as error:
        ear.close()
        raise SettingsError(f"the striker cannot hear at {path}: {error.strerror or error}") from error
    ear.setblocking(False)
    return ear
