"""The system's MIDI inputs by python-rtmidi: which there are, and one of them opened."""

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from appliance.errors import PadLost
from appliance.pad.stream import MidiStream

# The name under which the system shows our ports.
CLIENT = "Ghostnote"

# A message that is on its way into Python when its port is closed is there within this time (s).
_UNDER_WAY = 0.02

Receive = Callable[[bytes], None]


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

    def close(self) -> None:
        """Let the system go."""
        ...


class RtMidiSystem:
    """ALSA's sequencer where there is one, else JACK; `api` is RtMidi's number of the one that it is to be.

    Raises: PadLost when there is neither, or no python-rtmidi.
    """

    def __init__(self, api: int | None = None) -> None:
        self._rtmidi = _library()
        self._lister, self._api = self._begin([api] if api is not None else self._rtmidi.get_compiled_api())

    @property
    def alsa(self) -> bool:
        """Whether it is ALSA's sequencer."""
        return bool(self._api == self._rtmidi.API_LINUX_ALSA)

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
        return RtMidiInput(opened, receive)

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

    def __init__(self, opened: Any, receive: Receive) -> None:
        self._opened = opened
        self._receive = receive
        self._stream = MidiStream()
        # Exclusive messages of any length, and three active sensings a second, would only wake us.
        opened.ignore_types(sysex=True, timing=False, active_sense=True)
        opened.set_callback(self._arrive)

    def close(self) -> None:
        """Hear no more. It takes 20 ms: nobody who plays may wait for it."""
        # python-rtmidi 1.5.8 frees its callback while a message may be on its way to it, and waits for RtMidi's thread
        # while that may wait for the interpreter. So what it refers to is held, and the thread has time to come back.
        held = gc.get_referents(self._opened)
        self._opened.cancel_callback()
        time.sleep(_UNDER_WAY)
        held.clear()
        self._opened.close_port()
        self._opened.delete()

    def _arrive(self, event: tuple[Sequence[int], float], _: object = None) -> None:
        for message in self._stream.feed(bytes(event[0])):
            self._receive(message)


def _library() -> Any:
    try:
        import rtmidi
    except ModuleNotFoundError:
        raise PadLost(
            "a live pad needs python-rtmidi: pip install python-rtmidi (where it has no wheel it is compiled: "
            "sudo apt install build-essential python3-dev pkg-config libasound2-dev first)"
        ) from None
    return rtmidi
