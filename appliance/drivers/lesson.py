"""Asks a person at the box, hears what is played, and says what was learnt."""

import os
import select
from collections.abc import Callable, Sequence
from typing import Protocol

from appliance.clock import Clock

# Waits until one of the file numbers is readable or the instant has come; False: it is to stop.
Wait = Callable[[list[int], float | None], bool]


class Pupil(Protocol):
    """Learns one thing after the other."""

    def question(self) -> str | None:
        """What to ask the person; None when all is learnt."""
        ...

    def receive(self, port: str, time: float, message: Sequence[int]) -> list[str]:
        """Take a message in; what to say to it."""
        ...

    def skip(self) -> None:
        """Leave what is asked for as it is."""
        ...

    def next_deadline(self) -> float | None:
        """When `advance` has something to do, or None."""
        ...

    def advance(self, now: float, /) -> list[str]:
        """Do what is due; what to say."""
        ...


class Played(Protocol):
    """What is played to it."""

    def messages(self) -> Sequence[tuple[str, float, bytes]]:
        """What has come: input, instant, message."""
        ...

    def next_deadline(self) -> float | None:
        """When to look again."""
        ...

    def filenos(self) -> list[int]:
        """Readable when something came."""
        ...


class Keyboard:
    """Lines that a person enters on a file number; at its end there are no more, and it is waited for no longer."""

    def __init__(self, fileno: int | None) -> None:
        self._fileno = fileno

    def filenos(self) -> list[int]:
        """Readable when a line was entered."""
        return [] if self._fileno is None else [self._fileno]

    def entered(self) -> bool:
        """Whether a line was entered since the last time of asking; it does not wait."""
        if self._fileno is None or not select.select([self._fileno], (), (), 0)[0]:
            return False
        if os.read(self._fileno, 4096):
            return True
        self._fileno = None
        return False


class Lesson:
    """Goes through all that a pupil has to learn; an empty line skips what is asked for."""

    def __init__(self, clock: Clock, wait: Wait, keyboard: Keyboard, say: Callable[[str], object]) -> None:
        self._clock = clock
        self._wait = wait
        self._keyboard = keyboard
        self._say = say

    def teach(self, pupil: Pupil, played: Played) -> bool:
        """False when it was to stop before the end."""
        asked = None
        while (question := pupil.question()) is not None:
            if question != asked:
                self._say(question)
                asked = question
            deadlines = [pupil.next_deadline(), played.next_deadline()]
            soonest = min((due for due in deadlines if due is not None), default=None)
            if not self._wait([*played.filenos(), *self._keyboard.filenos()], soonest):
                return False
            self._hear(pupil, played)
        return True

    def _hear(self, pupil: Pupil, played: Played) -> None:
        if self._keyboard.entered():
            pupil.skip()
        for port, time, message in played.messages():
            self._say_all(pupil.receive(port, time, message))
        self._say_all(pupil.advance(self._clock.now()))

    def _say_all(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self._say(sentence)
