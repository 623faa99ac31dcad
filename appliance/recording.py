"""Watches what the rooms are told, for the journal, and tells it them again from there."""

from collections import deque
from collections.abc import Callable, Sequence

from appliance.answer.answering import Answering, Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.band import Band
from appliance.call.listener import StepHeard
from appliance.controls.control import Turned
from appliance.happenings import Told
from appliance.inputs import Advanced, FootDown, TurnedBy, Input, Opened, Panicked, PortGone, Received, Taken
from appliance.notation.timeline import Timeline


class RecordedBand:
    """A band's verbs, each input told before it takes effect."""

    def __init__(self, band: Band, tell: Callable[[Input], None]) -> None:
        self._band = band
        self._tell = tell

    def begin(self, timeline: Timeline) -> list[Told]:
        """Every duet listens from a given step 0 on."""
        self._tell(Opened(timeline))
        return self._band.begin(timeline)

    def receive(self, port: str, time: float, message: Sequence[int]) -> list[Told]:
        """A MIDI message came in."""
        self._tell(Received(port, time, bytes(message)))
        return self._band.receive(port, time, message)

    def turn(self, turned: Turned) -> list[Told]:
        """A control was turned by somebody who is no MIDI port."""
        self._tell(TurnedBy(turned))
        return self._band.turn(turned)

    def step(self, time: float) -> list[Told]:
        """The footswitch was pressed."""
        self._tell(FootDown(time))
        return self._band.step(time)

    def lose(self, port: str, time: float) -> list[Told]:
        """A port is gone."""
        self._tell(PortGone(port, time))
        return self._band.lose(port, time)

    def panic(self, time: float) -> list[Told]:
        """Every motor rests now."""
        self._tell(Panicked(time))
        return self._band.panic(time)

    def next_deadline(self) -> float | None:
        """When `advance` has something to do."""
        return self._band.next_deadline()

    def advance(self, now: float) -> list[Told]:
        """What is due by now."""
        self._tell(Advanced(now))
        return self._band.advance(now)


def tell_again(band: Band, told: Input) -> list[Told]:
    """Tell a band what another was told."""
    match told:
        case Opened(timeline):
            return band.begin(timeline)
        case Received(port, time, message):
            return band.receive(port, time, message)
        case TurnedBy(turned):
            return band.turn(turned)
        case FootDown(time):
            return band.step(time)
        case PortGone(port, time):
            return band.lose(port, time)
        case Panicked(time):
            return band.panic(time)
        case Advanced(now):
            return band.advance(now)


class _Through:
    """An Answering that hands everything on to another."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def listen(self, heard: StepHeard) -> None:
        """A step of the call."""
        self._answering.listen(heard)

    def begin(self, question: Question) -> None:
        """Go on from the call."""
        self._answering.begin(question)

    def ask(self, until: int) -> None:
        """Make the steps below `until`."""
        self._answering.ask(until)

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again."""
        self._answering.rewind(step, take, sampling)

    def choose_model(self, name: str) -> None:
        """From the next call or rewind on, another model."""
        self._answering.choose_model(name)

    def reset(self, *, remember: bool = False) -> None:
        """Leave the answer and forget the call."""
        self._answering.reset(remember=remember)

    def ready(self) -> bool:
        """Whether `take` has something to give."""
        return self._answering.ready()


class Recorded(_Through):
    """An Answering of which is told when its steps were taken: when they come from a worker, that is chance too."""

    def __init__(self, answering: Answering, duet: str, tell: Callable[[Taken], None]) -> None:
        super().__init__(answering)
        self._duet = duet
        self._tell = tell

    def take(self) -> list[Made]:
        """What is made."""
        made = self._answering.take()
        if made:
            self._tell(Taken(self._duet, len(made), tuple(one for one in made if one.fault)))
        return made


class Repeated(_Through):
    """An Answering in the same process that gives its steps when the journal says that they were taken."""

    def __init__(self, answering: Answering) -> None:
        super().__init__(answering)
        self._due: deque[Taken] = deque()

    def allow(self, takes: Sequence[Taken]) -> None:
        """With the input that is told next, so much was taken, and no more."""
        self._due = deque(takes)

    def ready(self) -> bool:
        """Whether something was taken."""
        return bool(self._due)

    def take(self) -> list[Made]:
        """As much as was taken then; less where this answerer has less to give."""
        if not self._due:
            return []
        taken = self._due.popleft()
        made: list[Made] = []
        while len(made) < taken.count and self._answering.ready():
            made += self._answering.take()
        faulty = {(one.answer, one.step, one.take): one for one in taken.faulty}
        return [faulty.get((one.answer, one.step, one.take), one) for one in made]
