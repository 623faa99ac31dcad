"""What the lamp does can be counted by whoever looks at it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.status.blink import LONGEST_STILL, Blinker, Pattern, counted, dips
from appliance.status.codes import MEANINGS, Code
from tests.status import stagehand

SHOWN = [(code, motor) for code, row in MEANINGS.items() for motor in (range(1, 9) if row.of_a_motor else [0])]


def played(patterns: list[Pattern], seconds: float, start: float = 0.0) -> list[tuple[float, bool]]:
    blinker = Blinker()
    blinker.show(patterns, 0, start)
    edges = [(start, blinker.lit)]
    while (deadline := blinker.next_deadline()) is not None and deadline < start + seconds:
        blinker.advance(deadline)
        edges.append((deadline, blinker.lit))
    return edges


@pytest.mark.parametrize(("code", "motor"), SHOWN)
def test_a_stagehand_reads_every_code_off_the_lamp(code: Code, motor: int) -> None:
    pattern = MEANINGS[code].blinks(motor)
    said = stagehand.read(played([pattern], 4 * pattern.seconds))
    assert len(said) >= 2
    assert set(said) == {stagehand.words(code, motor)}


def test_no_two_codes_look_alike() -> None:
    assert len({MEANINGS[code].blinks(motor) for code, motor in SHOWN}) == len(SHOWN)
    assert len({stagehand.words(code, motor) for code, motor in SHOWN}) == len(SHOWN)


@pytest.mark.parametrize(("code", "motor"), SHOWN)
def test_no_code_stands_still_or_flashes_more_than_three_times_in_a_second(code: Code, motor: int) -> None:
    edges = played([MEANINGS[code].blinks(motor)], 60.0)
    gaps = [after[0] - before[0] for before, after in itertools.pairwise(edges)]
    assert max(gaps) <= LONGEST_STILL + 1e-9
    ups = [at for at, lit in edges if lit]
    assert all(fourth - first > 1.0 for first, fourth in zip(ups, ups[3:], strict=False))


def test_patterns_are_played_in_turn() -> None:
    edges = played([counted(1, 2), counted(3, 1), dips(2)], 60.0)
    assert stagehand.read(edges)[:6] == ["1-2", "3-1", "dips 2", "1-2", "3-1", "dips 2"]


@given(st.lists(st.floats(0.001, 1.9), min_size=50, max_size=200))
def test_the_blinking_does_not_drift_however_late_it_is_advanced(steps: list[float]) -> None:
    pattern = counted(2, 2)
    blinker = Blinker()
    blinker.show([pattern], 0, 0.0)
    now = 0.0
    for step in steps:
        now += step
        blinker.advance(now)
        deadline = blinker.next_deadline()
        assert deadline is not None
        assert deadline > now
        into = deadline % pattern.seconds
        edges = [0.0, *itertools.accumulate(s for flash in pattern.flashes for s in (flash.on, flash.off))]
        assert min(abs(into - edge) for edge in edges) < 1e-6


def test_after_a_long_stop_a_code_is_begun_anew() -> None:
    blinker = Blinker()
    blinker.show([counted(2, 2)], 0, 0.0)
    blinker.advance(1000.0)
    assert not blinker.lit
    assert blinker.next_deadline() == 1002.0
    blinker.advance(1002.0)
    assert blinker.lit
