"""What the journal keeps of the rooms' inputs beside messages, and how all of them are told again."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import count

from appliance.answer.answering import Answering, Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.band import Band
from appliance.call.listener import StepHeard
from appliance.controls.wire import Learn, Offer
from appliance.happenings import Told
from appliance.inputs import Advanced, Input, Opened, Received, Redrawn, Taken, Trodden, TurnedBy, Unplugged
from appliance.notation.timeline import Meter

# Who answers for a duet: from its model's name, its seed and the meter.
Engage = Callable[[str, int, Meter], Answering]


def tell_again(band: Band, told: Input) -> list[Told]:
    """Tell a band what another was told."""
    match told:
        case Opened(timeline):
            return band.begin(timeline)
        case Received(port, time, message):
            return band.receive(port, time, message)
        case TurnedBy(turned):
            return band.turn(turned)
        case Trodden(time):
            return band.step(time)
        case Unplugged(port, time):
            return band.lose(port, time)
        case Learn(control, duet):
            band.learn(control, duet)
            return []
        case Redrawn(time, route):
            return band.route(time, route)
        case Offer(model):
            return band.offer(model)
        case Advanced(now):
            return band.advance(now)


def recording(engage: Engage, tell: Callable[[Taken], None]) -> Engage:
    """The same who answer, in the order of a band's duets, and what is taken of their steps is told."""
    places = count()
    return lambda model, seed, meter: Recorded(engage(model, seed, meter), next(places), tell)


def repeating(engage: Engage, answerers: list["Repeated"]) -> Engage:
    """The same who answer, each put behind the others in `answerers`, and giving steps as they are allowed."""

    def engaged(model: str, seed: int, meter: Meter) -> Answering:
        answerers.append(Repeated(engage(model, seed, meter)))
        return answerers[-1]

    return engaged


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

    def __init__(self, answering: Answering, duet: int, tell: Callable[[Taken], None]) -> None:
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
