"""The worker as a real process, killed and stopped in an answer; it runs wherever the TFLite interpreter does."""

import contextlib
import os
import select
import signal
import subprocess
import sys

import pytest

from appliance.answer.answerer import Answerer
from appliance.answer.answering import Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.worker_news import AnswererBack, AnswererLost, ModelRefused
from appliance.call.listener import StepHeard
from appliance.clock import MonotonicClock
from appliance.drivers.answerers import Answerers
from appliance.drivers.model_shelf import ModelShelf
from appliance.drivers.worker import Worker, WorkerSettings
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Meter

PATIENCE = 60.0  # s; a test that must wait longer has failed
MODEL = "drum_kit_rnn"
SETTINGS = WorkerSettings(patience=0.5, loading=60.0, nice=0)
CALL = tuple(Note(step, 36 if step % 8 == 0 else 42, 100) for step in range(0, 32, 2))
QUESTION = Question(1, DrumTrack(CALL, 32), 64, SamplingSettings(temperature=1.0, top_k=0))
SEED = 11


@pytest.fixture
def answerers():
    with contextlib.closing(Answerers(SETTINGS, MonotonicClock(), lambda: Worker(0), [MODEL])) as opened:
        yield opened


def until(answerers, holds, clock=MonotonicClock()):  # noqa: B008 - it has no state
    """Look at the workers, as the player's loop does, until it holds."""
    news, end = [], clock.now() + PATIENCE
    while not holds(news):
        assert clock.now() < end, f"waited in vain; {news}"
        select.select(answerers.filenos(), (), (), max(0.0, min(answerers.next_deadline() - clock.now(), 1.0)))
        news += answerers.advance(clock.now())
    return news


def count(news, kind):
    return sum(isinstance(one, kind) for one in news)


def ask(answering):
    for step in range(32):
        answering.listen(StepHeard(step, tuple(note for note in CALL if note.step == step)))
    answering.begin(QUESTION)
    answering.ask(64)


def inline():
    answerer = Answerer(ModelShelf().model, MODEL, SEED, Meter())
    ask(answerer)
    made = []
    while answerer.ready():
        made += answerer.take()
    return made


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV])
def test_an_answer_is_the_same_whatever_becomes_of_the_worker(answerers, fate):
    link = answerers.seat(MODEL, SEED, Meter())
    back = until(answerers, lambda news: count(news, AnswererBack))[-1]
    ask(link)
    taken = []
    until(answerers, lambda _: taken.extend(link.take()) or len(taken) >= 3)
    os.kill(back.pid, fate)
    news = until(answerers, lambda news: taken.extend(link.take()) or count(news, AnswererBack))
    until(answerers, lambda _: taken.extend(link.take()) or len(taken) >= 64)
    assert taken == inline()
    assert count(news, AnswererLost) == 1


def test_a_worker_ends_with_its_player_even_when_it_hangs():
    script = f"""
import select, sys, time
from appliance.clock import MonotonicClock
from appliance.drivers.answerers import Answerers
from appliance.drivers.worker import Worker, WorkerSettings
clock = MonotonicClock()
answerers = Answerers(WorkerSettings(1.0, 60.0, 0), clock, lambda: Worker(0), [{MODEL!r}])
while True:
    select.select(answerers.filenos(), (), (), 0.1)
    for news in answerers.advance(clock.now()):
        print(news.pid, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as player:
        worker = int(player.stdout.readline())
        os.kill(worker, signal.SIGSTOP)
        watch = os.pidfd_open(worker)
        player.kill()
        assert select.select([watch], (), (), PATIENCE)[0]
        os.close(watch)


def test_a_model_that_is_no_file_is_refused_with_words(answerers):
    answerers.seat("drum_kit_rn", SEED, Meter())
    news = until(answerers, lambda news: count(news, ModelRefused) and count(news, AnswererBack))
    assert "did you mean drum_kit_rnn" in next(one.reason for one in news if isinstance(one, ModelRefused))
    assert set(answerers.cards) == {MODEL}


def test_the_players_side_loads_neither_numpy_nor_an_interpreter():
    script = "import sys, appliance.drivers.answerers; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True)
    assert not {"numpy", "ai_edge_litert", "tflite_runtime"}.intersection(done.stdout.split())
