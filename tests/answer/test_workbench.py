"""The worker's hands, without a process: orders in, reports out."""

import pytest

from appliance.answer.answering import Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.wire import (
    Ask,
    Begin,
    Choose,
    Listen,
    Loaded,
    Loading,
    Ping,
    Pong,
    Preload,
    Refused,
    Reset,
    Seat,
    Worked,
)
from appliance.answer.workbench import Workbench
from appliance.call.listener import StepHeard
from appliance.notation.drum_track import DrumTrack
from appliance.notation.timeline import Meter
from tests.drivers.memory_worker import Foretold, Shelf

SAMPLING = SamplingSettings(temperature=1.0, top_k=0)
CALL = DrumTrack((), 16)


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def workbench(shelf):
    return Workbench(shelf, Foretold)


def question(answer, length):
    return Question(answer, CALL, length, SAMPLING)


def seat(duet, model="a"):
    return Seat(duet, model, duet, Meter())


def work_all(workbench):
    reports = []
    while workbench.busy():
        reports += workbench.work()
    return reports


def made_by(reports, duet):
    return [one for report in reports if isinstance(report, Worked) and report.duet == duet for one in report.made]


def give(workbench, *orders):
    for order in orders:
        workbench.receive(order)


def test_a_model_is_announced_before_it_is_loaded(workbench, shelf):
    give(workbench, Preload("a"))
    assert workbench.work() == [Loading("a")]
    assert shelf.loads == []
    assert isinstance(workbench.work()[0], Loaded)
    assert not workbench.busy()


def test_two_duets_are_answered_in_turns(workbench):
    for duet in (0, 1):
        give(workbench, seat(duet), Begin(duet, question(1, 8)), Ask(duet, 8))
    order = [report.duet for report in work_all(workbench) if isinstance(report, Worked)]
    assert order == [1, 0] * 8 or order == [0, 1] * 8
    assert len(order) == 16


def test_a_long_answer_keeps_no_other_duet_from_listening(workbench):
    give(workbench, seat(0), seat(1))
    work_all(workbench)
    give(workbench, Begin(0, question(1, 64)), Ask(0, 64))
    workbench.work()
    give(workbench, Listen(1, StepHeard(0, ())), Begin(1, question(1, 4)), Ask(1, 1))
    for _ in range(6):  # three pieces of the other, each behind one of ours at the most
        if made_by(workbench.work(), 1):
            return
    pytest.fail("the second duet waited for the first")


def test_a_reset_drops_the_orders_before_it_but_no_seat_and_no_choice(workbench):
    give(
        workbench,
        seat(0),
        Choose(0, "b"),
        Begin(0, question(1, 8)),
        Ask(0, 8),
        Reset(0, remember=False),
    )
    reports = work_all(workbench)
    assert made_by(reports, 0) == []
    assert [report.model for report in reports if isinstance(report, Loaded)] == ["a", "b"]
    give(workbench, Begin(0, question(2, 8)), Ask(0, 1))
    assert len(made_by(work_all(workbench), 0)) == 1


def test_a_model_that_is_refused_leaves_the_duet_its_own(workbench):
    give(
        workbench,
        seat(0),
        Choose(0, "bad"),
        Reset(0, remember=False),
        Begin(0, question(1, 2)),
        Ask(0, 2),
    )
    reports = work_all(workbench)
    assert [report.reason for report in reports if isinstance(report, Refused)] == ["bad is torn"]
    assert len(made_by(reports, 0)) == 2


def test_orders_for_a_seat_whose_model_was_refused_are_passed_over(workbench):
    give(workbench, seat(0, "bad"), Begin(0, question(1, 2)), Ask(0, 2))
    assert made_by(work_all(workbench), 0) == []


def test_a_model_that_failed_in_a_step_is_loaded_again(shelf):
    class Failing(Foretold):
        def take(self):
            return [Made(1, made.step, 0, (), 0.0, "the parrot has flown") for made in super().take()]

    workbench = Workbench(shelf, Failing)
    give(workbench, seat(0), Begin(0, question(1, 1)), Ask(0, 1))
    work_all(workbench)
    assert shelf.loads == ["a", "a"]


def test_a_ping_is_answered_before_any_work(workbench):
    give(workbench, seat(0), Begin(0, question(1, 8)), Ask(0, 8), Ping())
    assert Pong() in workbench.work()


def test_an_ask_without_a_question_is_passed_over(workbench):
    give(workbench, seat(0), Ask(0, 8))
    assert made_by(work_all(workbench), 0) == []
