"""The journal to whoever reads it, who can never hold the music up."""

import contextlib
import os
import select
from collections import deque

# Lines that wait for a reader: about eight turns. One who is further behind misses the rest.
_WAITING = 1024
_FAREWELL = 0.5  # seconds that the last lines may take at the end


class JournalPipe:
    """Writes lines to a file number without ever waiting: a stalled reader misses lines, one who left costs nothing."""

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._waiting: deque[bytes] = deque()
        self._was_blocking = os.get_blocking(fileno)
        os.set_blocking(fileno, False)
        self.missed = 0

    def write(self, line: bytes) -> None:
        """Give a line, as soon as the reader takes it."""
        if len(self._waiting) >= _WAITING:
            self.missed += 1
        else:
            self._waiting.append(line)
        self._flush()

    def close(self) -> None:
        """Give what still waits, but not for long, and leave the file as it was."""
        while self._waiting and select.select((), [self._fileno], (), _FAREWELL)[1]:
            self._flush()
        # It may be the terminal of a shell, which goes on with it.
        os.set_blocking(self._fileno, self._was_blocking)

    def _flush(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._waiting:
                try:
                    written = os.write(self._fileno, self._waiting[0])
                except BrokenPipeError:
                    self.missed += len(self._waiting)
                    self._waiting.clear()
                    return
                line = self._waiting.popleft()
                if written < len(line):
                    self._waiting.appendleft(line[written:])
