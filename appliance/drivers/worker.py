"""The process that holds the models, as its parent has it: started, spoken to, and ended. Nothing but `wait` waits."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import msgspec

from appliance.answer.wire import Order, Report

_PACKET = 1 << 20  # bytes; the longest message is a Question with a call of 1024 bars
_BUFFER = 1 << 20  # bytes of orders that a busy worker may leave unread; net.core.wmem_max may allow fewer


class WorkerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the worker may be silent (s): `patience` at work, `loading` while it starts or reads a model.

    `nice` is its niceness, -20 to 19; below 0 where the system grants that, and the player a real-time priority.
    Raises: ValueError for what is none.
    """

    patience: float
    loading: float
    nice: int

    def __post_init__(self) -> None:
        if not 0.1 <= self.patience <= self.loading <= 600:
            raise ValueError(
                f"worker.patience is 0.1 s to worker.loading, and that at most 600 s, not {self.patience} and "
                f"{self.loading}"
            )
        if not -20 <= self.nice <= 19:
            raise ValueError(f"worker.nice is -20 to 19, not {self.nice}")


class Worker:
    """A child process, and a socket of whole packets to it."""

    def __init__(self, nice: int) -> None:
        """Raises: OSError when no process can be started."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._socket = ours
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)
        try:
            self._process = _start(theirs.fileno(), nice)
            self._pidfd = os.pidfd_open(self._process.pid)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._hung_up = False

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def filenos(self) -> list[int]:
        """For select: readable when there are reports, or when the process is no more."""
        return [self._pidfd] if self._hung_up else [self._pidfd, self._socket.fileno()]

    def put(self, order: Order) -> bool:
        """Give an order; False when the worker has left too many unread, or is no more."""
        try:
            self._socket.send(self._encoder.encode(order), socket.MSG_NOSIGNAL)
        except OSError:
            return False
        return True

    def get(self) -> Report | None:
        """The next report if there is one. Raises: msgspec.MsgspecError for one that nobody can read."""
        try:
            packet = self._socket.recv(_PACKET)
        except BlockingIOError:
            return None
        except OSError:
            packet = b""
        if not packet:
            self._hung_up = True
            return None
        return self._decoder.decode(packet)

    def end(self) -> str:
        """How the process ended, in a sentence; empty while it lives."""
        status = self._process.poll()
        if status is None:
            return ""
        if status < 0:
            return f"it was killed by {signal.Signals(-status).name}"
        return f"it ended with status {status}"

    def kill(self) -> None:
        """End it, whatever it does; ask `end` until it has."""
        self._socket.close()
        os.close(self._pidfd)
        self._process.kill()

    def wait(self) -> None:
        """Until a process that was killed has ended: milliseconds."""
        self._process.wait()


def _start(fileno: int, nice: int) -> subprocess.Popen[bytes]:
    # Our own package first, and nothing from the folder we happen to be in: it may hold a numpy.py.
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    # A player with a real-time priority does not hand it on. A model may compute without a pause, and the kernel takes
    # the processor from all real-time processes, the striker too, when they had it for 95 % of a second (sched(7)).
    prompt = os.sched_getscheduler(0) != os.SCHED_OTHER
    plain = [shutil.which("chrt") or "chrt", "--other", "0"] if prompt else []
    # A player without one must not wait for its worker.
    nice = nice if prompt else max(nice, 0)
    return subprocess.Popen(  # noqa: S603 - our own program, no word of the user's in it, and no shell
        [*plain, sys.executable, "-P", "-m", "appliance", "answerer", "--fd", str(fileno), f"--nice={nice}"],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[fileno],
    )
