"""An input came, or went away."""

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from appliance.pad.ports import Wanted, label, matches


class PortFound(msgspec.Struct, frozen=True, tag=True):
    """From `time` (s) on, what the input `name` of the settings sends is heard; `port` is its name in the system."""

    time: float
    name: str
    port: str


class PortLost(msgspec.Struct, frozen=True, tag=True):
    """The input `name` of the settings is not there; `text` says to a person what was looked for and what there is."""

    time: float
    name: str
    text: str


Presence = PortFound | PortLost


def missing(one: Wanted, ports: Sequence[str]) -> str:
    """What to say where no port is the one that is wanted."""
    labels = [label(port) for port in ports]
    there = f"there are: {', '.join(labels) or 'none'}"
    if not one.pattern:
        return f"no MIDI input looks like a pad: {there}"
    if any(matches(one.pattern, port) for port in ports):
        return f"the MIDI input {one.pattern!r} went away, and is looked for again"
    close = get_close_matches(one.pattern, labels, n=1, cutoff=0.3)
    return f"no MIDI input is called {one.pattern!r}: " + (f"did you mean {close[0]!r}?" if close else there)
