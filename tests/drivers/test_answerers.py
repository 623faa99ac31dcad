"""The worker's supervision in virtual time, with workers in memory; real processes are in test_answerer_process.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.answer.answering import Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.wire import Ping, Preload, Seat
from appliance.answer.worker_news import AnswererBack, AnswererLost, AnswerGivenUp, ModelRefused
from appliance.call.listener import StepHeard
from appliance.clock import VirtualClock
from appliance.drivers.answerers import Answerers
from appliance.drivers.worker import WorkerSettings
from appliance.happenings import ModelOffered, Told
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Meter
from tests.drivers.memory_worker import Foretold, MemoryProcess

SETTINGS = WorkerSettings(patience=1.0, loading=60.0, nice=0)
SAMPLING = SamplingSettings(temperature=1.0, top_k=0)
CALL = DrumTrack((), 16)


class Box:
    """Answerers whose workers are in memory, and a clock to turn."""

    def __init__(self, **worker):
        self.clock = VirtualClock(100.0)
        self.workers = []
        self.refusing = 0
        self._worker = worker
        self.answerers = Answerers(SETTINGS, self.clock, self._start)
        self.news = []

    def _start(self):
        if self.refusing:
            self.refusing -= 1
            raise OSError(11, "Resource temporarily unavailable")
        self.workers.append(MemoryProcess(len(self.workers), **self._worker))
        return self.workers[-1]

    def seat(self, model="a", seed=7):
        return self.answerers.seat(model, seed, Meter())

    def look(self):
        self.news += self.answerers.advance(self.clock.now())

    def run(self, seconds):
        end = self.clock.now() + seconds
        while True:
            for _ in range(3):  # what is readable at this instant, a start that follows from it, and its first words
                self.look()
            due = self.answerers.next_deadline()
            if due > end:
                break
            self.clock.set(max(self.clock.now(), due))
        self.clock.set(end)

    def of(self, kind):
        return [one for one in self.news if isinstance(one, kind)]


def answer(link, answers=1, steps=16):
    link.listen(StepHeard(0, (Note(0, 36, 100),)))
    link.begin(Question(answers, CALL, steps, SAMPLING))


def inline(seed=7, answers=1, steps=16):
    """What one who sits in the player's own process would have made."""
    foretold = Foretold(Seat(0, "a", seed, Meter()))
    answer(foretold, answers, steps)
    foretold.ask(steps)
    made = []
    while foretold.ready():
        made += foretold.take()
    return made


def test_a_worker_is_started_and_welcomed_once_it_has_its_models():
    box = Box()
    box.seat("a")
    box.seat("b")
    box.look()
    box.look()
    assert [(news.time, news.pid) for news in box.of(AnswererBack)] == [(100.0, 0)]
    assert set(box.answerers.cards) == {"a", "b"}


def test_steps_come_from_the_worker_as_from_an_answerer_of_ones_own():
    box = Box()
    link = box.seat()
    box.look()
    answer(link)
    link.ask(16)
    assert not link.ready()
    box.look()
    assert link.ready()
    assert link.take() == inline()
    assert not link.ready()


@pytest.mark.parametrize("hangs", [False, True])
def test_a_worker_that_dies_or_hangs_is_replaced_and_the_answer_goes_on_as_if_nothing_had_been(hangs):
    box = Box()
    link = box.seat()
    box.look()
    answer(link)
    link.ask(5)
    box.look()
    first = link.take()
    if hangs:
        box.workers[0].hangs = True
    else:
        box.workers[0].ended = "it was killed by SIGSEGV"
    link.ask(16)
    box.run(3.0)
    box.look()
    assert first + link.take() == inline()
    assert ("no sign of life" if hangs else "SIGSEGV") in box.of(AnswererLost)[0].reason
    assert len(box.of(AnswererBack)) == 2
    assert box.workers[0].ended


def test_a_hang_is_noticed_within_one_and_a_half_times_the_patience():
    box = Box()
    box.seat()
    box.look()
    box.run(10.0)
    assert not box.of(AnswererLost)
    box.workers[0].hangs = True
    since = box.clock.now()
    box.run(5.0)
    assert box.of(AnswererLost)[0].time <= since + 1.5 * SETTINGS.patience


def test_a_worker_that_loads_a_model_has_the_patience_for_that():
    box = Box()
    box.seat()
    box.look()  # starts it
    box.workers[0].hangs = True  # its imports take so long
    box.run(59.0)
    assert not box.of(AnswererLost)
    box.run(2.0)
    assert len(box.of(AnswererLost)) == 1


def test_a_machine_that_stood_still_is_no_hang():
    box = Box()
    box.seat()
    box.look()
    box.look()
    box.run(0.9)  # a ping is on its way
    box.workers[0].hangs = True
    box.clock.set(box.clock.now() + 20.0)
    box.look()
    box.workers[0].hangs = False
    box.run(5.0)
    assert not box.of(AnswererLost)


def test_pauses_between_deaths_grow_and_shrink_again():
    box = Box()
    box.seat()
    gaps = []
    for _ in range(8):
        box.run(0.0)
        died = box.clock.now()
        box.workers[-1].ended = "it was killed by SIGKILL"
        count = len(box.workers)
        box.look()
        while len(box.workers) == count:
            box.clock.set(max(box.clock.now(), box.answerers.next_deadline()))
            box.look()
        gaps.append(box.clock.now() - died)
    assert gaps == [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 30.0]
    box.run(61.0)
    box.workers[-1].ended = "it was killed by SIGKILL"
    box.look()
    box.look()
    assert len(box.workers) == 10


