"""What came in on all ports, from the threads that hear it to the loop that reads it."""

import contextlib
import os
from collections import deque

from appliance.pad.midi import is_panic

# (name of the input, instant of arrival in s, whole message)
Message = tuple[str, float, bytes]

# Messages that wait at most; at 10,000 a second, what no hand plays, the loop would be 0.4 s behind.
WAITING = 4096

# How many are handed over at once, so that a flood lets the loop look at everything else.
_AT_ONCE = 256

_NOTES = (0x80, 0x90)


class MidiInbox:
    """`put` in any thread, `take` in the loop's. Where too many wait the latest are left out, but never a panic.

    A panic takes effect on what still waits: hits that came before it are dropped.
    """

    def __init__(self, waiting: int = WAITING) -> None:
        self._limit = waiting
        self._came: deque[Message] = deque()
        self._waiting: deque[Message] = deque()  # the loop's own
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.left_out = 0

    def put(self, name: str, time: float, message: bytes) -> None:
        """A message has come on an input, at `time` (s)."""
        # Twice as many at the most: a flood may be of panics.
        if len(self._came) >= self._limit and (len(self._came) >= 2 * self._limit or not is_panic(message)):
            self.left_out += 1
            return
        self._came.append((name, time, message))
        os.eventfd_write(self._wake, 1)

    def take(self) -> list[Message]:
        """What came, in order, some at a time: while more waits, the file is readable again."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        for _ in range(len(self._came)):
            self._sort_in(self._came.popleft())
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
        if self._waiting:
            os.eventfd_write(self._wake, 1)
        return taken

    def wake(self) -> None:
        """Make the file readable though nothing came."""
        os.eventfd_write(self._wake, 1)

    def fileno(self) -> int:
        """Readable when something came."""
        return self._wake

    def close(self) -> None:
        """Let the file go; nothing may be put any more."""
        os.close(self._wake)

    def _sort_in(self, message: Message) -> None:
        if is_panic(message[2]):
            self._waiting = deque(other for other in self._waiting if other[2][0] & 0xF0 not in _NOTES)
        if len(self._waiting) >= 2 * self._limit:
            self.left_out += 1
            return
        self._waiting.append(message)
