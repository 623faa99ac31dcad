"""A listening Unix socket of whole packets, whose file may have outlived whoever listened there before."""

import socket
import stat
import struct
from pathlib import Path

import msgspec

from appliance.errors import SettingsError

# What msgspec says of a packet that is none: beside its own errors those of bytes that are no UTF-8, of a check that
# fails, and of a thousand nested arrays.
GARBAGE = (msgspec.MsgspecError, ValueError, RecursionError)


def listen_at(path: Path, who: str, clients: int) -> socket.socket:
    """A socket that does not wait. `who` is the program that listens, for what is said when it cannot.

    Raises: SettingsError when another one listens there, or the path cannot be used.
    """
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
