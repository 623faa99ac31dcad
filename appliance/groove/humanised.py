"""Steps of any source, played as a drummer would: how hard, and how early or late.

A humaniser hears a window of two bars from both ends. So the source is made to run ahead to the end of the window; but
an answer begins at once: its first beat is played by what the call was like, and the rest by the window itself.
"""

from collections.abc import Iterator

import numpy as np

from appliance.answer.answering import Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.groove.autoencoder import Autoencoder, Floats, Reading
from appliance.groove.cell import Cell
from appliance.groove.ears import Ears, gain_of
from appliance.groove.pattern import DRUMS, DrumClasses, offset_of, rows_of, velocity_of
from appliance.groove.source import Pieces, Source
from appliance.groove.walk import Feel, Walk
from appliance.notation.drum_track import Note

_LEAD = 4  # steps that wait for no window: at 120 quarters a minute 0.5 s
_PIECE = 8  # steps of the decoder that are one piece of work
_KEPT = 512  # steps that can be gone back to


class Humanised:
    """A Source behind a Source."""

    def __init__(
        self, source: Source, question: Question, ears: Ears, humaniser: Autoencoder, cell: Cell, at: int = 0
    ) -> None:
        """`at`: the first step that is wanted."""
        self._source = source
        self._question = question
        self._ears = ears
        self._humaniser = humaniser
        self._classes = DrumClasses(humaniser.card.drum_map)
        self._cell = cell
        self._next = self._first = at
        self._raw: dict[int, Made] = {}
        self._until = 0
        self._pieces = Pieces()
        self._made: list[Made] = []
        self._walk: tuple[int, Walk] | None = None  # and the step that it stands before
        self._gain = ears.gain

    def ask(self, until: int) -> None:
        """Make the steps below `until`: the source those of the whole window."""
        self._until = max(self._until, until)
        self._source.ask(until if self._question.along else self._end(until - 1))

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again; what was not yet given out of the steps before stays as it was made."""
        self._source.rewind(step, take, sampling)
        self._next = min(step, self._next)
        self._first = self._next
        self._raw = {at: made for at, made in self._raw.items() if at < self._next}
        self._made.clear()
        self._pieces.begin(None)
        self._walk = None

    def ready(self) -> bool:
        """Whether there is a piece of work."""
        return bool(self._made) or self._pieces.waiting or self._source.ready() or self._next in self._raw_ready()

    def take(self) -> list[Made]:
        """Do a piece of work: the source's, or this one's."""
        if not self._pieces.waiting:
            if self._source.ready():
                self._raw |= {made.step: made for made in self._source.take()}
            self._pieces.begin(self._job())
        self._pieces.advance()
        made, self._made = self._made, []
        return made

    def _raw_ready(self) -> range:
        """The steps that can be played now: from the next on, none, one, or a whole window."""
        step = self._next
        if step in self._raw:
            end = self._end(step)
            # The very first step never waits, not even for a window of which all is known.
            if step > self._first and not self._question.along and all(at in self._raw for at in range(step, end)):
                return range(step, end)
            if self._question.along or step < self._first + _LEAD:
                return range(step, step + 1)
        return range(step, step)

    def _job(self) -> Iterator[None] | None:
        ready = self._raw_ready()
        if not ready:
            return None
        return self._play_window(ready.stop) if len(ready) > 1 else self._play_one(self._next)

    def _end(self, step: int) -> int:
        """Behind the last step of the window that a step is in, or of the answer."""
        end = (step // self._cell.steps + 1) * self._cell.steps
        length = self._question.length
        return min(end, max(length, self._until)) if length and not self._question.along else end

    def _play_window(self, end: int) -> Iterator[None]:
        """All of a window: one that is shorter, as an answer's last may be, is filled up with its beginning."""
        start = self._next - self._next % self._cell.steps
        known = [self._hits(step) for step in range(start, end)]
        rows = np.stack([known[step % len(known)] for step in range(self._cell.steps)])
        reading = Reading(self._humaniser, rows_of(self._humaniser.card, rows))
        yield from reading.pieces()
        walk, feels = Walk(self._humaniser, reading.z), []
        for number, row in enumerate(known):
            feels.append(walk.feel(row[:DRUMS]))
            if number % _PIECE == _PIECE - 1:
                yield
        struck = [row[:DRUMS] > 0 for row in known]
        wanted = [
            velocity for row, hits in zip(known, struck, strict=True) for velocity in row[DRUMS : 2 * DRUMS][hits]
        ]
        self._gain = gain_of(
            wanted, [one for feel, hits in zip(feels, struck, strict=True) for one in feel.velocities[hits]]
        )
        self._walk = None
        for step in range(self._next, end):
            self._give(step, feels[step - start])

    def _play_one(self, step: int) -> Iterator[None]:
        """A step that waits for no window, as one in a window that is like the call."""
        start = step - step % self._cell.steps
        if self._walk is None or self._walk[0] != step or step == start:
            z = self._ears.z
            walk = Walk(self._humaniser, np.zeros(self._humaniser.card.z, np.float32) if z is None else z)
            self._gain = self._ears.gain
            for before in range(start, step):
                walk.feel(self._hits(before)[:DRUMS])
        else:
            walk = self._walk[1]
        feel = walk.feel(self._hits(step)[:DRUMS])
        self._walk = (step + 1, walk)
        self._give(step, feel)
        yield from ()

    def _hits(self, step: int) -> Floats:
        """What the source has on a step, [27]; nothing on one that is forgotten."""
        made = self._raw.get(step)
        return np.asarray(self._classes.steps({0: () if made is None else made.notes}, 1)[0])

    def _give(self, step: int, feel: Feel) -> None:
        raw = self._raw[step]
        # Before an answer's first beat it is the player's turn; an accompaniment is made as it sounds.
        late_only = step == 0 or self._question.along
        notes = tuple(self._felt(note, feel, late_only=late_only) for note in raw.notes)
        self._made.append(Made(raw.answer, step, raw.take, notes, raw.log_likelihood, raw.fault))
        self._next = step + 1
        self._raw.pop(step - _KEPT, None)

    def _felt(self, note: Note, feel: Feel, *, late_only: bool) -> Note:
        drum = self._classes.of(note.pitch)
        if drum is None:  # none of the model's drums: it stays as it is
            return note
        offset = offset_of(float(feel.offsets[drum]))
        velocity = velocity_of(float(feel.velocities[drum]) * self._gain)
        return Note(note.step, note.pitch, velocity, offset=max(offset, 0.0) if late_only else offset)
