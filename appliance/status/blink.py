"""What the lamp does and when: patterns that a stagehand can count, and the machine that plays them."""

from collections.abc import Sequence

import msgspec

# Seconds. Long and short flashes differ by a factor of four, the pause at a code's end is longer than any other.
# Nothing flashes more than three times in a second (WCAG 2.2, 2.3.1: above that light can set off a seizure).
_SHORT, _BETWEEN_SHORT = 0.2, 0.35
_LONG, _BETWEEN_LONG = 0.8, 0.4
_BEFORE_SHORT = 0.9
_END = 2.0
_LIT, _DIP = 1.8, 0.2

# Every pattern moves within this time (s): a lamp that stands still, lit or dark, is one that nobody drives.
LONGEST_STILL = 2.0


class Flash(msgspec.Struct, frozen=True, gc=False):
    """Lit for `on` s, then dark for `off` s."""

    on: float
    off: float


class Pattern(msgspec.Struct, frozen=True):
    """Flashes that are repeated; `says` is the pattern in words."""

    flashes: tuple[Flash, ...]
    says: str

    @property
    def seconds(self) -> float:
        """How long once through takes."""
        return sum(flash.on + flash.off for flash in self.flashes)


def dips(count: int) -> Pattern:
    """Mostly lit, with so many dark dips: the sign that all is well."""
    flashes = (Flash(_LIT, _DIP), *[Flash(_DIP, _DIP)] * (count - 1))
    return Pattern(flashes, f"lit, {count} dark {'dip' if count == 1 else 'dips'}")


def even(half: float) -> Pattern:
    """As long lit as dark: something begins or ends."""
    return Pattern((Flash(half, half),), f"even, {'slow' if half > 0.5 else 'fast'}")


def counted(long: int, short: int) -> Pattern:
    """Mostly dark, with so many long and then short flashes: a fault."""
    longs = [*[Flash(_LONG, _BETWEEN_LONG)] * (long - 1), Flash(_LONG, _BEFORE_SHORT)]
    shorts = [*[Flash(_SHORT, _BETWEEN_SHORT)] * (short - 1), Flash(_SHORT, _END)]
    return Pattern((*longs, *shorts), f"{long} long, {short} short")


class Blinker:
    """Plays patterns in turn, each once through, and again from the first; between two of them it is dark for 2 s.

    It is told what to show and the time, and says whether the lamp is lit.
    """

    def __init__(self) -> None:
        self._patterns: tuple[Pattern, ...] = ()
        self._turn = 0  # of the pattern that plays
        self._flash = 0
        self._deadline = float("-inf")
        self.lit = False

    @property
    def turn(self) -> int:
        """Which of the patterns plays."""
        return self._turn

    def show(self, patterns: Sequence[Pattern], first: int, now: float) -> None:
        """From now on these, at least one, beginning with the one numbered `first`.

        When something else was shown before, it is dark for 2 s before flashes that are to be counted.
        """
        pause = bool(self._patterns) and patterns[first].flashes[0].on < _LIT
        self._patterns = tuple(patterns)
        self._turn = first
        self._flash = -1 if pause else 0
        self.lit = not pause
        self._deadline = now + (_END if pause else patterns[first].flashes[0].on)

    def next_deadline(self) -> float | None:
        """When the lamp changes next."""
        return self._deadline if self._patterns else None

    def advance(self, now: float) -> None:
        """Change what is due; a next change is counted from the one before, so nothing drifts."""
        if not self._patterns:
            return
        if now > self._deadline + LONGEST_STILL:
            # The machine was held up: a pattern begun late can be counted, one hurried through cannot.
            self.show(self._patterns, self._turn, now)
        while self._deadline <= now:
            self._change()

    def _change(self) -> None:
        flash = self._patterns[self._turn].flashes[self._flash]
        if self.lit:
            self.lit = False
            self._deadline += max(flash.off, _END) if self._changes_over() else flash.off
            return
        self._step()
        self.lit = True
        self._deadline += self._patterns[self._turn].flashes[self._flash].on

    def _changes_over(self) -> bool:
        last = self._flash == len(self._patterns[self._turn].flashes) - 1
        return last and len(self._patterns) > 1

    def _step(self) -> None:
        self._flash += 1
        if self._flash == len(self._patterns[self._turn].flashes):
            self._flash = 0
            self._turn = (self._turn + 1) % len(self._patterns)
