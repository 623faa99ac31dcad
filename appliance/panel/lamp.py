"""The lamp and the faults as a page shows them: colour, flashes, and in words what it means and what to do."""

from typing import Any

from appliance.status.board import Notice, shown_of
from appliance.status.codes import MEANINGS
from appliance.status.wire import Report

_URGENCIES = ("state", "look", "bad")


def lamp(report: Report | None) -> dict[str, Any]:
    """What shines; without a striker nobody drives it."""
    if report is None:
        return {"state": None, "shown": []}
    shown = shown_of(report.state, report.faults)
    return {"state": report.state.value, "shown": [as_notice(notice) for notice in shown]}


def as_notice(notice: Notice) -> dict[str, Any]:
    """A notice with its meaning."""
    meaning = MEANINGS[notice.code]
    pattern = meaning.blinks(notice.motor)
    return {
        "code": notice.code.value,
        "motor": notice.motor,
        "label": meaning.label(notice.motor),
        "colour": meaning.colour.value,
        "urgency": _URGENCIES[meaning.urgency],
        "means": meaning.means,
        "do": meaning.do,
        "says": pattern.says,
        "flashes": [[flash.on, flash.off] for flash in pattern.flashes],
        "holds": notice.holds,
        "seen": notice.seen,
    }
