"""Which passages of eight bars were played, so that none is played twice."""

import hashlib
from collections import deque
from collections.abc import Iterable

BARS = 8

# Passages that are remembered: 36 hours of 4/4 at 120 quarters a minute. Each is a number of 8 bytes.
_REMEMBERED = 1 << 16

# Which drums are struck on which step of a bar.
Bar = Iterable[tuple[int, int]]


class Passages:
    """Told each bar by its number, in order; a bar may be told again, in another form."""

    def __init__(self) -> None:
        self._bars: dict[int, bytes] = {}
        self._known: dict[int, int] = {}  # passage to the bar that it ended with
        self._order: deque[int] = deque()

    def repeats(self, number: int, bar: Bar) -> bool:
        """Whether bar `number` would end a passage that was played before."""
        passage = self._passage(number, bar)
        return passage is not None and self._known.get(passage, number) != number

    def tell(self, number: int, bar: Bar) -> None:
        """Bar `number` is played so."""
        passage = self._passage(number, bar)
        self._bars[number] = _digest(bar)
        self._bars.pop(number - 4 * BARS, None)
        if passage is None:
            return
        if passage not in self._known:
            self._order.append(passage)
        self._known[passage] = number
        if len(self._order) > _REMEMBERED:
            del self._known[self._order.popleft()]

    def _passage(self, number: int, bar: Bar) -> int | None:
        before = [self._bars.get(number - back) for back in range(BARS - 1, 0, -1)]
        if None in before:
            return None
        whole = hashlib.blake2b(b"".join(one for one in before if one) + _digest(bar), digest_size=8)
        return int.from_bytes(whole.digest(), "little")


def _digest(bar: Bar) -> bytes:
    return hashlib.blake2b(repr(sorted(bar)).encode(), digest_size=8).digest()
