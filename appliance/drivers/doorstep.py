"""A listening Unix socket of whole packets, and the clients that came to it; none of them is ever waited for."""

import contextlib
import socket
import stat
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.errors import SettingsError

# What msgspec says of a packet that is none: beside its own errors those of bytes that are no UTF-8, of a check that
# fails, and of a thousand nested arrays.
GARBAGE = (msgspec.MsgspecError, ValueError, RecursionError)


# Seconds without a look for clients after one could not be let in: the system has no files or memory left.
_DEAF = 1.0


class Doorstep:
    """Where clients come, ask and go; who goes away, or does not read what is sent to it, is dropped.

    Raises: SettingsError when another one listens there, or the path cannot be used.
    """

    def __init__(self, path: Path, who: str, clients: int, packet: int, unread: int | None = None) -> None:
        """`who` listens there, to at most so many `clients`, each `packet` of theirs at most so many bytes long.

        What is longer arrives cut off. `unread`: bytes that a client may leave unread, as far as the system allows.
        """
        self._path = path
        self._most = clients
        self._packet = packet
        self._unread = unread
        self.listener = _listening(path, who, clients)
        self._deaf_until = 0.0
        self.clients: list[socket.socket] = []
        self.gone: Callable[[socket.socket], object] = lambda _: None  # told of each that goes
        self._inode = path.stat().st_ino

    def watched(self, now: float) -> list[socket.socket]:
        """Readable when somebody knocks or asks."""
        return [*([self.listener] if now >= self._deaf_until else ()), *self.clients]

    def welcome(self, now: float, first: bytes, refusal: Callable[[str], bytes]) -> None:
        """Let in who knocks, with a `first` packet; one too many hears why not instead."""
        try:
            client, _ = self.listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # It would be ready again at once, and a process that looks without a pause starves everybody else.
            self._deaf_until = now + _DEAF
            return
        client.setblocking(False)
        if self._unread is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._unread)
        self.clients.append(client)
        if len(self.clients) <= self._most:
            self.put(client, first)
        else:
            self.put(client, refusal(f"{self._most} clients are connected, there is no place for another"))
            self.drop(client)

    def read(self, client: socket.socket) -> bytes | None:
        """The next packet of a client, if there is one."""
        try:
            packet = client.recv(self._packet)
        except BlockingIOError:
            return None
        except OSError:
            packet = b""
        if packet:
            return packet
        self.drop(client)
        return None

    def put(self, client: socket.socket, packet: bytes) -> None:
        """Send it a packet."""
        try:
            client.send(packet, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            self.drop(client)

    def drop(self, client: socket.socket) -> None:
        """Let it go."""
        if client in self.clients:
            self.clients.remove(client)
            self.gone(client)
            client.close()

    def close(self) -> None:
        """Let every client go and take the socket's file away, unless another has put its own there."""
        for client in tuple(self.clients):
            self.drop(client)
        self.listener.close()
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()


def _listening(path: Path, who: str, clients: int) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        _clear_stale(path, who)
        listener.bind(str(path))
        path.chmod(0o660)
        listener.listen(clients)
    except OSError as error:
        listener.close()
        raise SettingsError(f"the {who} cannot listen at {path}: {error.strerror or error}") from error
    except SettingsError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _clear_stale(path: Path, who: str) -> None:
    # A socket's file outlives a process that was killed; nobody answers at it.
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise SettingsError(f"{path} is no socket: give another path to the {who}, or take that file away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as caller:
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        # unix(7), SO_PEERCRED: struct ucred, pid first.
        pid = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    raise SettingsError(f"a {who}, process {pid}, already listens at {path}: stop it, or give another path")
