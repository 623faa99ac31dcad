"""One owner of the rooms: it waits, hands in what came, and sends out what it led to."""

from collections.abc import Callable, Iterable
from typing import Protocol

from appliance.answer.answerer import AnswerEnded
from appliance.call.listener import CallEnded
from appliance.clock import Clock
from appliance.instrument import AnswerOver, Happening, Instrument, Silence, StrokesDue, StrokesOff, TurnTaken
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid, Timeline
from appliance.strike.groove import Groove
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Reply
from appliance.turn import Turn
from appliance.views.journal import Entry

# How long after the last answer its last strokes may take to be reported, in seconds.
_PATIENCE = 1.0


class Source(Protocol):
    """Where MIDI messages come from: a port, or a file that is played as if it were one."""

    def messages(self) -> list[tuple[float, bytes]]:
        """What has come, each message with the instant of its arrival."""
        ...

    def next_deadline(self) -> float | None:
        """When to look again, for a source without a file number."""
        ...

    def filenos(self) -> list[int]:
        """What becomes readable when a message comes."""
        ...


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

    def receive(self) -> list[Reply]:
        """What became of the strokes."""
        ...

    def fileno(self) -> int:
        """Readable when there are replies."""
        ...


# Waits until one of the file numbers is readable or the instant has come; False: the player is to stop.
Wait = Callable[[list[int], float | None], bool]


class Loop:
    """Runs an instrument in real time; `tell` is given every event, for those who watch."""

    def __init__(self, clock: Clock, wait: Wait, striker: Striker, tell: Callable[[Entry], None], batch: int) -> None:
        """`batch`: a number that tells this loop's strokes from those of the striker's other clients."""
        self._batch = batch
        self._clock = clock
        self._wait = wait
        self._striker = striker
        self._tell = tell
        self._sent = 0  # strokes of which the striker has not said yet what became of them
        self._answers = 0
        self._song = Timeline(clock.now(), Grid())  # the bars of the answer under way

    def run(self, instrument: Instrument, source: Source, answers: int | None) -> bool:
        """Until so many answers are over and reported (None: for ever); False when it was to stop before.

        Raises: StrikerLost, PadLost.
        """
        self._answers = 0
        ended: float | None = None
        while ended is None or (self._sent and self._clock.now() < ended + _PATIENCE):
            self._pump(instrument, source)
            if answers is not None and self._answers >= answers and ended is None:
                ended = self._clock.now()
            elif not self._rest(instrument, source, ended):
                self._striker.cancel(self._clock.now())
                return False
        return True

    def _pump(self, instrument: Instrument, source: Source) -> None:
        """What has come, and what is due, once."""
        for reply in self._striker.receive():
            self._reply(reply)
        for time, message in source.messages():
            began = self._clock.now()
            self._act(instrument.receive(time, message), began)
        deadline, now = instrument.next_deadline(), self._clock.now()
        if deadline is not None and deadline <= now:
            self._act(instrument.advance(now), now)

    def _rest(self, instrument: Instrument, source: Source, ended: float | None) -> bool:
        patience = None if ended is None else ended + _PATIENCE
        deadlines = (instrument.next_deadline(), source.next_deadline(), patience)
        soonest = min((due for due in deadlines if due is not None), default=None)
        return self._wait([self._striker.fileno(), *source.filenos()], soonest)

    def _act(self, happenings: list[Happening], began: float) -> None:
        for happening in happenings:
            match happening:
                case CallEnded() as call:
                    self._begin(Timeline(call.answer_time, call.timeline.grid))
                case StrokesDue(step):
                    self._sent += len(step.strokes)
                    self._striker.send(step.strokes, self._batch, until=self._song.time_of(step.step + 0.5))
                case AnswerEnded() | TurnTaken(_, Turn.LISTENING):
                    self._striker.rest()
                case StrokesOff(time):
                    self._striker.cancel(time)
                case Silence():
                    self._striker.panic()
                case AnswerOver():
                    self._answers += 1
            self._tell(Entry(self._clock.now(), began, happening))

    def _begin(self, song: Timeline) -> None:
        self._song = song
        self._striker.begin(Groove(song.origin, song.grid.step_seconds, song.grid.steps_per_bar))

    def _reply(self, reply: Reply) -> None:
        if isinstance(reply, Struck | LeftOut) and reply.batch == self._batch:
            self._sent -= 1
        now = self._clock.now()
        self._tell(Entry(now, now, reply))
