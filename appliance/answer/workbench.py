"""The worker's hands: the orders of all duets, one piece of work at a time, so that none waits long for another.

A piece is one order, one step of an answer, or one model loaded. Duets take turns.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from appliance.answer.answering import Answering
from appliance.answer.model import Model
from appliance.answer.wire import (
    Ask,
    Begin,
    Choose,
    GrooveLoaded,
    Leave,
    Listen,
    Loaded,
    Loading,
    Order,
    Ping,
    Pong,
    Preload,
    Refused,
    Report,
    Reset,
    Rewind,
    Seat,
    Work,
    Worked,
)
from appliance.errors import ModelError


class Shelf(Protocol):
    """The models that are loaded."""

    def holds(self, name: str) -> bool:
        """Whether `model` has it at once."""
        ...

    def model(self, name: str) -> Model:
        """The model of a name or a file. Raises: ModelError."""
        ...

    def holds_autoencoder(self, name: str) -> bool:
        """Whether a groove model is loaded."""
        ...

    def load_autoencoder(self, name: str) -> None:
        """Load a groove model. Raises: ModelError."""
        ...

    def drop(self, name: str) -> None:
        """Forget a model that failed: the next who asks has it loaded anew."""
        ...


# Makes the one who answers a seat; the model of the seat is on the shelf.
Engage = Callable[[Seat], Answering]


class _Place:
    """A duet's orders that wait, and who works them off."""

    def __init__(self) -> None:
        self.orders: deque[Work] = deque()
        self.answering: Answering | None = None
        self.model = ""
        self.failed: int | None = None  # the last answer in which the model failed

    def busy(self) -> bool:
        return bool(self.orders) or (self.answering is not None and self.answering.ready())


class Workbench:
    """Receive orders; `work` while `busy`."""

    def __init__(self, shelf: Shelf, engage: Engage) -> None:
        self._shelf = shelf
        self._engage = engage
        self._places: dict[int, _Place] = {}
        self._turns: deque[int] = deque()
        self._preloads: deque[str] = deque()
        self._loading: str | None = None
        self._refused: set[str] = set()  # groove models that cannot be loaded
        self._reports: list[Report] = []

    def receive(self, order: Order) -> None:
        """Take an order in; only a Ping is answered at once."""
        match order:
            case Ping():
                self._reports.append(Pong())
            case Preload(model):
                self._preloads.append(model)
            case Leave(duet):
                if self._places.pop(duet, None) is not None:
                    self._turns.remove(duet)
            case _:
                self._queue(order)

    def busy(self) -> bool:
        """Whether there is anything to work, or to report."""
        return bool(self._reports or self._preloads) or any(place.busy() for place in self._places.values())

    def work(self) -> list[Report]:
        """Do one piece of work, and say what there is to report. Raises: what a model raises beside ModelError."""
        if self._preloads:
            if self._load(self._preloads[0]):
                self._preloads.popleft()
        else:
            self._work_for_next()
        reports, self._reports = self._reports, []
        return reports

    def _queue(self, order: Work) -> None:
        if order.duet not in self._places:
            self._places[order.duet] = _Place()
            self._turns.append(order.duet)
        place = self._places[order.duet]
        if isinstance(order, Reset) and not order.remember:
            place.orders = deque(waiting for waiting in place.orders if isinstance(waiting, Seat | Choose))
        place.orders.append(order)

    def _work_for_next(self) -> None:
        for _ in range(len(self._turns)):
            duet = self._turns[0]
            self._turns.rotate(-1)
            if self._places[duet].busy():
                self._work_for(duet, self._places[duet])
                return

    def _work_for(self, duet: int, place: _Place) -> None:
        while place.orders:
            if self._obey(place, place.orders[0]) and not _is_work(place.orders.popleft()):
                continue
            return
        if place.answering is not None:
            made = tuple(place.answering.take())
            failed = next((one.answer for one in made if one.fault), None)
            if failed is not None and failed != place.failed:
                # The answer goes on as an echo; the next call has the model loaded anew.
                place.failed = failed
                self._shelf.drop(place.model)
                place.orders.append(Choose(duet, place.model))
            if made:
                self._reports.append(Worked(duet, made))

    def _obey(self, place: _Place, order: Work) -> bool:
        """Whether the order is done with; False: a model has to be loaded first."""
        if isinstance(order, Seat | Choose):
            return self._place(place, order)
        if place.answering is not None:
            _tell(place.answering, order)
        return True

    def _place(self, place: _Place, order: Seat | Choose) -> bool:
        if isinstance(order, Seat) and not self._load_grooves(order):
            return False
        if not self._load(order.model):
            return False
        if self._shelf.holds(order.model):
            try:
                if isinstance(order, Seat):
                    place.answering = self._engage(order)
                elif place.answering is not None:
                    place.answering.choose_model(order.model)
                place.model = order.model
            except ModelError as error:
                # It loads, and is none that a pad could play with: who has another keeps it.
                self._reports.append(Refused(order.model, str(error)))
        return True

    def _load_grooves(self, seat: Seat) -> bool:
        """Whether all groove models of a seat are loaded or refused: one of them at a time."""
        for name in seat.grooves.names:
            if name in self._refused or self._shelf.holds_autoencoder(name):
                continue
            if self._loading is None:
                self._loading = name
                self._reports.append(Loading(name))
                return False
            self._loading = None
            try:
                self._shelf.load_autoencoder(name)
                self._reports.append(GrooveLoaded(name))
            except ModelError as error:
                self._refused.add(name)
                self._reports.append(Refused(name, str(error)))
            return False
        return True

    def _load(self, name: str) -> bool:
        """Whether loading is over with, well or not: the first time of asking only announces it."""
        if self._loading is None and not self._shelf.holds(name):
            self._loading = name
            self._reports.append(Loading(name))
            return False
        self._loading = None
        try:
            self._reports.append(Loaded(name, self._shelf.model(name).card))
        except ModelError as error:
            self._reports.append(Refused(name, str(error)))
        return True


def _is_work(order: Work) -> bool:
    """Whether it costs a network step or more: a piece of work of its own."""
    return isinstance(order, Listen | Seat | Choose)


def _tell(answering: Answering, order: Listen | Begin | Ask | Rewind | Reset) -> None:
    match order:
        case Listen(_, heard):
            answering.listen(heard)
        case Begin(_, question):
            answering.begin(question)
        case Ask(_, until):
            answering.ask(until)
        case Rewind(_, step, take, sampling):
            answering.rewind(step, take, sampling)
        case Reset(_, remember):
            answering.reset(remember=remember)
