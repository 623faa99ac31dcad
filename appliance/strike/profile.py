"""One motion of a stick: pushed to the head, let lie, pulled back; and two strokes in one motion."""

import msgspec


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A motor driven for some seconds with a duty of 0 to 1; the part of the profile gives the direction."""

    seconds: float
    duty: float


class StrikeProfile(msgspec.Struct, frozen=True, gc=False):
    """Forward, pause, back; `lead` seconds pass from the start of the push until the stick meets the head.

    The stick lies still `settle` seconds after the motor's last edge.
    """

    forward: Segment
    pause: Segment
    back: Segment
    lead: float
    settle: float = 0.0

    @property
    def total(self) -> float:
        """Seconds from the start of the push until the motor is at rest again."""
        return self.forward.seconds + self.pause.seconds + self.back.seconds

    @property
    def rest(self) -> float:
        """Seconds from the start of the push until the stick lies still again."""
        return self.total + self.settle

    @property
    def edges(self) -> tuple[tuple[float, float], ...]:
        """The signed duty from each instant on, as (seconds since the start, -1 to 1); the last one is 0."""
        pause = self.forward.seconds
        back = pause + self.pause.seconds
        return ((0.0, self.forward.duty), (pause, self.pause.duty), (back, -self.back.duty), (self.total, 0.0))


def fetched(profile: StrikeProfile, rest: float) -> tuple[tuple[float, float], ...]:
    """The edges of a stroke whose stick is pulled home first, and lies there for `rest` s.

    The third edge (number 2) is the push.
    """
    push = profile.back.seconds + rest
    return ((0.0, -profile.back.duty), (profile.back.seconds, 0.0), *((push + at, duty) for at, duty in profile.edges))


def doubled(first: StrikeProfile, second: StrikeProfile, gap: float) -> tuple[tuple[float, float], ...]:
    """The edges of a double: the second push throws the stick again out of its rebound, `gap` s behind the first.

    The pull is the second's. The third edge (number 2) is the second push.
    """
    again = first.lead + gap - second.lead
    shifted = tuple((again + at, duty) for at, duty in second.edges)
    return ((0.0, first.forward.duty), (first.forward.seconds, 0.0), *shifted)
