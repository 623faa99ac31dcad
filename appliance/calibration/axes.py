"""A field of a drawing in SVG: numbers in, marks at their places out."""

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

import msgspec

INK = "#1f2933"
FAINT = "#d9dee4"
BEFORE = "#b26b3f"
AFTER = "#1f6f8b"


class Axes(msgspec.Struct, frozen=True):
    """A rectangle at (left, top), in pixels, that shows x and y between their ends."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is, in pixels; what lies outside is put on the edge."""
        across = (min(max(x, self.x[0]), self.x[1]) - self.x[0]) / (self.x[1] - self.x[0])
        up = (min(max(y, self.y[0]), self.y[1]) - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def frame(self, title: str, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> Iterator[str]:
        """Title, grid and numbers."""
        yield text(self.left, self.top - 10, title, weight="bold")
        for tick in y_ticks:
            across, up = self.at(self.x[0], tick)
            yield line((across, up), (across + self.width, up), FAINT)
            yield text(across - 7, up + 4, f"{tick:g}", anchor="end")
        for tick in x_ticks:
            across, up = self.at(tick, self.y[0])
            yield text(across, up + 16, f"{tick:g}", anchor="middle")

    def dot(self, x: float, y: float, colour: str, size: float = 2.2) -> str:
        """A point of a measurement."""
        across, up = self.at(x, y)
        return f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{size}" fill="{colour}" fill-opacity="0.6"/>'

    def bar(self, x: float, low: float, high: float, colour: str) -> str:
        """From one value to another, upright."""
        return line(self.at(x, low), self.at(x, high), colour, width=1.4)

    def curve(self, points: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> str:
        """A line through points."""
        places = " ".join("{:.1f},{:.1f}".format(*self.at(x, y)) for x, y in points)
        return (
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.8" '
            f'stroke-dasharray="{dashes}" stroke-linejoin="round"/>'
        )


def line(start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1.0) -> str:
    """A straight line between two pixels."""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal", colour: str = INK) -> str:
    """Words at a pixel."""
    look = f'text-anchor="{anchor}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def drawing(width: float, height: float, parts: Sequence[str]) -> str:
    """A whole SVG file, on white."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" font-family="Helvetica, Arial, sans-serif" font-size="12">',
            f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        )
    )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers between two ends, about so many."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]
