"""The process chain of the benchmarks: pad here, player and worker in processes of their own, load beside them."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from appliance.commands.striker import PRIORITY as STRIKER
from bench.chain_player import STAMP
from bench.striker_lateness import MODEL, MODEL_LOAD

SETTINGS = """
[pad]
debounce = 0.0
[tempo]
qpm = 240.0
[call]
bars = 1
[answer]
thru = {thru}
"""


def as_striker(below: int = 0) -> None:
    """Take the striker's priority or one `below` it, where granted; processes started from here do not have it."""
    with contextlib.suppress(PermissionError):
        policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(STRIKER - below))


class Pad:
    """The pad's end of the socket."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    def play(self, message: bytes) -> float:
        """Send a message; the instant of it (s)."""
        now = time.monotonic()
        self._socket.send(STAMP.pack(now) + message)
        return now


@contextlib.contextmanager
def player(folder: Path, striker: Path, *, priority: int, flat_out: bool, thru: bool) -> Iterator[Pad]:
    """A player that sends to the striker at a socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    owner = folder / "mine.toml"
    owner.write_text(SETTINGS.format(thru=str(thru).lower()))
    words = ["--pad", str(theirs.fileno()), "--striker", str(striker), "--settings", str(owner)]
    words += ["--priority", str(priority), *(["--flat-out"] if flat_out else [])]
    process = subprocess.Popen([sys.executable, "-m", "bench.chain_player", *words], pass_fds=[theirs.fileno()])
    theirs.close()
    try:
        yield Pad(ours)
    finally:
        process.terminate()
        process.wait()
        ours.close()


@contextlib.contextmanager
def load(burners: int) -> Iterator[None]:
    """So many processes that do nothing but steps of the shipped model."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", MODEL_LOAD, str(MODEL)]
    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) for _ in range(burners)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
