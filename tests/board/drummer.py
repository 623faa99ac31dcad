"""Somebody who strikes the emulated pads, and sees what the box makes of it."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.clock import MonotonicClock
from appliance.drivers.midi_ports import MidiPorts, open_ports
from appliance.notation.hit import Hit
from appliance.pad.midi import Pad, Panic
from appliance.pad.ports import PortsSettings, Search, Wanted
from appliance.pad.presence import PortFound, PortLost
from appliance.pad.settings import PadSettings
from appliance.settings import load_settings
from tests.board.gadget import Gadget
from tests.board.witness import Enumeration

SETTINGS = load_settings()
PORTS = SETTINGS.room("ports", PortsSettings)
CLIENTS = Path("/proc/asound/seq/clients")
BETWEEN = 0.020  # s between the strokes of who waits for the box to hear
GIVING_UP = 120.0  # a machine that emulates the board may stand still for many seconds


class Drummer:
    """Strikes a pad, and sees what the box makes of it."""

    def __init__(self, ports: MidiPorts) -> None:
        self.ports = ports
        self.pads = {name: Pad(SETTINGS.room("pad", PadSettings)) for name in ("pad", "left", "right")}
        self.found: list[PortFound] = []
        self.lost: list[PortLost] = []
        self.panics = 0
        self.messages = 0
        self.taken = float("inf")  # when the first stroke behind the port's coming was taken by the pad's own side
        self.enumeration = Enumeration()
        self.enumerated = 0.0

    def hits(self, wait: float) -> list[tuple[str, Hit]]:
        select.select([*self.ports.filenos(), self.enumeration], (), (), wait)
        self.enumerated = self.enumeration.seen() or self.enumerated
        for change in self.ports.changes():
            (self.found if isinstance(change, PortFound) else self.lost).append(change)
        hits = []
        for name, at, message in self.ports.messages():
            self.messages += 1
            heard = self.pads[name].receive(at, message)
            self.panics += isinstance(heard, Panic)
            if isinstance(heard, Hit):
                hits.append((name, heard))
        return hits

    def strike_until_heard(self, gadget: Gadget, name: str, since: float) -> float:
        """Seconds from an instant to the first hit that was heard."""
        self.taken, strikes, accepted = float("inf"), 0, 0
        while time.monotonic() < since + GIVING_UP:
            strikes, took = strikes + 1, gadget.strike()
            accepted += took
            if took and self.found and self.found[-1].time >= since:
                self.taken = min(self.taken, time.monotonic())
            for heard, hit in self.hits(BETWEEN):
                if heard == name and hit.time >= since:
                    return hit.time - since
        said = f"the pad's own side took {accepted} of {strikes} strikes, {self.messages} messages have come in all"
        raise AssertionError(f"no hit of {name} was heard for {GIVING_UP} s: {said}: {CLIENTS.read_text()}{sides()}")

    def see_lost(self, count: int) -> None:
        end = time.monotonic() + GIVING_UP
        while len(self.lost) < count:
            assert time.monotonic() < end, f"the loss was not seen: {self.lost}"
            self.hits(BETWEEN)


def sides() -> str:
    """How many bytes went through each card's own end, the pad's and the host's: where a stroke was lost."""
    files = [Path("/proc/asound/cards"), *sorted(Path("/proc/asound").glob("card*/midi*"))]
    return "".join(f"\n{file}:\n{file.read_text()}" for file in files)


@contextmanager
def drummer(*inputs: Wanted) -> Iterator[Drummer]:
    ports = open_ports(inputs, Search(inputs, PORTS), MonotonicClock())
    try:
        yield Drummer(ports)
    finally:
        ports.close()
