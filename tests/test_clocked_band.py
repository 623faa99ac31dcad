"""A band that follows a jittered clock: its answers lie on the clock's own grid. In virtual time."""

from appliance.happenings import StrokesDue, StrokesOff
from appliance.tempo.clock_reader import CLOCK, START, STOP
from tests.parrot import Parrot
from tests.rooms import HAT, HORIZON, calls_of, happened, instrument, note_on, play
from tests.tempo.clocks import PPQN, cable, steady, step, truth

SIXTEENTH = PPQN // 4
BAR = 4 * PPQN


def beaten(told):
    """The strokes that were not taken back, by their instants."""
    strokes = []
    for one in happened(told):
        if isinstance(one, StrokesDue):
            strokes += one.step.strokes
        elif isinstance(one, StrokesOff):
            strokes = [stroke for stroke in strokes if stroke.time < one.time]
    return sorted(stroke.time for stroke in strokes)


def clock(times, seed=1):
    ticks = [(at, bytes((CLOCK,))) for _, at in cable(times, seed, lost=0.0)]
    return [(times[0] - 0.005, bytes((START,))), *ticks]


def call_in_bar(times, bar):
    """A hat on each eighth, as a drummer plays it who hears the clock's master."""
    return [(times[bar * BAR + eighth * PPQN // 2] + 0.004, note_on(HAT)) for eighth in range(8)]


def play_to(tempo, *, bars=1, seed=1, upto=5):
    times = truth(tempo, 4 * upto)
    band = instrument(Parrot(), source="clock", bars=bars)
    messages = sorted([*clock(times, seed), *call_in_bar(times, 2)])
    return times, play(band, messages, times[-1])


def furthest(strokes, times):
    grid = times[::SIXTEENTH]
    return max(min(abs(stroke - place) for place in grid) for stroke in strokes)


def test_a_call_is_heard_from_the_clocks_bar_line_and_answered_on_its_next_one():
    times, told = play_to(steady(100.0))
    (call,) = calls_of(told)[:1]
    # Its first line lies a bar back from what is known at its end, by the tempo that is followed then.
    assert abs(call.timeline.origin - times[2 * BAR]) < 0.005
    assert abs(call.answer_time - times[3 * BAR]) < 0.002
    assert len(beaten(told)) == 8
    assert abs(beaten(told)[0] - times[3 * BAR]) < 0.002
    assert furthest(beaten(told), times) < 0.002


def test_an_answer_follows_a_step_of_tempo_within_a_beat():
    stepped = 3 * 4 + 1  # quarters: a beat into the answer
    times, told = play_to(step(100.0, 140.0, stepped))
    settled = times[stepped * PPQN + PPQN]
    strokes = beaten(told)
    assert len(strokes) == 8
    assert furthest([one for one in strokes if one > settled + HORIZON], times) < 0.005


def test_a_song_that_the_clock_stops_is_over():
    times = truth(steady(100.0), 16)
    stopped = times[3 * BAR + PPQN] + 0.001
    band = instrument(Parrot(), source="clock", bars=1)
    ticks = [message for message in clock(times) if message[0] < stopped]
    messages = sorted([*ticks, *call_in_bar(times, 2), (stopped, bytes((STOP,)))])
    assert beaten(play(band, messages, stopped + 20.0))[-1] < stopped + 0.2
