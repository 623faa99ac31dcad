"""How often somebody may: so many at once, then so many a second; told the time."""

from collections import OrderedDict


class Allowance:
    """A bucket of `burst` tokens that fills again at `rate` a second."""

    def __init__(self, burst: float, rate: float) -> None:
        self._burst = burst
        self._rate = rate
        self._left = burst
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Whether it may, once more."""
        self._fill(now)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def wait(self, now: float) -> float:
        """Seconds until it may again."""
        self._fill(now)
        return max(0.0, (1.0 - self._left) / self._rate)

    def _fill(self, now: float) -> None:
        self._left = min(self._burst, self._left + max(now - self._at, 0.0) * self._rate)
        self._at = now


# Of one address: five tries, then one in half a minute; of all together 20, then one in three seconds: a password of 59
# bits is not found so, and who mistypes it is not kept waiting.
_OWN = (5.0, 1 / 30)
_ALL = (20.0, 1 / 3)
_ADDRESSES = 1024  # that are remembered


class Tries:
    """How often a password may be tried."""

    def __init__(self) -> None:
        self._own: OrderedDict[str, Allowance] = OrderedDict()
        self._all = Allowance(*_ALL)

    def take(self, address: str, now: float) -> float:
        """0 when it may be tried now, else the seconds to wait."""
        own = self._own.setdefault(address, Allowance(*_OWN))
        self._own.move_to_end(address)
        if len(self._own) > _ADDRESSES:
            self._own.popitem(last=False)
        wait = max(own.wait(now), self._all.wait(now))
        if wait > 0.0:
            return wait
        own.take(now)
        self._all.take(now)
        return 0.0

    def forget(self, address: str) -> None:
        """It was the right one."""
        self._own.pop(address, None)
