"""A duet's way to the worker that answers for it: an Answering whose steps are made elsewhere.

It keeps what it ordered since the last reset. A worker that comes in the place of a dead one is told it again and
makes the same steps again, as chance depends on seed, answer, step and take alone; those that are here already are
passed over. Where an answer stands is what was taken of it, however far ahead of that the worker is: so an evening can
be repeated.
"""

from collections import deque
from collections.abc import Callable

import msgspec

from appliance.answer.answering import Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.wire import Ask, Begin, Choose, DuetOrder, Listen, Reset, Rewind, Seat
from appliance.call.listener import StepHeard

# Workers that may die on the same call and answer before no more of them are told of it.
_TRIES = 3

# Orders that are kept for the next worker: calls of 32 bars or more have some 600. A duet that is not reset for longer
# (an accompaniment of more than some minutes) is given up when its worker dies.
_KEPT = 4096


class AnswerLink:
    """An Answering; `send` takes an order to the worker, or to nowhere while there is none."""

    def __init__(self, seat: Seat, send: Callable[[DuetOrder], None]) -> None:
        self._seat = seat
        self._send = send
        self._chosen = seat.model
        self._kept: list[DuetOrder] = []
        self._came: deque[Made] = deque()
        self._answer: int | None = None
        self._sampling: SamplingSettings | None = None
        self._take = 0
        self._next = 0  # the step that is to come
        self._overflowed = False
        self._deaths = 0

    def listen(self, heard: StepHeard) -> None:
        """A step of the call that can no longer change."""
        self._order(Listen(self._seat.duet, heard))

    def begin(self, question: Question) -> None:
        """Go on from the call: steps are made when they are asked for."""
        self._forget_answer()
        self._forget_call_before()
        self._answer, self._sampling = question.answer, question.sampling
        self._order(Begin(self._seat.duet, question))

    def ask(self, until: int) -> None:
        """Have the steps below `until` made, in order."""
        order = Ask(self._seat.duet, until)
        if self._kept and isinstance(self._kept[-1], Ask):
            self._kept.pop()
        self._order(order)

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Have the steps from `step` on made again, as take `take` and by other rules."""
        self._next = min(step, self._taken())
        self._came.clear()
        self._take, self._sampling = take, sampling
        self._order(Rewind(self._seat.duet, self._next, take, sampling))

    def choose_model(self, name: str) -> None:
        """From the next call or rewind on, listen and answer with another model."""
        self._chosen = name
        self._order(Choose(self._seat.duet, name))

    def reset(self, *, remember: bool = False) -> None:
        """Leave the answer and forget the call; with `remember` the network goes on, unless its worker dies."""
        if remember and self._answer is not None and self._sampling is not None:
            self._send(Rewind(self._seat.duet, self._taken(), self._take, self._sampling))
        self._forget_answer()
        self._kept.clear()
        self._overflowed = False
        self._deaths = 0
        self._seat = msgspec.structs.replace(self._seat, model=self._chosen)
        self._send(Reset(self._seat.duet, remember))

    def ready(self) -> bool:
        """Whether a step has come."""
        return bool(self._came)

    def take(self) -> list[Made]:
        """The steps that have come since the last time of asking."""
        came, self._came = list(self._came), deque()
        return came

    def arrive(self, made: Made) -> None:
        """A step has come from the worker; one that nobody waits for any more is dropped."""
        if (made.answer, made.step, made.take) == (self._answer, self._next, self._take):
            self._next += 1
            self._came.append(made)

    def recall(self) -> list[DuetOrder]:
        """All that a new worker has to be told to be where the old one was."""
        return [self._seat, *self._kept]

    def needs(self, model: str) -> bool:
        """Whether it answers with this model, and has none to go back to."""
        return self._seat.model == model

    def refuse(self, model: str) -> None:
        """A model that cannot be used is not chosen any more: the one of this call stays."""
        if self._chosen == model:
            self._chosen = self._seat.model
        self._kept = [order for order in self._kept if not (isinstance(order, Choose) and order.model == model)]

    def lose(self) -> bool:
        """The worker died; whether an answer is given up by that, as too many died on it or it is too long."""
        self._deaths += bool(self._kept)
        if self._deaths < _TRIES and not self._overflowed:
            return False
        answering, self._answer = self._answer is not None, None
        self._kept = [order for order in self._kept if isinstance(order, Choose)]
        return answering

    def forgive(self) -> None:
        """The worker lives: the deaths before are not this call's."""
        self._deaths = 0

    def _order(self, order: DuetOrder) -> None:
        if len(self._kept) >= _KEPT:
            self._drop(len(self._kept))
            self._overflowed = True
        self._kept.append(order)
        self._send(order)

    def _forget_call_before(self) -> None:
        """What was listened to since the last question is the call of this one: nothing older is needed any more."""
        self._overflowed = False
        last = max((place for place, order in enumerate(self._kept) if isinstance(order, Begin)), default=-1)
        self._drop(last + 1)

    def _drop(self, count: int) -> None:
        chosen = [order.model for order in self._kept[:count] if isinstance(order, Choose)]
        if chosen:
            self._seat = msgspec.structs.replace(self._seat, model=chosen[-1])
        # Asks and rewinds between two questions were the answer's that is over.
        self._kept = [order for order in self._kept[count:] if not (count and isinstance(order, Ask | Rewind))]

    def _forget_answer(self) -> None:
        self._answer, self._next, self._take = None, 0, 0
        self._came.clear()

    def _taken(self) -> int:
        return self._next - len(self._came)
