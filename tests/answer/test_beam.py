"""The beam keeps what is likeliest of what was drawn, and costs what it says."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.beam import BeamSearch, Line
from appliance.answer.sampling import Choice
from appliance.answer.sampling_settings import SamplingSettings

CLASSES = 5
# What follows what: a chain whose memory is its last label.
CHAIN = np.random.default_rng(2).dirichlet(np.full(CLASSES, 0.5), CLASSES)


def beam(beam: int = 1, branch: int = 1, steps_per_iteration: int = 1) -> SamplingSettings:
    return SamplingSettings(1.0, 0, beam=beam, branch=branch, steps_per_iteration=steps_per_iteration)


settings_ = st.builds(beam, st.integers(1, 4), st.integers(1, 4), st.integers(1, 7))


class Counted:
    """Draws and feeds, with both counted, and the positions that were fed."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.drawn = 0
        self.positions: list[int] = []

    def draw(self, memory: int) -> Choice:
        self.drawn += 1
        label = int(self.chance.choice(CLASSES, p=CHAIN[memory]))
        return Choice(label, math.log(CHAIN[memory][label]))

    def feed(self, memory: int, label: int, position: int) -> int:
        self.positions.append(position)
        return label


def searched(steps: int, settings: SamplingSettings, counted: Counted) -> Line[int]:
    search = BeamSearch(0, steps, settings, counted.draw, counted.feed)
    while (found := search.advance()) is None:
        pass
    return found


@given(st.integers(1, 30), settings_, st.integers(0, 99))
@settings(deadline=None)
def test_a_line_is_as_long_as_asked_and_as_likely_as_told(steps: int, settings: SamplingSettings, seed: int) -> None:
    line = searched(steps, settings, Counted(seed))
    assert len(line.labels) == steps
    likelihood = sum(math.log(CHAIN[a][b]) for a, b in zip((0, *line.labels), line.labels, strict=False))
    assert line.log_likelihood == pytest.approx(likelihood)


@given(st.integers(1, 30), settings_, st.integers(0, 99))
@settings(deadline=None)
def test_every_line_costs_a_draw_a_step(steps: int, settings: SamplingSettings, seed: int) -> None:
    counted = Counted(seed)
    searched(steps, settings, counted)
    assert counted.drawn == settings.beam * settings.branch * steps
    assert set(counted.positions) == set(range(steps - 1))


@given(st.integers(1, 30), st.integers(1, 9), st.integers(0, 99))
@settings(deadline=None)
def test_one_line_is_plain_drawing(steps: int, steps_per_iteration: int, seed: int) -> None:
    line = searched(steps, beam(steps_per_iteration=steps_per_iteration), Counted(seed))
    counted, memory, labels = Counted(seed), 0, []
    for _ in range(steps):
        memory = counted.draw(memory).label
        labels.append(memory)
    assert list(line.labels) == labels


def test_a_wider_beam_finds_likelier_lines() -> None:
    def mean(settings: SamplingSettings) -> float:
        return float(np.mean([searched(16, settings, Counted(seed)).log_likelihood for seed in range(60)]))

    plain, narrow, wide = (mean(beam(*sizes)) for sizes in ((1, 1, 1), (3, 2, 2), (6, 4, 2)))
    assert plain + 3 < narrow < wide


def test_with_every_branch_drawn_the_best_pair_is_found() -> None:
    best = max(math.log(CHAIN[0][a]) + math.log(CHAIN[a][b]) for a in range(CLASSES) for b in range(CLASSES))
    found = [searched(2, beam(8, 8, 2), Counted(seed)).log_likelihood for seed in range(20)]
    assert max(found) == pytest.approx(best)


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (9, 8, 1)])
def test_what_is_out_of_range_is_refused(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"at least 1|at most 64"):
        beam(*sizes)


def test_an_answer_without_a_step_is_refused() -> None:
    nothing: Callable[..., object] = lambda *_: None  # noqa: E731
    with pytest.raises(ValueError, match="at least one step"):
        BeamSearch(0, 0, beam(), nothing, nothing)  # type: ignore[arg-type]
