"""Do answers keep the meter? Seeded answers of the shipped model to a two-bar rock call, each looked at in two ways.

Downbeat: any drum sounds on the first step of the answer's second bar. Density: the answer has at least half and at
most twice as many notes as the call. `python -m bench.meter`.
"""

import argparse

import msgspec

from appliance.clock import MonotonicClock, VirtualClock
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms
from appliance.drivers.dry_bridge import DryBridge
from appliance.happenings import AnswerEnded
from appliance.notation.drums import PERCUSSION_CHANNEL, Drum, drum_of
from appliance.notation.timeline import Grid
from appliance.rehearsal import Rehearsal
from appliance.settings import load_settings
from appliance.strike.striker import Striker
from bench.call_end import hits
from bench.report import Row, options, publish

GRID = Grid(qpm=118.0)
BARS = 2
TEMPERATURES = (0.5, 1.0, 1.5)


class Look(msgspec.Struct, frozen=True):
    """What was seen of one answer."""

    downbeat: bool
    kick_on_downbeat: bool
    density: bool
    notes: int


def look(models: Models, seed: int, temperature: float) -> Look:
    """One answer with a seed."""
    chosen = argparse.Namespace(seed=seed, model=None, bars=None, temperature=temperature, top_k=None)
    rooms = Rooms(load_settings(), chosen)
    clock = VirtualClock()
    motors = DryBridge(rooms.strike, clock)
    band = rooms.reader(models.engage, GRID, BARS, PERCUSSION_CHANNEL + 1)
    rehearsal = Rehearsal(band, Striker(rooms.strike), motors, clock, MonotonicClock())
    call = hits(BARS, GRID)
    rehearsal.play(call)
    answer = next(timed.happening for timed in rehearsal.happenings if isinstance(timed.happening, AnswerEnded))
    downbeat = {drum_of(note.pitch) for note in answer.track.at(GRID.steps_per_bar)}
    notes = len(answer.track.notes)
    return Look(bool(downbeat), Drum.KICK in downbeat, len(call) / 2 <= notes <= len(call) * 2, notes)


def main() -> None:
    """Measure and publish."""
    parser = options("Do answers keep the meter?", "meter")
    parser.add_argument("--seeds", type=int, default=200, help="answers at each temperature")
    args = parser.parse_args()
    models = Models()
    rows: list[Row] = []
    for temperature in TEMPERATURES:
        looks = [look(models, seed, temperature) for seed in range(args.seeds)]
        rows.append(
            {
                "temperature": temperature,
                "answers": len(looks),
                "downbeat or density %": 100 * sum(one.downbeat or one.density for one in looks) / len(looks),
                "downbeat %": 100 * sum(one.downbeat for one in looks) / len(looks),
                "kick on it %": 100 * sum(one.kick_on_downbeat for one in looks) / len(looks),
                "density %": 100 * sum(one.density for one in looks) / len(looks),
                "notes": sum(one.notes for one in looks) / len(looks),
            }
        )
    notes = len(hits(BARS, GRID))
    note = f"The call has {notes} notes. Downbeat: first step of the second bar; density: half to twice the call's."
    publish("Seeded answers to a rock call", rows, [note], args.json)


if __name__ == "__main__":
    main()
