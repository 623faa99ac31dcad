"""Magenta's MIDI interface, defect 2: silent steps were put between the call and its answer."""

import pytest

from tests.parrot import MEMORY, Parrot
from tests.rooms import KICK, STEP, calls_of, instrument, note_on, play, strokes_of


@pytest.mark.parametrize("bars", [1, 2, 3])
def test_the_network_hears_the_steps_of_the_call_and_then_its_own(bars):
    model = Parrot()
    hits = [(4 * quarter * STEP, note_on(KICK)) for quarter in range(4 * bars)]
    told = play(instrument(model, bars=bars), hits)
    steps = 16 * bars
    call = [int(step % 4 == 0) for step in range(steps)]
    assert [label for label, _ in model.heard][: steps + MEMORY - 1] == (call + call[:MEMORY])[: steps + MEMORY - 1]
    assert strokes_of(told)[0].time == pytest.approx(calls_of(told)[0].timeline.time_of(steps))
