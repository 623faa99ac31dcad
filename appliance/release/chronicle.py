"""What became of each update: the file that a box reads when it starts, to take back what was not proved.

The plain script that settles an update at start-up (boot/settle.py) reads it too, without this package: so it is JSON
of plain fields, and the words of `Outcome` are part of the format.
"""

from enum import StrEnum

import msgspec

FORMAT = 1
_MOST = 30  # updates that are remembered


class Outcome(StrEnum):
    """How an update ended, or that it has not."""

    TRYING = "trying"
    CONFIRMED = "confirmed"
    TAKEN_BACK = "taken back"
    REFUSED = "refused"


class Update(msgspec.Struct, frozen=True):
    """`version` came to replace `before` on the day `at` (ISO 8601, the box's own clock, which may be wrong)."""

    kind: str
    version: str
    before: str
    at: str
    outcome: Outcome
    reason: str = ""


class Chronicle(msgspec.Struct, frozen=True):
    """The updates of a box, the oldest first."""

    format: int = FORMAT
    updates: tuple[Update, ...] = ()

    @property
    def trying(self) -> Update | None:
        """The update that is on trial, if there is one."""
        last = self.updates[-1] if self.updates else None
        return last if last is not None and last.outcome is Outcome.TRYING else None

    def add(self, update: Update) -> "Chronicle":
        """With another update behind the others. Raises: ValueError while one is on trial."""
        if self.trying is not None:
            raise ValueError(f"{self.trying.kind} {self.trying.version} is still on trial")
        return Chronicle(updates=(*self.updates, update)[-_MOST:])

    def end(self, outcome: Outcome, reason: str = "") -> "Chronicle":
        """With the trial ended. Raises: ValueError when there is none."""
        if self.trying is None:
            raise ValueError("no update is on trial")
        ended = msgspec.structs.replace(self.updates[-1], outcome=outcome, reason=reason)
        return Chronicle(updates=(*self.updates[:-1], ended))


def chronicle(text: bytes) -> Chronicle:
    """The chronicle in JSON. Raises: ValueError (msgspec.ValidationError) for what is none."""
    return msgspec.json.decode(text, type=Chronicle)


def written(chronicle: Chronicle) -> bytes:
    """The chronicle as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(chronicle), indent=1) + b"\n"
