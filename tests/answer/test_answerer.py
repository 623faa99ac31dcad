"""Laws of who answers: an answer is the same however it is asked for, and can be taken back to any of its steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.answerer import Answerer
from appliance.answer.answering import Question
from appliance.answer.chance import chance
from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Meter
from tests.parrot import Parrot

WILD = SamplingSettings(1.0, 0)
COLD = SamplingSettings(0.0, 0)
CALL = DrumTrack((Note(0, 36, 110), Note(4, 38, 90), Note(8, 36, 80)), 16)


class Moody(Parrot):
    """Its likelihoods depend on all it has heard, so that every step depends on those before."""

    def step(self, inputs, state):
        _, after = super().step(inputs, state)
        logits = np.sin(np.arange(512, dtype=np.float32) * (1.0 + float((after[0] * np.arange(1, 17)).sum()) / 97))
        return 3 * logits, after


def answerer(model=None, seed=1, **others):
    models = {"first": model or Moody(), **others}
    return Answerer(models.__getitem__, "first", seed, Meter())


def heard(machine, call=CALL):
    for step in range(call.length):
        machine.listen(StepHeard(step, call.at(step)))


def made(machine):
    steps = []
    while machine.ready():
        steps += machine.take()
    return steps


def answered(asks, seed=1, answer=0, length=32):
    machine = answerer(seed=seed)
    heard(machine)
    machine.begin(Question(answer, CALL, length, WILD))
    steps = []
    for until in [*asks, length]:
        machine.ask(until)
        steps += made(machine)
    return steps


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 32), max_size=8).map(sorted))
def test_an_answer_is_the_same_however_far_ahead_it_is_asked_for(asks):
    assert answered(asks) == answered([])


def test_seed_and_number_make_the_answer():
    assert answered([]) != answered([], seed=2)
    assert answered([]) != answered([], answer=1)


def test_a_take_is_one_network_step_and_the_first_none():
    model = Moody()
    machine = answerer(model)
    heard(machine)
    before = len(model.heard)
    machine.begin(Question(0, CALL, 8, WILD))
    machine.ask(8)
    machine.take()
    assert len(model.heard) == before
    for number in range(1, 8):
        machine.take()
        assert len(model.heard) == before + number


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 32), st.integers(0, 31))
def test_taken_back_to_a_step_it_keeps_what_was_before_and_throws_other_dice_behind(asked, back):
    machine = answerer()
    heard(machine)
    machine.begin(Question(0, CALL, 32, WILD))
    machine.ask(asked)
    first = made(machine)
    machine.rewind(back, 1, WILD)
    machine.ask(32)
    again = made(machine)
    assert [one.step for one in again] == list(range(min(asked, back), 32))
    assert {one.take for one in again} == {1}
    kept = [one.notes for one in first if one.step < min(asked, back)]
    whole = kept + [one.notes for one in again]
    other = answerer()
    heard(other)
    other.begin(Question(0, CALL, 32, WILD))
    other.ask(min(asked, back))
    made(other)
    other.rewind(min(asked, back), 1, WILD)
    other.ask(32)
    assert whole[min(asked, back) :] == [one.notes for one in made(other)]


def test_far_back_it_hears_again_what_it_has_forgotten():
    machine = answerer()
    heard(machine)
    machine.begin(Question(0, CALL, 900, WILD))
    machine.ask(900)
    first = made(machine)
    machine.rewind(100, 0, WILD)
    machine.ask(900)
    assert [one.notes for one in made(machine)] == [one.notes for one in first[100:]]


def test_a_model_that_comes_in_the_middle_has_heard_the_call_and_the_answer_so_far():
    other = Parrot()
    machine = answerer(Parrot(), other=other)
    heard(machine)
    machine.begin(Question(0, CALL, 32, COLD))
    machine.ask(20)
    made(machine)
    machine.choose_model("other")
    machine.rewind(20, 1, COLD)
    machine.ask(32)
    steps = made(machine)
    assert [label for label, _ in other.heard[:20]] == [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert [counter for _, counter in other.heard[:20]] == list(range(1, 21))
    assert [(one.step, one.notes[0].pitch) for one in steps if one.notes] == [(20, 38), (24, 36)]


def test_with_a_memory_it_goes_on_where_it_was():
    model = Parrot()
    machine = answerer(model)
    heard(machine)
    machine.begin(Question(0, CALL, 8, COLD))
    machine.ask(8)
    made(machine)
    machine.reset(remember=True)
    heard(machine)
    counters = [counter for _, counter in model.heard]
    # 16 steps of call, 8 of answer; the next call begins on a bar of the counter.
    assert counters[:24] == list(range(1, 25))
    assert counters[24:] == list(range(33, 49))
    machine.reset()
    heard(machine)
    assert model.heard[-16][1] == 1


def test_a_call_may_be_heard_below_an_answer():
    machine = answerer()
    heard(machine)
    machine.begin(Question(0, CALL, 32, WILD))
    machine.ask(16)
    first = made(machine)
    heard(machine)
    machine.ask(32)
    assert first + made(machine) == answered([])


@given(st.integers(), st.integers(0, 1 << 40), st.integers(0, 1 << 20), st.integers(0, 1 << 20))
def test_a_chance_is_from_0_up_to_1(seed, answer, step, take):
    assert 0.0 <= chance(seed, answer, step, take) < 1.0


def test_chances_are_even():
    thrown = np.array([chance(1, 0, step, 0) for step in range(20_000)])
    assert np.histogram(thrown, 10, (0, 1))[0] == pytest.approx([2000] * 10, abs=200)


@pytest.mark.parametrize(("density", "fewer"), [(-1.0, True), (1.0, False)])
def test_density_leaves_drums_out_or_adds_some(density, fewer):
    def notes(wanted):
        machine = answerer()
        heard(machine)
        machine.begin(Question(0, CALL, 200, SamplingSettings(1.0, 0, wanted)))
        machine.ask(200)
        return sum(len(one.notes) for one in made(machine))

    assert (notes(density) < 0.7 * notes(0.0)) if fewer else (notes(density) > 1.3 * notes(0.0))
