"""All that waits to be sent, in order of its instants."""

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from appliance.out.clock_maker import ClockMaker
from appliance.out.notes import CONTROL, NOTE_OFF, begins_note
from appliance.out.wire import Cut, Follow, Hush, Messages, Request, Say

# A note that is later than this (s) is left out: it would be heard as a mistake.
TOLERANCE = 0.020

# A word of OSC is sent as long before its instant as can be, often after the time when it was due.
_WORD_TOLERANCE = 5.0

_ROUNDING = 1e-9  # s

# What may wait: an answer of 32 bars of sixteenths on nine drums is 9216 messages, but 8 s are sent ahead.
MOST = 8192

# MIDI 1.0, channel mode: all sound off, and all notes off for those that do not know it.
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123


class Due(NamedTuple):
    """To be sent at `time` (s): a MIDI message to a port, or a word of OSC, which has no port."""

    time: float
    order: int
    port: str
    what: bytes | Say
    source: str = ""


class Outgoing:
    """Receive a request, say the next deadline, advance to now."""

    def __init__(self, clock: ClockMaker, clocked: Iterable[str], osc_ahead: float, offset: float = 0.0) -> None:
        """`clocked`: the ports that get the clock; `osc_ahead`: s before its instant that a word of OSC is sent.

        `offset`: s behind its instant that a MIDI message is sent; where that has passed, at once.
        """
        self._clock = clock
        self._clocked = tuple(clocked)
        self._osc_ahead = osc_ahead
        self._offset = offset
        self._heap: list[Due] = []
        self._order = 0
        self._sounding: set[tuple[str, int, int]] = set()  # port, channel from 0, key
        self.left_out = 0  # since the start

    def receive(self, request: Request, now: float) -> None:
        """Take in what the player asks."""
        match request:
            case Messages(messages, source):
                for message in messages:
                    sent = max(message.time + self._offset, min(message.time, now))
                    self._keep(sent, message.port, message.data, source)
            case Say(time):
                self._keep(time - self._osc_ahead, "", request, request.source)
            case Cut(after, source):
                self._cut(after, source)
            case Follow(time, pulse, playing):
                self._clock.follow(time, pulse, playing=playing)
            case Hush():
                self._hush(now)

    def next_deadline(self) -> float | None:
        """When the next is due."""
        deadlines = (self._heap[0].time if self._heap else None, self._clock.next_deadline())
        return min((due for due in deadlines if due is not None), default=None)

    def advance(self, now: float) -> list[Due]:
        """What is due by now: the clock's ticks first, as they are what others play by."""
        due = [Due(time, 0, port, data) for time, data in self._clock.advance(now) for port in self._clocked]
        while self._heap and self._heap[0].time <= now:
            one = heapq.heappop(self._heap)
            if now - one.time > (TOLERANCE if isinstance(one.what, bytes) else _WORD_TOLERANCE) and _begins(one):
                self.left_out += 1
                continue
            due.append(one)
            self._note(one)
        return due

    def _keep(self, time: float, port: str, what: bytes | Say, source: str) -> None:
        self._order += 1
        due = Due(time, self._order, port, what, source)
        # What ends a note is kept: there is one at most for each that was begun.
        if len(self._heap) >= (MOST if _begins(due) else 2 * MOST):
            self.left_out += 1
            return
        heapq.heappush(self._heap, due)

    def _cut(self, after: float, source: str) -> None:
        """What a source begins from then on is left out, and what it has begun ends there."""
        late = [due for due in self._heap if self._is_late(due, after, source)]
        self._heap = [due for due in self._heap if not self._is_late(due, after, source)]
        heapq.heapify(self._heap)
        ends = {(due.port, due.what) for due in late if isinstance(due.what, bytes) and not _begins(due)}
        for port, what in sorted(ends):
            self._keep(after + self._offset, port, what, source)

    def _is_late(self, due: Due, after: float, source: str) -> bool:
        instant = due.time - self._offset if isinstance(due.what, bytes) else due.time + self._osc_ahead
        # A sum and a difference may err by a rounding.
        return due.source == source and instant >= after - _ROUNDING

    def _note(self, due: Due) -> None:
        if not isinstance(due.what, bytes) or len(due.what) != 3:
            return
        status, key, _ = due.what
        place = (due.port, status & 0x0F, key)
        if begins_note(due.what):
            self._sounding.add(place)
        elif status & 0xE0 == NOTE_OFF:
            self._sounding.discard(place)

    def _hush(self, now: float) -> None:
        self._heap.clear()
        ports = {(port, channel) for port, channel, _ in self._sounding}
        off = [(port, bytes((NOTE_OFF | channel, key, 0))) for port, channel, key in sorted(self._sounding)]
        for mode in (_ALL_SOUND_OFF, _ALL_NOTES_OFF):
            off += [(port, bytes((CONTROL | channel, mode, 0))) for port, channel in sorted(ports)]
        for port, data in off:
            self._keep(now, port, data, "")


def _begins(due: Due) -> bool:
    return not isinstance(due.what, bytes) or begins_note(due.what)
