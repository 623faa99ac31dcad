"""The loss curve of a training, as a drawing a browser shows."""

import math
from collections.abc import Sequence

from converter.progress import Progress

WIDTH, HEIGHT, MARGIN = 720, 360, 48  # px


def loss_curve_svg(
    history: Sequence[Progress], unit: str = "nats a step", training: str = "training, with dropout"
) -> str:
    """An SVG of training and validation loss over steps; losses from twice the best up are cut off."""
    lowest = min(min(entry.training, entry.validation) for entry in history)
    floor = math.floor(lowest * 10) / 10
    ceiling = max(floor + 0.1, min(2 * lowest, max(entry.validation for entry in history)))
    last = history[-1].step
    rows = [_rule(value, floor, ceiling) for value in _marks(floor, ceiling)]
    lines = [
        _line([(entry.step, entry.training) for entry in history], (last, floor, ceiling), "#999999"),
        _line([(entry.step, entry.validation) for entry in history], (last, floor, ceiling), "#0055aa"),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            'font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *rows,
            *lines,
            f'<text x="{WIDTH - MARGIN}" y="20" text-anchor="end" fill="#0055aa">validation, best '
            f"{min(entry.validation for entry in history):.4f} {unit}</text>",
            f'<text x="{WIDTH - MARGIN}" y="36" text-anchor="end" fill="#777777">{training}</text>',
            f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 16}" text-anchor="end">{last} steps</text>',
            "</svg>",
            "",
        ]
    )


def _marks(floor: float, ceiling: float) -> list[float]:
    """Values to rule, every 0.1 nats or as much more as keeps them to a dozen."""
    apart = 0.1 * max(1, math.ceil((ceiling - floor) / 1.2))
    return [floor + apart * index for index in range(int((ceiling - floor) / apart) + 1)]


def _height(loss: float, floor: float, ceiling: float) -> float:
    return MARGIN + (HEIGHT - 2 * MARGIN) * (1 - (min(loss, ceiling) - floor) / (ceiling - floor))


def _rule(value: float, floor: float, ceiling: float) -> str:
    y = _height(value, floor, ceiling)
    return (
        f'<path d="M{MARGIN} {y:.1f}H{WIDTH - MARGIN}" stroke="#dddddd"/>'
        f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>'
    )


def _line(points: list[tuple[int, float]], scale: tuple[int, float, float], colour: str) -> str:
    last, floor, ceiling = scale
    drawn = [
        f"{MARGIN + (WIDTH - 2 * MARGIN) * step / last:.1f},{_height(loss, floor, ceiling):.1f}"
        for step, loss in points
        if loss <= ceiling
    ]
    return f'<polyline points="{" ".join(drawn)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
