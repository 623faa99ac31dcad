import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.call.listener import CallEnded, Listener, StepHeard
from appliance.call.settings import ListenerSettings
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Timeline

GRID = Grid(qpm=120.0)
STEP = GRID.step_seconds


def listener(bars=1, horizon=0.02, silence_beats=4, begins=0.0, grid=GRID, **settings):
    machine = Listener(ListenerSettings(bars=bars, silence_beats=silence_beats, max_bars=8, **settings), horizon)
    if begins is not None:
        machine.begin(Timeline(begins, grid))
    return machine


def hear(machine, hits, end=100.0):
    events = []
    for hit in hits:
        events += machine.advance(hit.time)
        machine.receive(hit)
    while (deadline := machine.next_deadline()) is not None and deadline <= end:
        events += machine.advance(deadline)
    return events


def test_nothing_is_due_before_a_call():
    assert listener(begins=None).next_deadline() is None
    assert listener(begins=None).advance(50.0) == []


def test_a_hit_where_the_call_begins_is_on_step_0():
    events = hear(listener(begins=3.21), [Hit(3.21, 36, 90)])
    assert [(note.step, note.pitch) for note in events[0].notes] == [(0, 36)]
    assert events[-1].timeline == Timeline(3.21, GRID)


def test_each_step_is_heard_once_in_order_and_then_the_end():
    events = hear(listener(), [Hit(0.0, 36, 90)])
    assert [event.step for event in events[:-1]] == list(range(16))
    assert isinstance(events[-1], CallEnded)


def test_a_step_is_heard_half_a_step_behind_its_place():
    machine = listener()
    machine.receive(Hit(0.0, 36, 90))
    assert machine.next_deadline() == pytest.approx(STEP / 2)


def test_a_hit_falls_on_the_nearest_step():
    events = hear(listener(), [Hit(0.0, 36, 90), Hit(3.4 * STEP, 38, 90), Hit(7.6 * STEP, 42, 90)])
    assert [(note.step, note.pitch) for note in events[-1].track.notes] == [(0, 36), (3, 38), (8, 42)]


def test_a_hit_that_was_held_up_on_its_way_falls_on_the_first_open_step():
    machine = listener()
    machine.receive(Hit(0.0, 36, 90))
    machine.advance(5 * STEP)
    machine.receive(Hit(1.0 * STEP, 38, 90))
    assert [note.step for note in hear(machine, [])[-1].track.notes] == [0, 5]


def test_of_two_hits_of_a_key_on_one_step_the_harder_stays():
    events = hear(listener(), [Hit(0.0, 36, 50), Hit(0.01, 36, 99), Hit(0.02, 36, 70)])
    assert [note.velocity for note in events[-1].track.notes] == [99]


def test_the_last_step_is_heard_in_time_for_the_first_stroke():
    machine = listener(horizon=0.09)
    machine.receive(Hit(0.0, 36, 90))
    machine.advance(15 * STEP)
    assert machine.next_deadline() == pytest.approx(16 * STEP - 0.09)


def test_a_horizon_longer_than_a_step_takes_only_the_last_steps():
    machine = listener(horizon=3.0)
    events = hear(machine, [Hit(0.0, 36, 90), Hit(14 * STEP, 38, 90)])
    assert [note.step for note in events[-1].track.notes] == [0, 14]
    assert events[-1].track.length == 16


def test_with_no_horizon_a_call_is_heard_to_its_very_end():
    events = hear(listener(horizon=0.0), [Hit(0.0, 36, 90), Hit(15.99 * STEP, 38, 90)])
    assert [note.step for note in events[-1].track.notes] == [0, 15]


def test_a_begun_call_has_its_steps_from_the_given_origin():
    machine = listener()
    machine.begin(Timeline(10.0, GRID))
    events = hear(machine, [Hit(10.0 + 4 * STEP, 38, 90)])
    assert [note.step for note in events[-1].track.notes] == [4]
    assert events[-1].answer_time == pytest.approx(10.0 + 16 * STEP)


@given(st.data(), st.sampled_from([60.0, 120.0, 180.0, 240.0, 300.0]), st.sampled_from([0.0, 0.02, 0.05]))
def test_no_hit_before_the_horizon_is_lost(data, qpm, horizon):
    grid = Grid(qpm=qpm)
    end = 16 * grid.step_seconds
    last = end - min(horizon, 1.5 * grid.step_seconds) - 1e-6
    times = sorted(data.draw(st.lists(st.floats(0, 1), min_size=1, max_size=60)))
    times = [times[0] + (time - times[0]) * last for time in times]
    events = hear(listener(horizon=horizon, begins=times[0], grid=grid), [Hit(time, 36, 100) for time in times])
    steps = {note.step for event in events if isinstance(event, StepHeard) for note in event.notes}
    assert steps == {min(15, Timeline(times[0], grid).step_at(time)) for time in times}


@pytest.mark.parametrize(("bars", "silence", "most"), [(-1, 4, 8), (9, 4, 8), (0, 0, 8), (0, 4, 0)])
def test_lengths_that_no_call_has_are_refused(bars, silence, most):
    with pytest.raises(ValueError, match=r"call\."):
        ListenerSettings(bars=bars, silence_beats=silence, max_bars=most)
