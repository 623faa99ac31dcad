"""SIGTERM and SIGINT as a file that becomes readable: a loop that waits on files cannot miss them."""

import os
import signal
from types import FrameType


class StopSignal:
    """From its making on, either signal puts a byte on `fileno`, and does nothing else.

    A flag set by a Python handler would be seen too late: a signal just before the wait would not end the wait.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _only_wake)

    def fileno(self) -> int:
        """The file to wait on."""
        return self._read


def _only_wake(number: int, frame: FrameType | None) -> None:
    """Keep the signal from ending the process; the interpreter itself puts its number on the file."""
