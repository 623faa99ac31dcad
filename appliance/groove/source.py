"""Where the steps of an answer come from, before and behind what makes them sound like a drummer."""

from collections.abc import Iterator
from typing import Protocol

from appliance.answer.answering import Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.notation.drum_track import Note


class Source(Protocol):
    """The steps of one answer in order; every `take` is a piece of work that others wait for."""

    def ask(self, until: int) -> None:
        """Make the steps below `until`."""
        ...

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again."""
        ...

    def ready(self) -> bool:
        """Whether there is something to give or to make."""
        ...

    def take(self) -> list[Made]:
        """What is made."""
        ...


class Echoed:
    """The call again, from its first step, round and round."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._notes = by_step(question.call.notes)
        self._next = self._until = self._take = 0

    def ask(self, until: int) -> None:
        """Make the steps below `until`."""
        self._until = until

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:  # noqa: ARG002
        """The steps from `step` on again, which are what they were."""
        self._next, self._take = min(step, self._next), take

    def ready(self) -> bool:
        """Whether a step is to be made."""
        return self._next < self._until

    def take(self) -> list[Made]:
        """All that was asked for."""
        made = [self._made(step) for step in range(self._next, self._until)]
        self._next = max(self._next, self._until)
        return made

    def _made(self, step: int) -> Made:
        heard = self._notes.get(step % self._question.call.length, ()) if self._question.call.length else ()
        notes = tuple(Note(step, note.pitch, note.velocity) for note in heard)
        return Made(self._question.answer, step, self._take, notes, 0.0)


class Pieces:
    """Work that is done a piece at a time, so that nobody else waits for all of it."""

    def __init__(self) -> None:
        self._work: Iterator[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether there is more of it."""
        return self._work is not None

    def begin(self, work: Iterator[None] | None) -> None:
        """Do this from now on; what was begun before is left."""
        self._work = work

    def advance(self) -> None:
        """Do the next piece."""
        if self._work is not None and next(self._work, self) is self:
            self._work = None


def by_step(notes: tuple[Note, ...]) -> dict[int, list[Note]]:
    """The notes of each step that has any."""
    found: dict[int, list[Note]] = {}
    for note in notes:
        found.setdefault(note.step, []).append(note)
    return found
