"""A version on trial: what it must show, by when, and the verdict; told the time, never asks."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

# Seconds that a new version has at a pace of 1, from the restart of its units to the last of its proofs. A Pi of 2015
# needs about fifteen for its imports; and a bad one may take a minute in all, from its file's first byte to the version
# before that plays again.
PATIENCE = 25.0

# Seconds for which the units must stay up behind their last proof: few programs die of their first idle minute,
# many of their first second.
STEADY = 5.0


class Proof(StrEnum):
    """What a version must show before it is trusted."""

    UNITS_READY = "all units ready"
    STROKE_STRUCK = "a dry stroke executed"
    MODEL_ANSWERS = "the model answers"


class Verdict(msgspec.Struct, frozen=True):
    """How the trial ended; `reason` says what was missing or failed."""

    passed: bool
    reason: str = ""


class Trial:
    """From the restart at `began` (s) to a verdict."""

    def __init__(self, began: float, proofs: Iterable[Proof] = tuple(Proof), pace: float = 1.0) -> None:
        """`pace`: times as long as that, for a slower board."""
        self._patience = PATIENCE * pace
        self._due = began + self._patience
        self._missing = dict.fromkeys(proofs)
        self._steady: float | None = None
        self.verdict: Verdict | None = None

    @property
    def missing(self) -> tuple[Proof, ...]:
        """What has not been shown yet."""
        return tuple(self._missing)

    def show(self, proof: Proof, now: float) -> None:
        """The version has shown it."""
        self._missing.pop(proof, None)
        if not self._missing and self._steady is None:
            self._steady = now + STEADY

    def fail(self, reason: str) -> None:
        """Something failed outright: a unit died, a stroke was refused."""
        self._end(Verdict(passed=False, reason=reason))

    def next_deadline(self) -> float | None:
        """When `advance` has something to say; None when the verdict is there."""
        if self.verdict is not None:
            return None
        return self._due if self._steady is None else self._steady

    def advance(self, now: float) -> Verdict | None:
        """The verdict, if there is one by `now`."""
        deadline = self.next_deadline()
        if deadline is not None and now >= deadline:
            if self._steady is not None:
                self._end(Verdict(passed=True))
            else:
                self._end(
                    Verdict(passed=False, reason=f"not within {self._patience:.0f} s: {', '.join(self._missing)}")
                )
        return self.verdict

    def _end(self, verdict: Verdict) -> None:
        if self.verdict is None:
            self.verdict = verdict
