"""From the end of a call to its first stroke, through the rooms, for calls of 2, 8 and 32 bars.

The alternative in the same run is Magenta's way: when the call is over, all of it goes into a TensorFlow session.
`python -m bench.call_end`.
"""

import argparse
import time

import numpy as np

from appliance.answer.encoding import Encoding
from appliance.clock import MonotonicClock, VirtualClock
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms
from appliance.drivers.dry_bridge import DryBridge
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.timeline import Grid
from appliance.rehearsal import Rehearsal
from appliance.settings import load_settings
from appliance.strike.striker import Striker
from appliance.views.answer_report import AnswerReport
from bench.networks import SHIPPED, OriginalGraph, original_graph
from bench.report import Row, options, percentiles, publish

BARS = (2, 8, 32)
GRID = Grid(qpm=120.0)
ROCK = ((0, (36, 42)), (2, (42,)), (4, (38, 42)), (6, (42,)), (8, (36, 42)), (10, (42,)), (12, (38, 42)), (14, (42,)))


def hits(bars: int, grid: Grid) -> list[tuple[float, bytes]]:
    """A rock beat as messages."""
    return [
        ((16 * bar + step) * grid.step_seconds, bytes((0x99, pitch, 100)))
        for bar in range(bars)
        for step, pitches in ROCK
        for pitch in pitches
    ]


def by_the_rooms(rooms: Rooms, models: Models, bars: int) -> float | None:
    """Seconds of computing from the end of one call until its first stroke was ready; None for a resting answer."""
    clock = VirtualClock()
    band = rooms.reader(models.engage, GRID, bars, PERCUSSION_CHANNEL + 1, rooms.horizon)
    motors = DryBridge(rooms.strike, clock)
    rehearsal = Rehearsal(band, Striker(rooms.strike), motors, clock, MonotonicClock())
    rehearsal.play(hits(bars, GRID))
    return AnswerReport(rehearsal, GRID, rooms.seed, "").first_stroke


def by_a_session(graph: OriginalGraph, encoding: Encoding, bars: int) -> float:
    """Seconds to prime a session with the whole call and to have the distribution of the first step."""
    labels = [0] * (16 * bars)
    for bar in range(bars):
        for step, pitches in ROCK:
            labels[16 * bar + step] = encoding.label(pitches)
    began = time.perf_counter()
    graph.reset()
    graph.run(np.stack([encoding.inputs(label, position) for position, label in enumerate(labels)]))
    return time.perf_counter() - began


def main() -> None:
    """Measure and publish."""
    parser = options("From the end of a call to its first stroke.", "call_end")
    parser.add_argument("--times", type=int, default=100, help="calls of each length")
    args = parser.parse_args()
    chosen = argparse.Namespace(seed=1, model=None, bars=1, temperature=None, top_k=None)
    rooms, models = Rooms(load_settings(), chosen), Models()
    encoding = Encoding(models.model(rooms.answer.model).card.encoding)
    rows: list[Row] = []
    with original_graph(SHIPPED) as graph:
        for bars in BARS:
            ours = [spent for _ in range(args.times) if (spent := by_the_rooms(rooms, models, bars)) is not None]
            theirs = [by_a_session(graph, encoding, bars) for _ in range(args.times)]
            for form, seconds in (("the rooms", ours), ("a session, primed at the end", theirs)):
                rows.append({"call, bars": f"{bars}", "by": form, "calls": len(seconds), **percentiles(seconds)})
    publish(
        "From the end of a call to its first stroke",
        rows,
        ["Computing time; answers that rest are left out."],
        args.json,
    )


if __name__ == "__main__":
    main()
