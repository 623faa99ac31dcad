"""What a motor does for a stroke, or for two that are one motion: its edges, and what begins at which of them."""

from itertools import pairwise

import msgspec

from appliance.strike.outcome import Asked

# The signed duty from an instant on, as (seconds since the start, -1 to 1).
Edge = tuple[float, float]


class Part(msgspec.Struct, eq=False):
    """A stroke or a try, and the edge of its motion with which its push begins."""

    edge: int
    asked: Asked
    batch: int


class Motion(msgspec.Struct, eq=False):
    """A motion with a place in a motor's time; `edge` counts the edges that are done."""

    motor: str
    start: float
    edges: tuple[Edge, ...]
    parts: tuple[Part, ...]
    settle: float = 0.0  # s until the stick lies still again
    edge: int = 0
    gone: bool = False

    @property
    def deadline(self) -> float:
        """When its next edge is due."""
        return self.start + self.edges[self.edge][0]

    @property
    def end(self) -> float:
        """When its motor is at rest again, and the stick with it."""
        return self.start + self.edges[-1][0] + self.settle

    @property
    def begun(self) -> bool:
        """Whether its motor moves already."""
        return self.edge > 0

    @property
    def cost(self) -> float:
        """What it takes of the motor's duty budget, in seconds at full duty."""
        return sum(duty * duty * (until - since) for (since, duty), (until, _) in pairwise(self.edges))

    @property
    def time(self) -> float:
        """The instant that its first part was asked for."""
        return self.parts[0].asked.time

    def begins(self) -> Part | None:
        """What begins with the next edge."""
        return next((part for part in self.parts if part.edge == self.edge), None)

    def unbegun(self) -> tuple[Part, ...]:
        """The parts whose push has not begun."""
        return tuple(part for part in self.parts if part.edge >= self.edge)
