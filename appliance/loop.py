"""One owner of the rooms: it waits, hands in what came, and sends out what it led to."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import msgspec

from appliance.asides import Asides
from appliance.band import Band
from appliance.clock import Clock
from appliance.controls.control import Turned
from appliance.controls.wire import Join, Learn, Offer, Part, Route, Watch
from appliance.drumming import Drumming
from appliance.drumming import Striker as StrikerOrders
from appliance.happenings import AnswerOver, Rerouted, ThruDue, Told
from appliance.inputs import Advanced, Input, Received, Redrawn, Trodden, TurnedBy, Unplugged
from appliance.notation.hit import Hit, Stroke
from appliance.pad.midi import is_panic
from appliance.pad.presence import PortFound, PortLost, Presence
from appliance.routes import MOTORS
from appliance.status.wire import Stepped
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Reply
from appliance.views.journal import Entry, Event

# How long after the last answer its last strokes may take to be reported, in seconds.
_PATIENCE = 1.0

# What a stick needs less than this (s) to be sent, on its way through a socket, is not late for the striker.
_SOCKET = 0.0005

# Messages that are told between two looks at what is due, so that a flood delays no beat.
_AT_ONCE = 64

# Messages that wait at most; what a flood brings beyond them is left out, but never a panic.
_MOST = 4096

# MIDI 1.0: where the song is, and all that is a clock's behind it.
_SONG_POSITION = b"\xf2"

# What helpers have for the rooms and the journal.
News = Event | Turned | Stepped | Learn | Received | Route | Join | Part | Offer | Watch

# How long (s) a stick needs for a key and a velocity; None for a key that no motor plays.
Lead = Callable[[int, int], float | None]


class Source(Protocol):
    """Where MIDI messages come from: ports, or a file that is played as if it were one."""

    def messages(self) -> Sequence[tuple[str, float, bytes]]:
        """What has come: the port's name, the instant of arrival, the message."""
        ...

    def changes(self) -> Sequence[Presence]:
        """Which inputs came and went."""
        ...

    def next_deadline(self) -> float | None:
        """When to look again, for a source without a file number."""
        ...

    def filenos(self) -> list[int]:
        """What becomes readable when a message comes."""
        ...


class Striker(StrikerOrders, Protocol):
    """The way to the striker, and back. Each may raise StrikerLost."""

    def receive(self) -> list[Reply]:
        """What became of the strokes."""
        ...

    def fileno(self) -> int:
        """Readable when there are replies."""
        ...


class Helper(Protocol):
    """What else the loop looks after: the worker with the models, the control socket, the outputs."""

    def filenos(self) -> list[int]:
        """What to wait on."""
        ...

    def next_deadline(self) -> float | None:
        """When to look again."""
        ...

    def advance(self, now: float) -> Sequence[News]:
        """Do what is due; what there is to tell the rooms (Turned, a Presence) or the journal."""
        ...


class Listening(Protocol):
    """Who else is told all that happens, such as the outputs."""

    def tell(self, told: Told, now: float) -> None:
        """Something happened."""
        ...


# Waits until one of the file numbers is readable or the instant has come; False: the player is to stop.
Wait = Callable[[list[int], float | None], bool]


