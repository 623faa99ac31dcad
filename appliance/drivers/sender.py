"""The sender's loop: wait for the instant, send, note how late it was; attend to clients and ports in between."""

import math
from collections.abc import Collection, Sequence
from typing import Protocol

from appliance.drivers.alsa_sequencer import News as Changes
from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.realtime import SPIN
from appliance.drivers.striker import PreciseClock
from appliance.out.outgoing import Due, Outgoing
from appliance.out.wire import Request, Say

# Below this time (s) to the next instant nothing but it is thought of: reading a packet of strokes takes a Pi a
# millisecond. Where instants follow one another so closely, clients are looked at behind so many of them all the same,
# as one of them may want silence.
_SPARE = SPIN + 0.0016
_IN_A_ROW = 4

# Looking for ports asks the system, which may take some ms, or on JACK as long as its server likes. So it is done when
# the system says that a port came or went, and each `_LOOK` s while one that is wanted is not there; where nobody says
# so, also else, but only when nothing is due for `_LULL` s.
_LOOK = 1.0
_LULL = 0.5

# Any look waits for a gap of this length (s); a tick at 300 quarters a minute leaves none, so behind the second figure
# it is done in any.
_GAP = 0.010
_IMPATIENT = 5.0


class Door(Protocol):
    """Where requests come from."""

    stopped: bool

    def wait(self, until: float | None, others: Sequence[int] = ()) -> Sequence[Request]:
        """What was asked, as soon as something is, or one of `others` is readable; at the latest at `until`."""
        ...

    def tell(self, text: str) -> None:
        """A sentence to every client."""
        ...


class Outs(Protocol):
    """MIDI outputs by their names."""

    @property
    def missing(self) -> bool:
        """Whether one that is wanted is not there."""
        ...

    def send(self, name: str, data: bytes) -> bool:
        """Send to one; False when it is not there."""
        ...

    def look(self, gone: Collection[tuple[int, int | None]] = ()) -> list[str]:
        """See which came and went; a sentence for each."""
        ...


class News(Protocol):
    """What says that ports come and go: ALSA's sequencer."""

    def fileno(self) -> int:
        """Readable when there is news."""
        ...

    def read(self) -> Changes:
        """Whether any port came or went, and which went."""
        ...


class Speaker(Protocol):
    """Who sends words of OSC."""

    def send(self, say: Say, now: float) -> None:
        """Send one."""
        ...


class Watchdog(Protocol):
    """Who wants to be told that the loop goes on."""

    def next_deadline(self) -> float | None:
        """When."""
        ...

    def advance(self, now: float) -> None:
        """It does."""
        ...


class SenderLoop:
    """One thread: what is due goes out at its instant, whatever clients and ports do."""

    def __init__(
        self,
        outgoing: Outgoing,
        outs: Outs,
        speaker: Speaker,
        door: Door,
        clock: PreciseClock,
        record: LatenessRecord,
        news: News | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        """Without `news` ports are looked for by their names alone."""
        self._outgoing = outgoing
        self._outs = outs
        self._speaker = speaker
        self._door = door
        self._clock = clock
        self._news = news
        self._watchdog = watchdog
        self._gone: set[tuple[int, int | None]] = set()
        self._changed = True
        self._look_at = clock.now()
        self._left_out = 0
        self._row = 0  # instants since clients were looked at
        self.record = record

    def run(self) -> None:
        """Send until the door is stopped."""
        while not self._door.stopped:
            self.turn()

    def turn(self) -> None:
        """One instant, or one look at clients and ports."""
        deadline, now = self._outgoing.next_deadline(), self._clock.now()
        if deadline is not None and deadline - _SPARE <= now and self._row < _IN_A_ROW:
            self._row += 1
            self._send(deadline)
            return
        self._row = 0
        if now >= self._look_at and (deadline is None or self._has_time(deadline - now)):
            self._attend(now)
            return
        # What waits for a gap is no reason to wake up.
        until = self._look_at if self._look_at > now else math.inf
        until = until if deadline is None else max(min(until, deadline - _SPARE), now)
        if self._watchdog is not None:
            self._watchdog.advance(now)
            until = min(until, self._watchdog.next_deadline() or math.inf)
        for request in self._door.wait(until, [] if self._news is None else [self._news.fileno()]):
            self._outgoing.receive(request, self._clock.now())
        self._hear_news()

    def _has_time(self, gap: float) -> bool:
        if self._news is None and not self._outs.missing:
            return gap > _LULL
        return gap > _GAP or self._clock.now() > self._look_at + _IMPATIENT

    def _send(self, deadline: float) -> None:
        self._clock.reach(deadline)
        for due in self._outgoing.advance(self._clock.now()):
            self._put(due)

    def _put(self, due: Due) -> None:
        if isinstance(due.what, Say):
            self._speaker.send(due.what, self._clock.now())
        else:
            self._outs.send(due.port, due.what)
        now = self._clock.now()
        self.record.note(now, now - due.time)

    def _hear_news(self) -> None:
        if self._news is None:
            return
        changes = self._news.read()
        self._gone.update(changes.gone)
        if changes.changed:
            self._changed = True
            self._look_at = self._clock.now()

    def _attend(self, now: float) -> None:
        if self._news is None or self._changed or self._outs.missing:
            for sentence in self._outs.look(self._gone):
                self._door.tell(sentence)
            self._gone.clear()
            self._changed = False
        if self._outgoing.left_out != self._left_out:
            self._left_out = self._outgoing.left_out
            self._door.tell(f"{self._left_out} notes were left out since the start, as they came too late or too many")
        self._look_at = now + _LOOK
