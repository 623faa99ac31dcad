"""What an ear reports, and what it means for the motion that caused it."""

import msgspec


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A stroke was heard at `time` (s), so loud; the unit is the ear's own: MIDI velocity, or decibels."""

    time: float
    loudness: float


class Attempt(msgspec.Struct, frozen=True):
    """A motion to be made `gap` s after the start of the one before: pushed, left alone, pulled."""

    gap: float
    forward: float
    duty: float
    pause: float
    back: float
    back_duty: float


class Reading(msgspec.Struct, frozen=True):
    """The first thing heard after an attempt's start: `lead` s after it. `made`: the motor did move.

    What was not heard has a lead and a loudness of None.
    """

    made: bool
    lead: float | None = None
    loudness: float | None = None
