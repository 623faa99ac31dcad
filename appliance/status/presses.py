"""What pressing a button means: a short press, a long one, or the bouncing of its contacts."""

from enum import StrEnum

import msgspec

# Contacts of a push button bounce for some ms when they close and when they open (J. Ganssle, A Guide to Debouncing,
# 2004: 6 ms at most for all but one of 18 kinds); nobody presses twice within this time (s).
BOUNCE = 0.030

# A button that shuts the box down is held so long (s) that no elbow does it.
HOLD = 2.0


class Button(StrEnum):
    """Which button it is."""

    PANIC = "panic"
    FOOTSWITCH = "footswitch"
    SHUTDOWN = "shutdown"


class Press(StrEnum):
    """What the crew wants."""

    PANIC = "panic"
    STEP = "step"  # the footswitch
    SEEN = "seen"  # the shutdown button, shortly
    SHUT_DOWN = "shut down"  # the same, held


class Edge(msgspec.Struct, frozen=True, gc=False):
    """A button's contact closed (`down`) or opened at the instant `at` (s)."""

    button: Button
    down: bool
    at: float


class Presses:
    """Edges in, presses out. Panic and footswitch act when they go down, the shutdown button when one can tell."""

    def __init__(self) -> None:
        self._latest: dict[Button, float] = {}  # of the edges of panic and footswitch
        self._crew = _Held()

    def receive(self, edge: Edge) -> list[Press]:
        """What the edge means, if anything."""
        if edge.button is Button.SHUTDOWN:
            return self._crew.receive(edge)
        before = self._latest.get(edge.button, float("-inf"))
        self._latest[edge.button] = edge.at
        if not edge.down or edge.at < before + BOUNCE:
            return []
        return [Press.PANIC if edge.button is Button.PANIC else Press.STEP]

    def advance(self, now: float) -> list[Press]:
        """What can be told by now."""
        return self._crew.advance(now)


class _Held:
    """A button whose level counts when it has lasted; what it means depends on how long it was down."""

    def __init__(self) -> None:
        self._latest: Edge | None = None
        self._down = False  # the level that has lasted
        self._since: float | None = None  # the beginning of a hold that has not been told yet

    def receive(self, edge: Edge) -> list[Press]:
        told = self.advance(edge.at)
        self._latest = edge
        return told

    def advance(self, now: float) -> list[Press]:
        if self._latest is None or now < self._latest.at + BOUNCE:
            return []
        if self._latest.down is not self._down:
            self._down = self._latest.down
            if self._down:
                self._since = self._latest.at
        if self._since is None:
            return []
        return self._long(now) if self._down else self._short()

    def _long(self, now: float) -> list[Press]:
        if self._since is None or now < self._since + HOLD:
            return []
        self._since = None
        return [Press.SHUT_DOWN]

    def _short(self) -> list[Press]:
        self._since = None
        return [Press.SEEN]
