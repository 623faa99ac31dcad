"""What all duets have for the motors, as one song: the striker keeps one groove when the player dies, not several."""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from appliance.answer.answering import StepAnswered
from appliance.asides import Asides
from appliance.happenings import (
    AnswerBegan,
    AnswerEnded,
    AnswerMoved,
    AnswerOver,
    Happening,
    Silence,
    StrokesDue,
    StrokesOff,
)
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Timeline
from appliance.strike.groove import Groove

# Strokes that were sent and may have to be sent again: 8 s of nine drums on every 64th at 300 quarters a minute.
_MOST = 8192


class Striker(Protocol):
    """The way to the striker. Each may raise StrikerLost."""

    def begin(self, groove: Groove) -> None:
        """A song begins, on these bars."""
        ...

    def send(self, strokes: Iterable[Stroke], batch: int = 0, until: float | None = None) -> None:
        """Ask for strokes; of a song, all that sound before `until`."""
        ...

    def rest(self) -> None:
        """The silence behind what was sent is meant."""
        ...

    def cancel(self, after: float) -> None:
        """Leave out what would sound from an instant on and has not begun."""
        ...

    def panic(self) -> None:
        """Let every motor rest now."""
        ...


class _Song:
    """A duet's answer under way: its bars, until when it is known, and what of it has not sounded.

    An `endless` one, an accompaniment, is never known far enough ahead for the striker to go on with it alone.
    """

    def __init__(self, timeline: Timeline, *, endless: bool) -> None:
        self.timeline = timeline
        self.endless = endless
        self.known: float | None = None
        self.pending: deque[Stroke] = deque(maxlen=_MOST)

    @property
    def groove(self) -> Groove:
        grid = self.timeline.grid
        return Groove(self.timeline.origin, grid.step_seconds, grid.steps_per_bar)


class Drumming:
    """Told what happens to the duets that have the motors; tells the striker. `sent` counts strokes."""

    def __init__(self, striker: Striker, batch: int, asides: Asides | None = None) -> None:
        """`batch` tells these strokes from other clients'; `asides` are sent again when an answer is taken back."""
        self.sent = 0
        self._striker = striker
        self._batch = batch
        self._asides = asides or Asides(striker)
        self._songs: dict[str, _Song] = {}

    def tell(self, duet: str, happening: Happening, now: float) -> None:
        """Raises: StrikerLost."""
        match happening:
            case AnswerBegan(_, _, length, timeline):
                self._songs.pop(duet, None)
                self._begin(duet, timeline, endless=length == 0)
            case AnswerMoved(timeline):
                self._begin(duet, timeline)
            case StrokesDue(_, True):
                self._end(duet)  # nobody waits for what is not to be heard
            case StrokesDue(step):
                # What lasts is no drum's: no motor is to take a melody's pitch for a key of the kit.
                drums = tuple(stroke for stroke in step.strokes if not stroke.length)
                self._send(duet, StepAnswered(step.step, drums), now)
            case StrokesOff(time):
                self._take_back(duet, time, now)
            case AnswerEnded() as ended if not ended.loops:
                self._end(duet)
            case AnswerOver():
                self._end(duet)
            case Silence():
                self._songs.clear()
                self._asides.clear()
                self._striker.panic()

    def _begin(self, duet: str, timeline: Timeline, *, endless: bool = False) -> None:
        song = self._songs.get(duet)
        if song is None:
            song = self._songs[duet] = _Song(timeline, endless=endless)
        song.timeline = timeline
        if next(iter(self._songs)) == duet:
            self._striker.rest()
            self._striker.begin(song.groove)

    def _send(self, duet: str, step: StepAnswered, now: float) -> None:
        song = self._songs.get(duet)
        if song is None:
            return
        song.known = None if song.endless else song.timeline.time_of(step.step + 0.5)
        while song.pending and song.pending[0].time < now:
            song.pending.popleft()
        song.pending.extend(step.strokes)
        self._put(step.strokes)

    def _put(self, strokes: Iterable[Stroke]) -> None:
        """Send; all is known up to where the duet that is least far ahead is."""
        strokes = tuple(strokes)
        known = [song.known for song in self._songs.values()]
        until = None if None in known else min((one for one in known if one is not None), default=None)
        self.sent += len(strokes)
        if strokes or until is not None:
            self._striker.send(strokes, self._batch, until=until)

    def _take_back(self, duet: str, time: float, now: float) -> None:
        """The striker drops what everybody had from there on: the other duets' is sent again.

        What of it has begun is refused as it stands there, so it is not told apart here: whose stick is quick has not.
        """
        self._striker.cancel(time)
        self._asides.again(time, now)
        song = self._songs.get(duet)
        if song is not None:
            song.pending = deque((one for one in song.pending if one.time < time), maxlen=_MOST)
            song.known = None
        others = [other for name, other in self._songs.items() if name != duet]
        if not others:
            return
        self._striker.begin(others[0].groove)
        again = [one for other in others for one in other.pending if one.time >= max(time, now)]
        self._put(again)

    def _end(self, duet: str) -> None:
        if self._songs.pop(duet, None) is not None and not self._songs:
            self._striker.rest()
