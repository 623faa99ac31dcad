"""What a page is sent: the whole state when it comes, then what has changed, at most 30 times a second."""

import msgspec

from appliance.panel.difference import Tree, difference
from appliance.panel.stage import Stage

# Seconds between two differences.
EVERY = 1 / 30

_encode = msgspec.json.Encoder().encode


class Telling:
    """One for all pages: a difference is computed and written once, however many there are."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._told: Tree = dict(stage.tree)
        self._seq = 0
        self._due = 0.0

    def next_deadline(self, now: float) -> float:
        """When a difference may go: at once, or behind the one before."""
        return max(self._due, now)

    def difference(self, now: float, *, ahead: bool = False) -> bytes | None:
        """What has changed since the last one; None when nothing did, or when it is too soon.

        `ahead`: before its time, as a snapshot is to follow.
        """
        if now < self._due and not ahead:
            return None
        tree, marks = self._stage.tree, self._stage.take_marks()
        # What did not change is the same object: it is not looked into.
        changed = {key: value for key, value in tree.items() if self._told.get(key) is not value}
        patch = difference({key: self._told.get(key) for key in changed}, changed)
        if not patch and not marks:
            return None
        self._told |= changed
        self._seq += 1
        self._due = now + EVERY
        return _encode({"t": "diff", "seq": self._seq, "now": now, "patch": patch, "events": marks})

    def snapshot(self, now: float) -> bytes:
        """Everything, as of the last difference, which must be `ahead`: the next one fits behind it."""
        recent = self._stage.recent(now)
        return _encode({"t": "snapshot", "seq": self._seq, "now": now, "state": self._told, "events": recent})
