"""The worker that holds the models, watched over: when it dies or hangs another takes its place, and is told all again.

Nobody waits for it. What it made comes to the duets' links; what became of it is news for the journal and the lamp.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from appliance.answer.card import Card
from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.wire import (
    VERSION,
    Died,
    GrooveLoaded,
    Leave,
    Loaded,
    Loading,
    Order,
    Ping,
    Preload,
    Ready,
    Refused,
    Report,
    Seat,
    Worked,
)
from appliance.answer.worker_news import AnswererBack, AnswererLost, AnswerGivenUp, ModelRefused, WorkerNews
from appliance.clock import Clock
from appliance.drivers.answer_link import AnswerLink
from appliance.drivers.worker import WorkerSettings
from appliance.happenings import ModelOffered, Told
from appliance.notation.timeline import Meter

_NO_GROOVES = GrooveSettings()
# Seconds before another worker is started: at once at first, then longer and longer.
_PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# A worker that lived for so long (s) was a good one: the next death begins with the first pause again.
_GOOD = 60.0
# A look at the worker that comes so late (s) tells of a machine that stood still, not of a worker that hangs.
_STOOD_STILL = 0.25
# Reports that are read at once: a hit on the pad waits for no more of them.
_AT_ONCE = 32
# Orders that wait for a worker that reads none, before they are left to the next worker.
_UNSENT = 4096


class Process(Protocol):
    """What a Worker is to those who watch over it."""

    @property
    def pid(self) -> int:
        """The process."""
        ...

    def filenos(self) -> list[int]:
        """Readable when there are reports, or when the process is no more."""
        ...

    def put(self, order: Order) -> bool:
        """Give an order; False when it cannot be given now."""
        ...

    def get(self) -> Report | None:
        """The next report if there is one. Raises: msgspec.MsgspecError."""
        ...

    def end(self) -> str:
        """How it ended; empty while it lives."""
        ...

    def kill(self) -> None:
        """End it, without waiting."""
        ...

    def wait(self) -> None:
        """Until it has ended."""
        ...


class Answerers:
    """All duets' answerers, in one worker. Give `advance` every instant of `next_deadline` and every readable file."""

    def __init__(
        self,
        settings: WorkerSettings,
        clock: Clock,
        start: Callable[[], Process],
        models: Iterable[str] = (),
        grooves: GrooveSettings = _NO_GROOVES,
    ) -> None:
        """`models` are loaded before they are asked for; `grooves` with the first seat."""
        self._settings = settings
        self._grooves = grooves
        self._clock = clock
        self._start = start
        self._models = dict.fromkeys(models)
        self._links: dict[int, AnswerLink] = {}
        self._seats = 0  # how many there were: a step on its way to one that was left reaches no other
        self._unsent: deque[Order] = deque()
        self._leaving: list[Process] = []
        self._process: Process | None = None
        self._ready = False
        self._awaited: set[str] = set()  # models that a new worker has yet to load
        self._loading = False
        self._heard_at = 0.0  # the last sign of life
        self._pinged_at: float | None = None  # of the one that is not yet answered
        self._start_at = clock.now()
        self._good_at = 0.0  # since when all deaths are forgiven or the worker has lived
        self._deaths = 0
        self._died = ""
        self.cards: dict[str, Card] = {}
        self.refusals: dict[str, str] = {}

    def seat(self, model: str, seed: int, meter: Meter) -> AnswerLink:
        """Another duet's answerer. It may be spoken to at once, whether there is a worker yet or not."""
        number, self._seats = self._seats, self._seats + 1
        seat = Seat(number, model, seed, meter, self._grooves)
        self._links[number] = AnswerLink(seat, self._send)
        self._models.setdefault(model)
        self._send(seat)
        return self._links[number]

    def tell(self, told: Told, _now: float) -> None:
        """A model that is offered is loaded before it is asked for."""
        if isinstance(told.happening, ModelOffered):
            model = told.happening.model
            self.refusals.pop(model, None)
            self._models.setdefault(model)
            self._send(Preload(model))

    def knows(self, models: Iterable[str]) -> bool:
        """Whether each of them was loaded or refused, be it by a worker that died since."""
        return all(model in self.cards or model in self.refusals for model in models)

    def clear_seats(self) -> None:
        """There is to be another band: nobody speaks to these answerers any more."""
        for number in self._links:
            self._send(Leave(number))
        self._links.clear()

    def filenos(self) -> list[int]:
        """What to wait on."""
        return [] if self._process is None else self._process.filenos()

    def next_deadline(self) -> float:
        """When to look again: at the next start, the next ping, or the end of patience."""
        if self._process is None:
            return self._start_at
        if not self._ready or self._loading:
            return self._heard_at + self._settings.loading
        if self._pinged_at is None:
            return self._heard_at + self._settings.patience / 2
        return self._pinged_at + self._settings.patience

    def advance(self, now: float) -> list[WorkerNews]:
        """Take in what came, start what is due, end what hangs."""
        self._leaving = [process for process in self._leaving if not process.end()]
        if self._process is None:
            return self._begin(now) if now >= self._start_at else []
        try:
            news = self._read(self._process, now)
        except msgspec.MsgspecError as error:
            return self._lose(now, f"it sent what nobody can read: {error}")
        if end := self._died or self._process.end():
            return news + self._lose(now, end)
        self._flush(self._process)
        return news + self._watch(now)

    def close(self) -> None:
        """End the worker."""
        if self._process is not None:
            self._process.kill()
            self._leaving.append(self._process)
            self._process = None
        self._start_at = float("inf")
        for process in self._leaving:
            process.wait()

    def _begin(self, now: float) -> list[WorkerNews]:
        try:
            self._process = self._start()
        except OSError as error:
            return self._lose(now, f"no process can be started: {error.strerror}")
        self._ready = self._loading = False
        self._died = ""
        self._heard_at = self._good_at = now
        self._pinged_at = None
        self._awaited = set(self._models)
        self._unsent = deque(Preload(model) for model in self._models)
        for link in self._links.values():
            self._unsent.extend(link.recall())
        self._flush(self._process)
        return []

    def _read(self, process: Process, now: float) -> list[WorkerNews]:
        news: list[WorkerNews] = []
        for _ in range(_AT_ONCE):
            if (report := process.get()) is None:
                break
            self._heard_at, self._pinged_at = now, None
            news += self._note(report, now)
        return news

    def _note(self, report: Report, now: float) -> list[WorkerNews]:
        match report:
            case Worked(duet, made):
                for one in made if duet in self._links else ():
                    self._links[duet].arrive(one)
            case Ready(version, _):
                self._ready = True
                if version != VERSION:
                    self._died = f"it speaks version {version}, this player {VERSION}: restart the player"
                return self._welcome(now)
            case Loading():
                self._loading = True
            case GrooveLoaded(model):
                return self._settle(model, now)
            case Loaded(model, card):
                self.cards[model] = card
                return self._settle(model, now)
            case Refused(model, reason):
                needed = any(link.needs(model) for link in self._links.values())
                return [ModelRefused(now, model, reason, needed), *self._refuse(model, reason, now)]
            case Died(reason):
                self._died = reason
        return []

    def _settle(self, model: str, now: float) -> list[WorkerNews]:
        self._loading = False
        awaited, self._awaited = self._awaited, self._awaited - {model}
        return self._welcome(now) if awaited else []

    def _refuse(self, model: str, reason: str, now: float) -> list[WorkerNews]:
        self.refusals[model] = reason
        self._models.pop(model, None)
        for link in self._links.values():
            link.refuse(model)
        return self._settle(model, now)

    def _welcome(self, now: float) -> list[WorkerNews]:
        if self._awaited or not self._ready or self._process is None:
            return []
        return [AnswererBack(now, self._process.pid)]

    def _watch(self, now: float) -> list[WorkerNews]:
        if now >= self._good_at + _GOOD:
            self._forgive(now)
        if self._ready and not self._loading and self._pinged_at is None:
            if now >= self.next_deadline():
                self._pinged_at = now
                self._send(Ping())
            return []
        end = self.next_deadline()
        if now < end:
            return []
        if now >= end + _STOOD_STILL:
            self._heard_at, self._pinged_at = now, None
            return []
        return self._lose(now, f"it gave no sign of life for {now - self._heard_at:.1f} s and was killed")

    def _lose(self, now: float, reason: str) -> list[WorkerNews]:
        if self._process is not None:
            self._process.kill()
            self._leaving.append(self._process)
            self._process = None
        self._unsent.clear()
        self._start_at = now + _PAUSES[min(self._deaths, len(_PAUSES) - 1)]
        self._deaths += 1
        given_up = [AnswerGivenUp(now, duet) for duet, link in self._links.items() if link.lose()]
        return [AnswererLost(now, f"the worker with the models is started again: {reason}"), *given_up]

    def _forgive(self, now: float) -> None:
        self._good_at = now
        self._deaths = 0
        for link in self._links.values():
            link.forgive()

    def _send(self, order: Order) -> None:
        if self._process is None:
            return  # the next one is told all
        if len(self._unsent) >= _UNSENT:
            self._died = f"it left {_UNSENT} orders unread"
            return
        self._unsent.append(order)
        self._flush(self._process)

    def _flush(self, process: Process) -> None:
        while self._unsent and process.put(self._unsent[0]):
            self._unsent.popleft()
