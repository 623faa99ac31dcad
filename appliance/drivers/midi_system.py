"""The system's MIDI inputs by python-rtmidi, where there is no ALSA sequencer: on JACK, and on other systems."""

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from appliance.clock import Clock
from appliance.drivers.alsa_sequencer import NO_NEWS, News
from appliance.errors import PadLost
from appliance.pad.stream import MidiStream

# The name under which the system shows our ports.
CLIENT = "Ghostnote"

# A message that is on its way into Python when its port is closed is there within this time (s).
_UNDER_WAY = 0.3

# Given the instant of arrival (s) and a whole message.
Receive = Callable[[float, bytes], None]


class Opened(Protocol):
    """An open input."""

    def close(self) -> None:
        """Hear no more."""
        ...


class MidiSystem(Protocol):
    """What opens inputs."""

    def ports(self) -> list[str]:
        """The names of all inputs. Raises: PadLost when the system has no MIDI."""
        ...

    def open(self, port: str, name: str, receive: Receive) -> Opened | None:
        """Open one; `name` is what others see of it. None when it went away meanwhile, or cannot be opened."""
        ...

    def fileno(self) -> int | None:
        """Readable when there is something to `read`; None for a system that hears, and says nothing, by itself."""
        ...

    def read(self) -> News:
        """Hand out the messages that came; which ports came and went."""
        ...

    def close(self) -> None:
        """Let the system go."""
        ...


class RtMidiSystem:
    """The first of RtMidi's systems that answers. Messages are stamped in RtMidi's own threads.

    Raises: PadLost when there is none, or no python-rtmidi.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rtmidi = _library()
        self._lister, self._api = self._begin(self._rtmidi.get_compiled_api())

    def ports(self) -> list[str]:
        """The names of all inputs. Raises: PadLost."""
        try:
            names: list[str | None] = self._lister.get_ports()
        except self._rtmidi.RtMidiError as error:
            raise PadLost(f"the system's MIDI does not answer: {error}") from None
        # A port that goes away while they are counted has no name.
        return [name for name in names if name]

    def open(self, port: str, name: str, receive: Receive) -> "RtMidiInput | None":
        """Open an input whose whole messages go to `receive`, in a thread of RtMidi's."""
        opened = None
        try:
            opened = self._rtmidi.MidiIn(self._api, CLIENT)
            opened.open_port(opened.get_ports().index(port), name)
        except (self._rtmidi.RtMidiError, ValueError):
            if opened is not None:
                opened.delete()
            return None
        return RtMidiInput(opened, self._clock, receive)

    def fileno(self) -> None:
        """There is none: RtMidi hears in threads of its own, and never says that a port is gone."""

    def read(self) -> News:
        """Nothing: it is not to be asked."""
        return NO_NEWS

    def close(self) -> None:
        """Let the system go."""
        self._lister.delete()

    def _begin(self, apis: Sequence[int]) -> tuple[Any, int]:
        said = "python-rtmidi knows none"
        for api in apis:
            try:
                return self._rtmidi.MidiIn(api, CLIENT), api
            except self._rtmidi.RtMidiError as error:
                said = str(error)
        raise PadLost(f"the system has no MIDI: {said}")


class RtMidiInput:
    """An open input; what it hears is cut into whole messages."""

    def __init__(self, opened: Any, clock: Clock, receive: Receive) -> None:
        self._opened = opened
        self._clock = clock
        self._receive = receive
        self._stream = MidiStream()
        # Exclusive messages of any length, and three active sensings a second, would only wake us.
        opened.ignore_types(sysex=True, timing=False, active_sense=True)
        opened.set_callback(self._arrive)

    def close(self) -> None:
        """Hear no more. It takes 0.3 s: nobody who plays may wait for it."""
        # python-rtmidi 1.5.8 frees its callback while a message may be on its way to it, and waits for RtMidi's thread
        # while that may wait for the interpreter. So what it refers to is held, and the thread has time to come back.
        held = gc.get_referents(self._opened)
        self._opened.cancel_callback()
        time.sleep(_UNDER_WAY)
        held.clear()
        self._opened.close_port()
        self._opened.delete()

    def _arrive(self, event: tuple[Sequence[int], float], _: object = None) -> None:
        now = self._clock.now()
        for message in self._stream.feed(bytes(event[0])):
            self._receive(now, message)


def _library() -> Any:
    try:
        import rtmidi
    except ModuleNotFoundError:
        raise PadLost(
            "a live pad needs python-rtmidi: pip install python-rtmidi (where it has no wheel it is compiled: "
            "sudo apt install build-essential python3-dev pkg-config libasound2-dev first)"
        ) from None
    return rtmidi