class Loop:
    """Runs a band in real time; `tell` is given every event, for those who watch."""

    def __init__(
        self,
        clock: Clock,
        wait: Wait,
        striker: Striker,
        tell: Callable[[Entry], None],
        batch: int,
        *,
        motors: Collection[str] | None = None,
        asides: Asides | None = None,
        lead: Lead = lambda _key, _velocity: 0.0,
        helpers: Sequence[Helper] = (),
        listening: Sequence[Listening] = (),
        note: Callable[[Input], None] = lambda _: None,
    ) -> None:
        """`batch`: a number that tells this loop's strokes from those of the striker's other clients.

        `motors`: the duets that have them; None: all. `asides`: what else is beaten, such as a metronome's clicks.
        `lead`: how long a stick needs, for what goes thru. `note` is given all that the rooms are told, for a replay.
        """
        self._batch = batch
        self._clock = clock
        self._wait = wait
        self._striker = striker
        self._tell = tell
        self._motors = None if motors is None else set(motors)
        self._lead = lead
        self._helpers = helpers
        self._listening = listening
        self._note = note
        self._asides = asides or Asides(striker)
        self._drumming = Drumming(striker, batch, self._asides)
        self._waiting: deque[tuple[str, float, bytes]] = deque()
        self._reported = 0  # strokes of which the striker has said what became of them
        self._through: tuple[float, int] | None = None  # the hit that went thru last: instant and key
        self._answers = 0
        self._ports: dict[str, Presence] = {}

    def run(self, band: Band, source: Source, answers: int | None) -> bool:
        """Until so many answers are over and reported (None: for ever); False when it was to stop before.

        Raises: StrikerLost, PadLost.
        """
        self._answers = 0
        ended: float | None = None
        while ended is None or (self._pending > 0 and self._clock.now() < ended + _PATIENCE):
            self._pump(band, source)
            if answers is not None and self._answers >= answers and ended is None:
                ended = self._clock.now()
            elif not self._rest(band, source, ended):
                self._striker.cancel(self._clock.now())
                return False
        return True

    @property
    def _pending(self) -> int:
        """Strokes of which the striker has not said yet what became of them."""
        return self._drumming.sent + self._asides.sent[self._batch] - self._reported

    def _pump(self, band: Band, source: Source) -> None:
        """What has come, and what is due, once."""
        for reply in self._striker.receive():
            self._reply(reply)
        self._take_in(band, source.messages())
        for _ in range(min(len(self._waiting), _AT_ONCE)):
            port, time, message = self._waiting.popleft()
            began = self._clock.now()
            self._note(Received(port, time, message))
            self._act(band.receive(port, time, message), began)
        for change in source.changes():
            self._hear(band, change)
        for helper in self._helpers:
            for news in helper.advance(self._clock.now()):
                self._hear(band, news)
        deadline, now = band.next_deadline(), self._clock.now()
        if deadline is not None and deadline <= now:
            self._note(Advanced(now))
            self._act(band.advance(now), now)

    def _take_in(self, band: Band, came: Sequence[tuple[str, float, bytes]]) -> None:
        """What was played before a panic, and is not heard yet, is not heard any more; a clock goes on."""
        panics = [place for place, (port, _, message) in enumerate(came) if band.silences(port, message)]
        if panics:
            earlier = [*self._waiting, *came[: panics[-1]]]
            clock = [one for one in earlier if one[2][:1] >= _SONG_POSITION and not is_panic(one[2])]
            self._waiting = deque([came[panics[-1]], *clock])
            came = came[panics[-1] + 1 :]
        self._waiting.extend(came[: max(0, _MOST - len(self._waiting))])

    def _hear(self, band: Band, news: News) -> None:
        """What a helper has for the rooms, or for those who watch."""
        began = self._clock.now()
        match news:
            case Turned():
                self._note(TurnedBy(news))
                self._act(band.turn(news), began)
            case Learn(control, duet):
                self._note(news)
                band.learn(control, duet)
            case Received(port, time, message):
                self._note(news)
                self._act(band.receive(port, time, message), began)
            case Route() | Join() | Part():
                self._note(Redrawn(began, news))
                self._act(band.route(began, news), began)
                self._stand(band, began)
            case Offer(model):
                self._note(news)
                self._act(band.offer(model), began)
            case Watch():
                self._stand(band, began)
            case Stepped(at):
                self._note(Trodden(at))
                self._act(band.step(at), began)
            case PortLost(time, name):
                self._ports[name] = news
                self._tell(Entry(began, began, news))
                self._note(Unplugged(name, time))
                self._act(band.lose(name, time), began)
            case _:
                if isinstance(news, PortFound):
                    self._ports[news.name] = news
                self._tell(Entry(began, began, news))

    def _stand(self, band: Band, began: float) -> None:
        standing = msgspec.structs.replace(band.standing(began), ports=tuple(self._ports.values()))
        self._tell(Entry(began, began, standing))

    def _rest(self, band: Band, source: Source, ended: float | None) -> bool:
        if self._waiting:
            return self._wait([], self._clock.now())
        patience = None if ended is None else ended + _PATIENCE
        deadlines = [band.next_deadline(), source.next_deadline(), patience]
        deadlines += [helper.next_deadline() for helper in self._helpers]
        soonest = min((due for due in deadlines if due is not None), default=None)
        filenos = [number for helper in self._helpers for number in helper.filenos()]
        return self._wait([self._striker.fileno(), *source.filenos(), *filenos], soonest)

    def _act(self, told: Sequence[Told], began: float) -> None:
        for one in told:
            now = self._clock.now()
            if self._motors is None or one.duet in self._motors or not one.duet:
                self._drumming.tell(one.duet, one.happening, now)
            match one.happening:
                case ThruDue(hit) if self._motors is None or one.duet in self._motors:
                    self._pass_through(hit, now)
                case AnswerOver():
                    self._answers += 1
                case Rerouted(_, outputs) if self._motors is not None:
                    (self._motors.add if MOTORS in outputs else self._motors.discard)(one.duet)
            for listener in self._listening:
                listener.tell(one, now)
            self._tell(Entry(self._clock.now(), began, one.happening, one.duet))

    def _pass_through(self, hit: Hit, now: float) -> None:
        lead = self._lead(hit.pitch, hit.velocity)
        if lead is None or (hit.time, hit.pitch) == self._through:
            return  # no stick plays it, or another duet on this pad has passed it on
        self._through = hit.time, hit.pitch
        self._asides.send(Stroke(now + lead + _SOCKET, hit.pitch, hit.velocity), self._batch, now)

    def _reply(self, reply: Reply) -> None:
        if isinstance(reply, Struck | LeftOut) and reply.batch == self._batch:
            self._reported += 1
        now = self._clock.now()
        self._tell(Entry(now, now, reply))
