"""A MIDI file that is played as if its drummer sat at the pad."""

from collections import deque
from collections.abc import Iterable

from appliance.clock import Clock
from appliance.drivers.midi_file import Message


class StoryPad:
    """Gives each message when its time has come; a Source of the player's loop."""

    def __init__(
        self, clock: Clock, messages: Iterable[Message], starts: float, origin: float, port: str = "pad"
    ) -> None:
        """`starts`: the instant, on `clock`, of the second `origin` of the messages' file."""
        self._clock = clock
        self._port = port
        self._waiting = deque((starts + message.time - origin, message.data) for message in messages)

    def messages(self) -> list[tuple[str, float, bytes]]:
        """The messages due by now: the pad's name, the instant, the message."""
        now = self._clock.now()
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append((self._port, *self._waiting.popleft()))
        return due

    def changes(self) -> tuple[()]:
        """None: a file is never unplugged."""
        return ()

    def next_deadline(self) -> float | None:
        """The instant of the next message; None behind the last."""
        return self._waiting[0][0] if self._waiting else None

    def filenos(self) -> list[int]:
        """None: it is all in memory."""
        return []
