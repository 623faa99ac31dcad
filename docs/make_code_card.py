"""Writes `code_card.svg`, a page to print, and `code_card.md` from the codes: `python -m docs.make_code_card`."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from appliance.settings import load_settings
from appliance.status.blink import LONGEST_STILL, Pattern
from appliance.status.codes import MEANINGS, Code, Colour, Meaning, Urgency
from appliance.status.presses import HOLD
from appliance.strike.kit import StrikeSettings

DOCS = Path(__file__).parent

# Millimetres on an A4 sheet.
_WIDTH, _HEIGHT = 210, 297
_LEFT, _LABEL, _DRAWN, _WORDS = 12.0, 24.0, 40.0, 106.0
_ROW = 10.45
_PER_SECOND = 6.0  # of a pattern's drawing
_SHOWN = 10.0  # seconds of it

_INK = "#1a1a1a"
_PAINT = {
    Colour.RED: "#d42a1f",
    Colour.AMBER: "#f0a000",
    Colour.GREEN: "#2a9a3c",
    Colour.CYAN: "#22a7bd",
    Colour.BLUE: "#2a5bd4",
    Colour.WHITE: "#ffffff",
}
_EXAMPLE = 3  # the motor whose number is drawn

_WELL = "Mostly lit, with dark dips: all is well. Count the dips. Blinking evenly: wait."
_FAULTS = "Mostly dark, with flashes: a fault. Count the long flashes, then the short ones: 2 long, 3 short is 2-3."
_RULES = (
    "A fault stays on the lamp until it is over and somebody has seen it: press the crew's button shortly, or use the "
    "panel. Several are blinked in turn. A red one that still holds goes on, in turn with the state.",
    f"Crew's button: press = seen; hold for {HOLD:.0f} s = shut down. Red button = panic: every motor rests at once.",
    f"A lamp that stands still for more than {LONGEST_STILL + 1:.0f} s, lit or dark: nothing drives it. The striker is "
    "not running: check the power, then restart the box.",
)


def rows() -> Iterator[tuple[Code, Meaning]]:
    """The table as it is printed: states, then faults in the order of their numbers."""
    states = [row for row in MEANINGS.items() if row[1].urgency is Urgency.STATE]
    order = [Code.STARTING, Code.READY, Code.LISTENING, Code.ANSWERING, Code.SHUTTING_DOWN]
    yield from sorted(states, key=lambda row: order.index(row[0]))
    faults = [row for row in MEANINGS.items() if row[1].urgency is not Urgency.STATE]
    yield from sorted(faults, key=lambda row: (row[1].long, row[1].short))


def motors() -> str:
    """Which number is which motor, in the shipped settings."""
    names = [motor.name.replace("_", "-") for motor in load_settings().room("strike", StrikeSettings).motors]
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))


def as_markdown() -> str:
    """The card as a document."""
    lines = [
        "# What the lamp says",
        "",
        f"{_WELL} {_FAULTS}",
        "",
        "A page to print: [`code_card.svg`](code_card.svg).",
        "",
    ]
    lines += ["| count | colour | name | means | do |", "|---|---|---|---|---|"]
    for code, row in rows():
        count = row.label() or row.blinks().says
        lines.append(f"| {count} | {row.colour} | {code} | {row.means} | {row.do} |")
    lines += ["", f"Motor n, in the shipped settings: {motors()}.", "", *[f"* {rule}" for rule in _RULES], ""]
    lines += ["Made from `appliance/status/codes.py` by `make_code_card.py`.", ""]
    return "\n".join(lines)


def as_svg() -> str:
    """The card as one A4 page."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}mm" height="{_HEIGHT}mm" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="DejaVu Sans, Verdana, sans-serif" fill="{_INK}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 17, "Ghostnote: what the lamp says", 6.4, weight="bold"),
    ]
    top = 25.0
    heading = ""
    for _, row in rows():
        wanted = _WELL if row.urgency is Urgency.STATE else _FAULTS
        if wanted != heading:
            top += 5.0 if heading else 0.0
            heading = wanted
            parts.append(_text(_LEFT, top + 1, heading, 3.1, weight="bold"))
            top += 4.4
        parts += _row(top, row)
        top += _ROW
    parts += _foot(top + 5)
    return "\n".join([*parts, "</svg>", ""])


def _row(top: float, row: Meaning) -> list[str]:
    middle = top + _ROW / 2
    line = f'<path d="M{_LEFT} {top + _ROW:.1f}H{_WIDTH - _LEFT}" stroke="#cccccc" stroke-width="0.2"/>'
    lamp = f'<circle cx="{_LEFT + 4}" cy="{middle:.1f}" r="3" fill="{_PAINT[row.colour]}" {_EDGE}/>'
    label = _text(_LABEL, middle + 1.8, row.label() or _short(row.blinks()), 5 if row.label() else 2.4, weight="bold")
    means = [
        _text(_WORDS, top + 3.7 + 3.3 * number, words, 2.75, weight="bold")
        for number, words in enumerate(textwrap.wrap(row.means, 58))
    ]
    do = [
        _text(_WORDS, top + 3.7 + 3.3 * (len(means) + number), words, 2.75)
        for number, words in enumerate(textwrap.wrap(row.do.replace("`", ""), 62))
    ]
    return [line, lamp, label, *_drawn(middle, row), *means, *do]


def _short(pattern: Pattern) -> str:
    return pattern.says.replace("lit, ", "").replace("dark ", "")


_EDGE = f'stroke="{_INK}" stroke-width="0.25"'


def _drawn(middle: float, row: Meaning) -> list[str]:
    high = 4.0
    base = f'<path d="M{_DRAWN} {middle + high / 2:.2f}h{_SHOWN * _PER_SECOND}" {_EDGE}/>'
    return [base] + [
        f'<rect x="{_DRAWN + at * _PER_SECOND:.2f}" y="{middle - high / 2:.2f}" '
        f'width="{seconds * _PER_SECOND:.2f}" height="{high}" fill="{_PAINT[row.colour]}" {_EDGE}/>'
        for at, seconds in _lit(row.blinks(_EXAMPLE), again=row.urgency is Urgency.STATE)
    ]


def _lit(pattern: Pattern, *, again: bool) -> Iterator[tuple[float, float]]:
    at = 0.0
    while at < _SHOWN:
        for flash in pattern.flashes:
            if at < _SHOWN:
                yield at, min(flash.on, _SHOWN - at)
            at += flash.on + flash.off
        if not again:
            return


def _foot(top: float) -> list[str]:
    parts = []
    for rule in (f"Motor n: {motors()}. Drawn: motor {_EXAMPLE}.", *_RULES):
        for words in textwrap.wrap(rule, 112):
            parts.append(_text(_LEFT, top, words, 2.75))
            top += 3.7
        top += 1.0
    return parts


def _text(x: float, y: float, words: str, size: float, weight: str = "normal") -> str:
    return f'<text x="{x:g}" y="{y:.2f}" font-size="{size:g}" font-weight="{weight}">{escape(words)}</text>'


def main() -> None:
    """Write both."""
    (DOCS / "code_card.md").write_text(as_markdown(), "utf-8")
    (DOCS / "code_card.svg").write_text(as_svg(), "utf-8")


if __name__ == "__main__":
    main()
