"""All MIDI inputs that the settings want, whenever they are plugged in, out, and in again."""

import contextlib
import os
import select
import threading
from collections import deque
from collections.abc import Sequence
from functools import partial

from appliance.clock import Clock
from appliance.drivers.midi_inbox import Message as Message
from appliance.drivers.midi_inbox import MidiInbox
from appliance.drivers.midi_system import MidiSystem, Opened, RtMidiSystem
from appliance.drivers.sequencer_news import NO_NEWS, News, SequencerNews
from appliance.errors import PadLost
from appliance.pad.ports import Search, Wanted, address
from appliance.pad.presence import PortFound, PortLost, Presence, missing

# Seconds between two looks: where the sequencer says what changes, and where nobody does.
_SLOWLY = 2.0
_OFTEN = 0.25

# A port that could not be opened is tried again after so many seconds.
_AGAIN = 0.1


class MidiPorts:
    """A Source of the player's loop. A thread of its own looks for ports, opens and closes them.

    `news`: what says that ports come and go; without it they are looked for often. Raises: PadLost when the system
    has no MIDI at all; a port that is only missing is waited for.
    """

    def __init__(
        self,
        inputs: Sequence[Wanted],
        search: Search,
        system: MidiSystem,
        clock: Clock,
        news: SequencerNews | None = None,
    ) -> None:
        self._inputs = {one.name: one for one in inputs}
        self._search = search
        self._system = system
        self._news = news
        self._clock = clock
        self._inbox = MidiInbox(clock)
        self._changes: deque[Presence] = deque()
        self._open: dict[str, tuple[str, Opened]] = {}
        self._missing: set[str] = set()
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._pause = self.look(system.ports(), NO_NEWS)
        self._thread = threading.Thread(target=self._keep_looking, name="ports", daemon=True)

    def start(self) -> None:
        """From here on the ports are watched; before, only those that were there are heard."""
        self._thread.start()

    def messages(self) -> list[Message]:
        """What arrived since the last time of asking: (input, instant, message)."""
        return self._inbox.take()

    def changes(self) -> list[Presence]:
        """Which inputs came and went since the last time of asking."""
        changes = []
        with contextlib.suppress(IndexError):
            while True:
                changes.append(self._changes.popleft())
        return changes

    @property
    def left_out(self) -> int:
        """Messages of floods that were left out."""
        return self._inbox.left_out

    def next_deadline(self) -> None:
        """Never: messages and changes announce themselves."""

    def filenos(self) -> list[int]:
        """Readable when a message arrived, or a port came or went."""
        return [self._inbox.fileno()]

    def close(self) -> None:
        """Let every port go."""
        os.eventfd_write(self._stop, 1)
        if self._thread.is_alive():
            self._thread.join()
        for _, opened in self._open.values():
            opened.close()
        self._open.clear()
        self._system.close()
        if self._news is not None:
            self._news.close()
        os.close(self._stop)
        self._inbox.close()

    def look(self, ports: Sequence[str], news: News) -> float:
        """Close what went away, open what came; how many seconds until the next look. Only one thread may."""
        held = {name: port for name, (port, _) in self._open.items() if port in ports and not _went(port, news)}
        assigned = self._search.assign(ports, held)
        for name in tuple(self._open):
            if name not in held or assigned.get(name) != held[name]:
                self._let_go(name, ports)
        opened = [self._take(name, port) for name, port in assigned.items() if name not in self._open]
        for name in sorted(self._inputs.keys() - self._open.keys() - self._missing):
            self._miss(name, ports)
        if not all(opened):
            return _AGAIN
        return _OFTEN if self._news is None else _SLOWLY

    def _keep_looking(self) -> None:
        watched = [self._stop, *([self._news.fileno()] if self._news else [])]
        while True:
            ready, _, _ = select.select(watched, (), (), self._pause)
            if self._stop in ready:
                return
            news = self._news.read() if self._news else NO_NEWS
            self._pause = self.look(self._ports(), news)

    def _ports(self) -> list[str]:
        try:
            return self._system.ports()
        except PadLost:  # a JACK server that ended
            return []

    def _take(self, name: str, port: str) -> bool:
        opened = self._system.open(port, name, partial(self._inbox.put, name))
        if opened is None:
            return False
        self._open[name] = (port, opened)
        self._missing.discard(name)
        self._tell(PortFound(self._clock.now(), name, port))
        return True

    def _let_go(self, name: str, ports: Sequence[str]) -> None:
        _, opened = self._open.pop(name)
        opened.close()
        self._miss(name, ports)

    def _miss(self, name: str, ports: Sequence[str]) -> None:
        self._missing.add(name)
        self._tell(PortLost(self._clock.now(), name, missing(self._inputs[name], ports)))

    def _tell(self, change: Presence) -> None:
        self._changes.append(change)
        self._inbox.wake()


def open_ports(inputs: Sequence[Wanted], search: Search, clock: Clock) -> MidiPorts:
    """The system's own ports, watched. Raises: PadLost when it has no MIDI."""
    system = RtMidiSystem()
    news = None
    if system.alsa:
        with contextlib.suppress(OSError):
            news = SequencerNews()
    ports = MidiPorts(inputs, search, system, clock, news)
    ports.start()
    return ports


def _went(port: str, news: News) -> bool:
    """Whether the port of this name is another one than before: it went, and came back under the same numbers."""
    place = address(port)
    return place is not None and (place in news.gone or (place[0], None) in news.gone)
