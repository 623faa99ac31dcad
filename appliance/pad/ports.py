"""Which of a system's MIDI inputs is whose: names and patterns in, ports out."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import msgspec

from appliance.pad.settings import PadSettings

# ALSA's client and port numbers, which RtMidi puts behind a port's name: they change with every plugging in.
_NUMBERS = re.compile(r" (\d+):(\d+)$")


class PortsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`prefer`: patterns of what is likely a pad, the likeliest first; `never`: of what is none, our own ports too.

    `inputs`: further inputs, by the names that the settings have for them. Raises: ValueError for an empty pattern.
    """

    prefer: tuple[str, ...]
    never: tuple[str, ...]
    inputs: dict[str, str]

    def __post_init__(self) -> None:
        if not all((*self.prefer, *self.never)):
            raise ValueError("ports.prefer and ports.never hold names or patterns, none of them empty")
        for name, pattern in self.inputs.items():
            if not pattern:
                raise ValueError(f"ports.inputs.{name} is empty: give a part of the input's name, or a pattern")


class Wanted(msgspec.Struct, frozen=True):
    """An input that is wanted under a name of ours; an empty pattern: whatever looks like a pad."""

    name: str
    pattern: str
    pad: bool = True


def wanted(pads: Mapping[str, PadSettings], ports: PortsSettings) -> tuple[Wanted, ...]:
    """All inputs that the settings want. Raises: ValueError when two have one name."""
    for name in ports.inputs:
        if name in pads:
            raise ValueError(f"ports.inputs.{name} has the name of a pad: give it another")
    named = [Wanted(name, pad.port) for name, pad in pads.items()]
    return (*named, *(Wanted(name, pattern, pad=False) for name, pattern in ports.inputs.items()))


def label(port: str) -> str:
    """A port's name without the numbers that the system gives it anew each time."""
    return _NUMBERS.sub("", port)


def address(port: str) -> tuple[int, int] | None:
    """Those numbers, of the port's client and of the port; None where a name has none."""
    numbers = _NUMBERS.search(port)
    return None if numbers is None else (int(numbers[1]), int(numbers[2]))


def matches(pattern: str, port: str) -> bool:
    """Whether a port has a name: a pattern with * or ? from its beginning, a plain word anywhere; case is nothing."""
    name, pattern = label(port).casefold(), pattern.casefold()
    if any(sign in pattern for sign in "*?"):
        return fnmatchcase(name, pattern.replace("[", "[[]"))
    return pattern in name


class Search:
    """Gives each wanted input a port of those that are there, and keeps it while it is there.

    A pad that came back under the name that it had gets its place again, also when another port took it meanwhile. What
    is `never` a pad is taken only when it is asked for by its name and nothing else has it.
    """

    def __init__(self, inputs: Iterable[Wanted], settings: PortsSettings) -> None:
        self._wanted = tuple(inputs)
        self._settings = settings
        self._known: dict[str, list[str]] = {one.name: [] for one in self._wanted}

    def assign(self, ports: Iterable[str], held: Mapping[str, str]) -> dict[str, str]:
        """The port of each name that has one. `ports`: all inputs there are; `held`: what was assigned before."""
        free = list(ports)
        assigned: dict[str, str] = {}
        # Who asks for a port by its name comes before who takes what is left.
        for one in sorted(self._wanted, key=lambda one: not one.pattern):
            ranks = {port: rank for port in free if (rank := self._rank(one, port)) is not None}
            if not ranks:
                continue
            port = min(ranks, key=lambda port: (ranks[port], port != held.get(one.name), free.index(port)))
            free.remove(port)
            assigned[one.name] = port
            if label(port) not in self._known[one.name]:
                self._known[one.name].append(label(port))
        return {one.name: assigned[one.name] for one in self._wanted if one.name in assigned}

    def _rank(self, one: Wanted, port: str) -> tuple[int, int] | None:
        """The lower the better; None for a port that must not be taken."""
        never = any(matches(pattern, port) for pattern in self._settings.never)
        if one.pattern:
            return (int(never), 0) if matches(one.pattern, port) else None
        if never:
            return None
        known, prefer = self._known[one.name], self._settings.prefer
        place = known.index(label(port)) if label(port) in known else len(known)
        return next((number for number, pattern in enumerate(prefer) if matches(pattern, port)), len(prefer)), place
