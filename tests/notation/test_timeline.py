import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.timeline import Grid, Meter, Timeline

grids = st.builds(Grid, qpm=st.floats(20, 400), steps_per_quarter=st.sampled_from([2, 4, 8]))
origins = st.floats(-1e5, 1e6)


@given(origins, grids, st.integers(-10_000, 100_000))
def test_the_step_of_a_steps_time_is_the_step(origin, grid, step):
    timeline = Timeline(origin, grid)
    assert timeline.step_at(timeline.time_of(step)) == step


@given(origins, grids, st.integers(0, 1000), st.floats(-0.49, 0.49))
def test_a_hit_less_than_half_a_step_off_is_on_its_step(origin, grid, step, off):
    timeline = Timeline(origin, grid)
    assert timeline.step_at(timeline.time_of(step + off)) == step


def test_half_a_step_counts_upwards():
    assert Timeline(0.0, Grid(qpm=120.0)).step_at(0.0625) == 1


@pytest.mark.parametrize(
    ("numerator", "denominator", "bar", "beat"),
    [(4, 4, 16, 4), (7, 8, 14, 2), (3, 4, 12, 4), (6, 8, 12, 2), (2, 2, 16, 8)],
)
def test_a_bar_and_a_beat_in_sixteenths(numerator, denominator, bar, beat):
    grid = Grid(meter=Meter(numerator, denominator))
    assert (grid.steps_per_bar, grid.steps_per_beat) == (bar, beat)


@pytest.mark.parametrize("qpm", [0.0, -1.0, float("nan"), float("inf")])
def test_a_tempo_that_is_none_is_refused(qpm):
    with pytest.raises(ValueError, match="tempo"):
        Grid(qpm=qpm)


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 4), (4, 0), (4, 3), (-1, 4)])
def test_a_meter_that_is_none_is_refused(numerator, denominator):
    with pytest.raises(ValueError, match="meter"):
        Meter(numerator, denominator)


def test_a_bar_that_is_no_whole_number_of_steps_is_refused():
    with pytest.raises(ValueError, match="5/16"):
        Grid(meter=Meter(5, 16), steps_per_quarter=2)
