"""What a check found."""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """How it is."""

    OK = "ok"
    LOOK = "look"  # it plays, but somebody should know
    BAD = "bad"  # something will not play


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's: what it looked at, how it is, what it found, and what to do if anything."""

    name: str
    verdict: Verdict
    found: str
    do: str = ""


def ok(name: str, found: str) -> Finding:
    """It is as it should be."""
    return Finding(name, Verdict.OK, found)


def look(name: str, found: str, do: str) -> Finding:
    """It plays, but somebody should know."""
    return Finding(name, Verdict.LOOK, found, do)


def bad(name: str, found: str, do: str) -> Finding:
    """Something will not play."""
    return Finding(name, Verdict.BAD, found, do)
