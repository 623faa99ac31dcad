"""Magenta's MIDI interface, defect 12: its player was up to 85 ms late beside one busy thread.

Here every stroke is at the striker, a process of its own, before its stick has to start; how punctual that one is
under load is measured by bench/striker_lateness.py.
"""

import pytest

from appliance.notation.timeline import Grid
from tests.parrot import Parrot
from tests.rooms import HAT, HORIZON, instrument, note_on, play, run_until, strokes_of


@pytest.mark.parametrize("qpm", [60.0, 120.0, 240.0])
def test_an_answer_is_on_its_way_long_before_it_sounds(qpm):
    grid = Grid(qpm)
    band = instrument(Parrot(), grid=grid)
    play(
        band, [(2 * step * grid.step_seconds, note_on(HAT)) for step in range(8)], 16 * grid.step_seconds - 2 * HORIZON
    )
    ahead = []
    while (deadline := band.next_deadline()) is not None and deadline < 40 * grid.step_seconds:
        ahead += [stroke.time - deadline for stroke in strokes_of(band.advance(deadline))]
    assert min(ahead) == pytest.approx(HORIZON)  # the first, which nobody could know before
    assert sorted(ahead)[1] > 2 * grid.step_seconds
    assert not strokes_of(run_until(band, 100.0))
