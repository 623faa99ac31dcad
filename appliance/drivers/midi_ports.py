"""All MIDI inputs that the settings want, whenever they are plugged in, out, and in again."""

import contextlib
import os
import select
import threading
from collections import deque
from collections.abc import Sequence
from functools import partial

from appliance.clock import Clock
from appliance.drivers.alsa_sequencer import NO_NEWS, AlsaSequencer, News
from appliance.drivers.midi_inbox import Message, MidiInbox
from appliance.drivers.midi_system import MidiSystem, Opened, RtMidiSystem
from appliance.drivers.quiet_libraries import quiet_libraries
from appliance.errors import PadLost
from appliance.pad.ports import Search, Wanted, address
from appliance.pad.presence import PortFound, PortLost, Presence, missing

# Seconds between two looks where the system does not say that ports come and go.
_OFTEN = 0.25

# A port that could not be opened is tried again after so many seconds.
_AGAIN = 0.1


class MidiPorts:
    """A Source of the player's loop. Raises: PadLost when there is no MIDI at all; a missing port is waited for.

    A system with a file is read in the loop, and looks as soon as it says that something changed. One without is
    looked at again and again by a thread, from `start` on.
    """

    def __init__(self, inputs: Sequence[Wanted], search: Search, system: MidiSystem, clock: Clock) -> None:
        self._inputs = {one.name: one for one in inputs}
        self._search = search
        self._system = system
        self._clock = clock
        self._inbox = MidiInbox()
        self._changes: deque[Presence] = deque()
        self._open: dict[str, tuple[str, Opened]] = {}
        self._missing: set[str] = set()
        self._again: float | None = None  # when to look again
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._keep_looking, name="ports", daemon=True)
        self.look(system.ports(), NO_NEWS)

    def start(self) -> None:
        """From here on ports are looked for where the system does not say that they come and go."""
        if self._system.fileno() is None:
            self._thread.start()

    def messages(self) -> list[Message]:
        """What arrived since the last time of asking: (input, instant, message)."""
        if self._system.fileno() is not None:
            news = self._system.read()
            if news.changed or (self._again is not None and self._again <= self._clock.now()):
                self.look(self._ports(), news)
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

    def next_deadline(self) -> float | None:
        """When a port is to be tried again; else messages and changes announce themselves."""
        return None if self._system.fileno() is None else self._again

    def filenos(self) -> list[int]:
        """Readable when a message arrived, or a port came or went."""
        own = self._system.fileno()
        return [self._inbox.fileno(), *([] if own is None else [own])]

    def close(self) -> None:
        """Let every port go."""
        os.eventfd_write(self._stop, 1)
        if self._thread.is_alive():
            self._thread.join()
        for _, opened in self._open.values():
            opened.close()
        self._open.clear()
        self._system.close()
        os.close(self._stop)
        self._inbox.close()

    def look(self, ports: Sequence[str], news: News) -> None:
        """Close what went away, open what came. Only one thread may."""
        held = {name: port for name, (port, _) in self._open.items() if port in ports and not _went(port, news)}
        assigned = self._search.assign(ports, held)
        for name in tuple(self._open):
            if name not in held or assigned.get(name) != held[name]:
                self._let_go(name, ports)
        opened = [self._take(name, port) for name, port in assigned.items() if name not in self._open]
        for name in sorted(self._inputs.keys() - self._open.keys() - self._missing):
            self._miss(name, ports)
        self._again = None if all(opened) else self._clock.now() + _AGAIN

    def _keep_looking(self) -> None:
        while not select.select([self._stop], (), (), _OFTEN)[0]:
            self.look(self._ports(), NO_NEWS)

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


def open_system(clock: Clock) -> MidiSystem:
    """ALSA's sequencer, or where there is none what python-rtmidi finds. Raises: PadLost when that is nothing."""
    try:
        return AlsaSequencer(clock)
    except PermissionError as error:
        raise PadLost(
            f"this user may not use {error.filename}: sudo usermod -aG audio NAME, and log in again"
        ) from None
    except OSError:
        return _other_system(clock)


def _other_system(clock: Clock) -> MidiSystem:
    try:
        with quiet_libraries():
            return RtMidiSystem(clock)
    except PadLost as error:
        raise PadLost(f"the kernel has no MIDI sequencer (sudo modprobe snd-seq), and without it {error}") from None


def open_ports(inputs: Sequence[Wanted], search: Search, clock: Clock) -> MidiPorts:
    """The system's own ports, watched. Raises: PadLost when it has no MIDI."""
    ports = MidiPorts(inputs, search, open_system(clock), clock)
    ports.start()
    return ports


def _went(port: str, news: News) -> bool:
    """Whether the port of this name is another one than before: it went, and came back under the same numbers."""
    place = address(port)
    return place is not None and (place in news.gone or (place[0], None) in news.gone)
