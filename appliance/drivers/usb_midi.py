"""A live MIDI port, by python-rtmidi; each message is stamped when it arrives."""

import difflib
import os
from collections import deque
from collections.abc import Sequence
from typing import Any

from appliance.clock import Clock
from appliance.errors import PadLost

_CLIENT = "Ghostnote"


class UsbPad:
    """An input port by its name, or a part of it; a Source of the player's loop."""

    def __init__(self, name: str, clock: Clock) -> None:
        """Raises: PadLost, with the ports that are there, when none has the name."""
        self._clock = clock
        self._came: deque[tuple[float, bytes]] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._port = _open(name)
        self._port.set_callback(self._arrive)

    def messages(self) -> list[tuple[float, bytes]]:
        """What arrived since the last time of asking."""
        self._clear()
        came = []
        while self._came:
            came.append(self._came.popleft())
        return came

    def next_deadline(self) -> None:
        """Never: a message announces itself."""

    def filenos(self) -> list[int]:
        """Readable when a message has arrived."""
        return [self._wake]

    def close(self) -> None:
        """Let the port go."""
        self._port.cancel_callback()
        self._port.close_port()
        os.close(self._wake)

    def _arrive(self, event: tuple[Sequence[int], float], _: object = None) -> None:
        """In RtMidi's own thread: stamp and post, nothing else."""
        self._came.append((self._clock.now(), bytes(event[0])))
        os.eventfd_write(self._wake, 1)

    def _clear(self) -> None:
        try:
            os.eventfd_read(self._wake)
        except BlockingIOError:
            # Nothing has come since: the loop may look at any time.
            return


def _open(name: str) -> Any:
    try:
        import rtmidi
    except ModuleNotFoundError:
        raise PadLost(
            "a live pad needs python-rtmidi: pip install python-rtmidi (where it has no wheel it is compiled: "
            "sudo apt install build-essential python3-dev pkg-config libasound2-dev first)"
        ) from None
    try:
        port = rtmidi.MidiIn(name=_CLIENT)
        index = _find(name, port.get_ports())
        port.open_port(index)
    except rtmidi.RtMidiError as error:
        raise PadLost(f"the system has no MIDI: {error}") from None
    return port


def _find(name: str, ports: list[str]) -> int:
    for index, port in enumerate(ports):
        if name.casefold() in port.casefold():
            return index
    close = difflib.get_close_matches(name, ports, n=1, cutoff=0.3)
    there = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(ports) or 'none'}"
    raise PadLost(f"no MIDI input is called {name!r}: {there}")
