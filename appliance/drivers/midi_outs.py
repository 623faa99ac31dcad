"""MIDI outputs by python-rtmidi, whenever they are plugged in, out, and in again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from appliance.errors import SettingsError
from appliance.out.settings import VIRTUAL
from appliance.pad.ports import address, label, matches

# The name under which the system shows our outputs: one that is never taken for a pad.
CLIENT = "Ghostnote out"

# A (client, port) of ALSA's sequencer that went away; no port: all of the client's.
Gone = tuple[int, int | None]


class OutPort(Protocol):
    """An open output."""

    def send(self, data: bytes) -> bool:
        """Send a message; False when the port does not take it."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


class OutSystem(Protocol):
    """What opens outputs."""

    def ports(self) -> list[str]:
        """The names of all outputs."""
        ...

    def open(self, port: str | None, name: str) -> OutPort | None:
        """Open one, or with None make one that others connect to. None when it cannot be opened."""
        ...


class MidiOuts:
    """The ports of [out.ports] by their names of ours; a port that is not there swallows what is sent to it."""

    def __init__(self, wanted: Mapping[str, str], system: OutSystem) -> None:
        """`wanted`: a pattern for each name, or "virtual"."""
        self._wanted = dict(wanted)
        self._system = system
        self._open: dict[str, tuple[str, OutPort]] = {}
        self._missing: set[str] = set()

    @property
    def missing(self) -> bool:
        """Whether one that is wanted is not there."""
        return len(self._open) < len(self._wanted)

    def send(self, name: str, data: bytes) -> bool:
        """Send to a port; False when it is not there."""
        _, port = self._open.get(name, ("", None))
        return port is not None and port.send(data)

    def look(self, gone: Collection[Gone] = ()) -> list[str]:
        """Close what went away, open what came; a sentence for each change. It may take some ms.

        `gone`: what the system says went away, and may be back under the same name.
        """
        ports = self._system.ports()
        said: list[str] = []
        for name, (port, opened) in tuple(self._open.items()):
            if port != VIRTUAL and (port not in ports or _went(port, gone)):
                opened.close()
                del self._open[name]
        for name in self._wanted.keys() - self._open.keys():
            said += self._take(name, ports)
        return said

    def close(self) -> None:
        """Let every port go."""
        for _, port in self._open.values():
            port.close()
        self._open.clear()

    def _take(self, name: str, ports: list[str]) -> list[str]:
        pattern = self._wanted[name]
        found = VIRTUAL if pattern == VIRTUAL else first(pattern, ports)
        opened = None if found is None else self._system.open(None if found == VIRTUAL else found, name)
        if found is None or opened is None:
            news = name not in self._missing
            self._missing.add(name)
            return [lacking(name, pattern, ports)] if news else []
        self._missing.discard(name)
        self._open[name] = (found, opened)
        return [f"{name} is {label(found)}"]


def first(pattern: str, ports: Sequence[str]) -> str | None:
    """The first output that the pattern of [out.ports] means."""
    return next((port for port in ports if matches(pattern, port)), None)


def lacking(name: str, pattern: str, ports: Sequence[str]) -> str:
    """What is said of an output that is not there."""
    there = ", ".join(label(port) for port in ports) or "none"
    return f"no MIDI output is called {pattern!r} (out.ports.{name}): there are: {there}"


class RtMidiOuts:
    """The first of RtMidi's systems that answers: ALSA's sequencer, or JACK.

    Raises: SettingsError when there is none, or no python-rtmidi.
    """

    def __init__(self) -> None:
        try:
            import rtmidi
        except ModuleNotFoundError:
            raise SettingsError("[out.ports] needs python-rtmidi: pip install python-rtmidi") from None
        self._rtmidi: Any = rtmidi
        self._lister, self._api = self._begin()

    def ports(self) -> list[str]:
        """The names of all outputs; none when the system went away."""
        try:
            return [name for name in self._lister.get_ports() if name]
        except self._rtmidi.RtMidiError:
            return []

    def open(self, port: str | None, name: str) -> "RtMidiOut | None":
        """Open an output, or make one that others connect to."""
        opened = None
        try:
            opened = self._rtmidi.MidiOut(self._api, CLIENT)
            if port is None:
                opened.open_virtual_port(name)
            else:
                opened.open_port(opened.get_ports().index(port), name)
        except (self._rtmidi.RtMidiError, ValueError):
            if opened is not None:
                opened.delete()
            return None
        return RtMidiOut(opened, self._rtmidi.RtMidiError)

    def _begin(self) -> tuple[Any, int]:
        said = "python-rtmidi knows none"
        for api in self._rtmidi.get_compiled_api():
            try:
                return self._rtmidi.MidiOut(api, CLIENT), api
            except self._rtmidi.RtMidiError as error:
                said = str(error)
        raise SettingsError(f"the system has no MIDI for [out.ports]: {said}")


class RtMidiOut:
    """An output of RtMidi's."""

    def __init__(self, opened: Any, error: type[Exception]) -> None:
        self._opened = opened
        self._error = error

    def send(self, data: bytes) -> bool:
        """Send a message."""
        try:
            self._opened.send_message(data)
        except self._error:
            return False
        return True

    def close(self) -> None:
        """Let it go."""
        self._opened.close_port()
        self._opened.delete()


def _went(port: str, gone: Collection[Gone]) -> bool:
    place = address(port)
    return place is not None and (place in gone or (place[0], None) in gone)
