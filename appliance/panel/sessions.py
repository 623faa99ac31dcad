"""Who is let in: sessions by what their cookies hold, of which only a hash is kept."""

import hashlib
import hmac
from collections.abc import Mapping

# Tablets, laptops and phones of a band and its crew; the oldest session makes room.
_MOST = 64


class Sessions:
    """Told the time, by a wall clock in seconds: a session outlives the process."""

    def __init__(self, lasting: float, known: Mapping[str, float] | None = None) -> None:
        """`lasting`: seconds of a session; `known`: those of before, each hash with the instant of its end."""
        self._lasting = lasting
        self._ends: dict[str, float] = dict(known or {})
        self._invitations: set[str] = set()

    @property
    def ends(self) -> dict[str, float]:
        """What is to be kept."""
        return dict(self._ends)

    def begin(self, token: str, now: float) -> None:
        """Whoever shows this token is in; it has at least 128 random bits."""
        self._ends = {one: end for one, end in self._ends.items() if end > now}
        while len(self._ends) >= _MOST:
            del self._ends[min(self._ends, key=self._ends.__getitem__)]
        self._ends[_hashed(token)] = now + self._lasting

    def lets_in(self, token: str, now: float) -> bool:
        """Whether a session has this token."""
        end = self._ends.get(_hashed(token))
        return end is not None and now < end <= now + self._lasting

    def end(self, token: str) -> None:
        """No more of this one."""
        self._ends.pop(_hashed(token), None)

    def end_others(self, token: str) -> None:
        """No more of any but this one."""
        own = _hashed(token)
        self._ends = {one: end for one, end in self._ends.items() if one == own}

    def invite(self, token: str) -> None:
        """Who shows this token first may begin a session without a password."""
        self._invitations.add(_hashed(token))

    def accept(self, token: str) -> bool:
        """Whether it was an invitation; it is none any more."""
        hashed = _hashed(token)
        invited = hashed in self._invitations
        self._invitations.discard(hashed)
        return invited


def csrf_of(token: str) -> str:
    """What a request that changes something must say beside the cookie: a page of another site cannot know it."""
    return hmac.digest(token.encode(), b"ghostnote csrf", "sha256").hex()


def is_csrf(said: str, token: str) -> bool:
    """Whether it is."""
    return hmac.compare_digest(said.encode("utf-8", "replace"), csrf_of(token).encode())


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