def test_a_process_that_cannot_be_started_is_tried_again():
    box = Box()
    box.seat()
    box.refusing = 2
    box.run(2.0)
    assert len(box.of(AnswererLost)) == 2
    assert "no process can be started" in box.of(AnswererLost)[0].reason
    assert len(box.of(AnswererBack)) == 1


def test_an_answer_on_which_three_workers_died_is_given_up_and_the_next_is_answered():
    class Poisoned(Foretold):
        def take(self):
            if self.question is not None and self.question.answer == 1:
                raise RuntimeError("segmentation fault")
            return super().take()

    class Dying(MemoryProcess):
        def get(self):
            try:
                return super().get()
            except RuntimeError as error:
                self.ended = str(error)
                return None

    box = Box()
    box.answerers = Answerers(SETTINGS, box.clock, lambda: box.workers.append(Dying(0, Poisoned)) or box.workers[-1])
    link = box.seat()
    box.look()
    answer(link)
    link.ask(16)
    box.run(30.0)
    assert len(box.of(AnswererLost)) == 3
    assert [news.duet for news in box.of(AnswerGivenUp)] == [0]
    link.reset()
    answer(link, answers=2)
    link.ask(16)
    box.look()
    assert link.take() == inline(answers=2)


def test_a_model_that_cannot_be_used_is_news_and_the_one_before_stays():
    box = Box()
    link = box.seat("a")
    box.look()
    link.choose_model("bad")
    box.look()
    assert [(news.model, news.needed) for news in box.of(ModelRefused)] == [("bad", False)]
    link.reset()
    box.workers[0].ended = "gone"
    box.run(1.0)
    assert [order for order in box.workers[1].orders if isinstance(order, Seat | Preload)] == [
        Preload("a"),
        Seat(0, "a", 7, Meter()),
    ]


def test_a_model_that_was_only_offered_is_no_fault_of_a_duet_and_the_only_one_of_a_duet_is():
    box = Box()
    box.seat("a")
    box.look()
    box.answerers.tell(Told("", ModelOffered("bad")), 0.0)
    box.look()
    assert [news.needed for news in box.of(ModelRefused)] == [False]
    box.seat("bad")
    box.look()
    assert [news.needed for news in box.of(ModelRefused)] == [False, True]


def test_a_model_chosen_in_a_call_is_the_next_calls_for_the_next_worker_too():
    box = Box()
    link = box.seat("a")
    box.look()
    answer(link)
    link.choose_model("b")
    box.workers[0].ended = "gone"
    link.ask(16)
    box.run(1.0)
    assert link.take() == inline()
    link.reset()
    box.workers[1].ended = "gone"
    box.run(1.0)
    assert [order.model for order in box.workers[2].orders if isinstance(order, Seat)] == ["b"]


def test_a_worker_of_another_version_is_not_spoken_to():
    box = Box(version=99)
    box.seat()
    box.look()
    box.look()
    assert "restart the player" in box.of(AnswererLost)[0].reason


def test_a_worker_that_reads_no_orders_costs_no_memory_and_is_replaced():
    box = Box()
    link = box.seat()
    box.look()
    box.workers[0].deaf = True
    for _ in range(3 * 4096):
        link.reset()
    assert len(box.answerers._unsent) <= 4096
    box.run(0.1)
    assert "unread" in box.of(AnswererLost)[0].reason


def test_a_worker_at_rest_is_only_pinged():
    box = Box()
    box.seat()
    box.run(1.0)
    before = len(box.workers[0].orders)
    box.run(60.0)
    assert set(map(type, box.workers[0].orders[before:])) == {Ping}


def test_a_band_that_is_over_leaves_nothing_behind():
    box = Box()
    box.look()
    for number in range(50):
        box.answerers.clear_seats()
        link = box.seat()
        answer(link)
        link.ask(16)
        if number % 2:
            box.look()  # steps are on their way when it is left
    box.look()
    assert link.take() == inline()
    assert len(box.workers[0]._workbench._places) == 1
    assert len(box.answerers._links) == 1


steps = st.integers(0, 15)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(1, 16)),
        st.tuples(st.just("rewind"), steps),
        st.tuples(st.just("die"), st.just(0)),
        st.tuples(st.just("look"), st.just(0)),
        st.tuples(st.just("take"), st.just(0)),
    ),
    max_size=30,
)


@given(acts)
def test_whenever_workers_die_every_step_comes_once_a_take_in_order_and_as_foretold(played):
    box = Box()
    link = box.seat()
    box.look()
    answer(link)
    heard = Foretold(Seat(0, "a", 7, Meter()))
    answer(heard)
    take, taken = 0, []
    expected = []
    for act, number in [*played, ("ask", 16), ("look", 0), ("settle", 0), ("take", 0)]:
        if act == "ask":
            link.ask(number)
        elif act == "rewind" and number <= len(taken):
            take += 1
            link.rewind(number, take, SAMPLING)
            heard.rewind(number, take, SAMPLING)
            del taken[number:], expected[number:]
        elif act == "die":
            box.workers[-1].ended = "it was killed by SIGKILL"
        elif act == "settle":
            box.answerers._forgive(box.clock.now())
            box.run(40.0)
        elif act == "take":
            taken += link.take()
        else:
            box.look()
        if sum(isinstance(news, AnswerGivenUp) for news in box.news):
            return
    heard.ask(16)
    heard.step = 0
    while heard.ready():
        expected += heard.take()
    assert taken == expected
