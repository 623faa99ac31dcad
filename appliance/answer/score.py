"""The notes of an answer as far as they are known: as made, as they were before, and as they went out."""

from collections.abc import Mapping

import msgspec

from appliance.answer.answering import Made, Question
from appliance.notation.drum_track import DrumTrack, Note

_Notes = tuple[Note, ...]

# Takes that can be gone back to.
_UNDO = 16


class Score:
    """Steps count from the answer's first; `place` folds the rounds of a loop into one."""

    def __init__(self, question: Question, steps_per_bar: int) -> None:
        self.question = question
        self.length = 0 if question.along else question.length
        self.take = 0
        self.fault = ""
        self._bar = steps_per_bar
        self._call = _by_step(question.call)
        self._made: dict[int, _Notes] = {}
        self._before: dict[int, _Notes] = {}  # of the takes before
        self._played: dict[int, _Notes] = {}
        self._likelihood: dict[int, float] = {}
        self._saved: list[dict[int, _Notes]] = []

    def place(self, step: int) -> int:
        """The step of the answer that sounds on a step of its rounds."""
        return step % self.length if self.length else step

    def echo(self) -> None:
        """Nobody makes this answer: it is the call again."""
        call = self.question.call
        for step in range(self.length):
            notes = self._call.get(step % call.length, ()) if call.length else ()
            self._made[step] = _moved(notes, step)

    def put(self, made: Made) -> None:
        """A step was made; one of another answer or take, or that is known, is passed over."""
        if made.answer != self.question.answer or made.take != self.take or made.step in self._made:
            return
        self._made[made.step] = made.notes
        self._likelihood[made.step] = made.log_likelihood
        self.fault = self.fault or made.fault

    def notes(self, step: int) -> _Notes | None:
        """What sounds on a step; None when it is not known yet."""
        return self._made.get(self.place(step))

    def held(self, step: int) -> _Notes:
        """What sounds where nothing was made in time: the take before, else the last bar, at first the call's."""
        place = self.place(step)
        if place in self._before:
            return self._before[place]
        earlier = step - self._bar
        if earlier >= 0:
            return _moved(self._played.get(self.place(earlier), ()), place)
        return _moved(self._call.get(self.question.call.length + earlier, ()), place)

    def play(self, step: int, notes: _Notes) -> None:
        """The step went out with these notes."""
        self._played[self.place(step)] = notes
        if not self.length:
            for kept in (self._made, self._played, self._likelihood):
                kept.pop(step - 2 * self._bar, None)

    def missing(self) -> int:
        """The first step that nobody has made."""
        step = len(self._made) if self.length else max(self._made, default=-1) + 1
        while step and step - 1 not in self._made:
            step -= 1
        return step

    def retake(self, place: int) -> int:
        """The steps from `place` on are to be made again; gives the number of that take."""
        for step in [known for known in self._made if known >= place]:
            self._before[step] = self._made.pop(step)
        self.take += 1
        return self.take

    def save(self) -> None:
        """What is known now can be come back to."""
        self._saved = [*self._saved, dict(self._made)][-_UNDO:]

    def undo(self) -> bool:
        """As it was when it was last saved; False when it never was. A step that was not made then is made now."""
        if not self._saved:
            return False
        self._made = self._saved.pop()
        self._before.clear()
        return True

    @property
    def log_likelihood(self) -> float:
        """Of all that was made, in nats."""
        return sum(self._likelihood.values())

    def track(self) -> DrumTrack:
        """What went out, as one track; where the last bar was held, that."""
        notes = (note for step in sorted(self._played) for note in self._played[step])
        return DrumTrack(tuple(note for note in notes if note.step < self.length), self.length)


def _by_step(call: DrumTrack) -> Mapping[int, _Notes]:
    steps: dict[int, _Notes] = {}
    for note in call.notes:
        steps[note.step] = (*steps.get(note.step, ()), note)
    return steps


def _moved(notes: _Notes, step: int) -> _Notes:
    return tuple(msgspec.structs.replace(note, step=step) for note in notes)
