"""Laws of the dialogue, the faults of Magenta's MIDI interface among them (numbers as in its list of weaknesses)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.settings import Mode
from appliance.happenings import AnswerOver, Silence, StrokesOff, TurnTaken
from appliance.notation.timeline import Grid, Meter, Timeline
from appliance.turn import Event, Turn, after
from tests.moves import BAR, ROCK
from tests.parrot import Broken, Parrot
from tests.rooms import (
    GRID,
    HAT,
    HORIZON,
    KICK,
    SNARE,
    STEP,
    answers_of,
    calls_of,
    happened,
    instrument,
    note_off,
    note_on,
    play,
    run_until,
    strokes_of,
)


def turn_of(rooms):
    (duet,) = rooms.duets.values()
    return duet.turn


def sounds(happenings):
    return [(round(stroke.time, 6), stroke.pitch, stroke.velocity) for stroke in strokes_of(happenings)]


def test_the_first_hit_of_a_call_counts():  # 1
    model = Parrot()
    play(instrument(model), ROCK)
    assert model.heard[0] == (1, 1)  # a kick, at position 0: the counter is position + 1


def test_the_first_sixteenth_of_an_answer_sounds():  # 1
    assert sounds(play(instrument(Parrot()), ROCK))[0] == (BAR, KICK, 110)


def test_an_answer_says_every_hit_on_its_step():
    expected = [(round(time + BAR, 6), message[1], message[2]) for time, message in ROCK]
    assert sounds(play(instrument(Parrot()), ROCK)) == expected


def test_no_silent_steps_come_between_call_and_answer():  # 2
    model = Parrot()
    play(instrument(model), ROCK)
    assert [counter for _, counter in model.heard] == [position + 1 for position in range(31)]


def test_one_network_step_lies_between_the_end_of_a_call_and_the_first_stroke():
    for bars in (1, 8):
        model = Parrot()
        rooms = instrument(model, bars=bars)
        play(rooms, [(bar * BAR + time, message) for bar in range(bars) for time, message in ROCK], bars * BAR - STEP)
        assert len(model.heard) == bars * 16 - 1
        happenings = rooms.advance(bars * BAR - HORIZON)
        assert len(model.heard) == bars * 16
        assert strokes_of(happenings)[0].time == pytest.approx(bars * BAR)


def test_panic_in_an_answer_is_heard_at_once():  # 3, 8
    rooms = instrument(Parrot())
    play(rooms, ROCK, BAR + STEP)
    assert turn_of(rooms) is Turn.ANSWERING
    happenings = rooms.receive("pad", BAR + STEP, bytes((0xB0, 123, 0)))
    assert Silence(BAR + STEP) in happened(happenings)
    assert turn_of(rooms) is Turn.IDLE
    assert strokes_of(run_until(rooms, 100.0)) == []


def test_a_note_off_in_an_answer_eats_no_hit():  # 4
    rooms = instrument(Parrot())
    play(rooms, ROCK, BAR + STEP)
    play(rooms, [(BAR + STEP, note_off(KICK)), (BAR + 1.5 * STEP, note_on(KICK, 0))], 2 * BAR)
    happenings = play(rooms, [(2 * BAR + time, message) for time, message in ROCK])
    assert [note.pitch for note in calls_of(happenings)[0].track.notes] == [KICK, SNARE, KICK, SNARE]


def test_repeated_note_ons_are_hits():  # 5
    roll = [(step * STEP, note_on(SNARE, 60 + step)) for step in range(16)]
    model = Parrot()
    happenings = play(instrument(model), roll)
    assert [label for label, _ in model.heard[:16]] == [2] * 16
    assert [stroke.velocity for stroke in strokes_of(happenings)] == [60 + step for step in range(16)]


def test_a_model_that_fails_leaves_an_echo_and_a_living_instrument():  # 10
    for fails_at in (0, 5, 15, 20):
        rooms = instrument(Broken(fails_at))
        happenings = play(rooms, ROCK)
        assert "flown" in answers_of(happenings)[0].fault
        assert [stroke.pitch for stroke in strokes_of(happenings)] == [KICK, SNARE, KICK, SNARE]
        assert turn_of(rooms) is Turn.IDLE


@pytest.mark.parametrize(("meter", "bar_steps"), [((7, 8), 14), ((3, 4), 12), ((6, 8), 12), ((5, 4), 20)])
def test_a_bar_is_as_long_as_its_meter(meter, bar_steps):  # 11
    grid = Grid(qpm=120.0, meter=Meter(*meter))
    happenings = play(instrument(Parrot(), grid=grid), [(0.0, note_on(KICK))])
    assert calls_of(happenings)[0].track.length == bar_steps
    assert calls_of(happenings)[0].answer_time == pytest.approx(bar_steps * STEP)


def test_strokes_have_the_velocities_of_the_call():  # 11
    accents = [(step * STEP, note_on(HAT, 120 if step % 4 == 0 else 40)) for step in range(16)]
    assert [stroke.velocity for stroke in strokes_of(play(instrument(Parrot()), accents))] == [120, 40, 40, 40] * 4


@pytest.mark.parametrize(
    ("last", "bars", "answered"), [(12, 1, 2), (16, 2, 3), (20, 2, 3), (24, 2, 3), (31, 2, 3), (0, 1, 2)]
)
def test_silence_ends_a_call_on_a_bar_line_and_is_no_part_of_it(last, bars, answered):
    happenings = play(instrument(Parrot(), bars=0), [(0.0, note_on(KICK)), (last * STEP, note_on(SNARE))])
    call = calls_of(happenings)[0]
    assert call.track.length == bars * 16
    assert call.answer_time == pytest.approx(answered * BAR)


def test_silence_leaves_no_trace_in_the_model():
    model = Parrot()
    happenings = play(instrument(model, bars=0), ROCK)
    assert [stroke.pitch for stroke in strokes_of(happenings)] == [KICK, SNARE, KICK, SNARE]
    assert model.heard[-1][1] == 31  # the answer's last label but one, at position 30


@pytest.mark.parametrize("early", [-0.06, -0.04, -0.015, 0.0, 0.015, 0.06])
def test_a_player_who_comes_in_again_where_silence_would_be_answered_begins_a_call(early):
    rooms = instrument(Parrot(), bars=0)
    play(rooms, ROCK, 2 * BAR + early - 0.001)
    again = [(2 * BAR + early + time, message) for time, message in ROCK]
    happenings = play(rooms, again)
    call = calls_of(happenings)[-1]
    if early > -HORIZON:  # the call had ended: this is another
        assert call.timeline.origin == pytest.approx(2 * BAR + early)
        assert [(note.step, note.pitch) for note in call.track.notes] == [(0, 36), (4, 38), (8, 36), (12, 38)]
    else:  # it goes on
        assert [note.step for note in call.track.notes][4:] == [32, 36, 40, 44]


def test_a_call_ends_at_its_longest_at_max_bars():
    restless = [(step * STEP, note_on(HAT)) for step in range(8 * 16)]
    assert calls_of(play(instrument(Parrot(), bars=0), restless))[0].track.length == 8 * 16


def test_a_hit_in_an_answer_gives_the_turn_back():
    rooms = instrument(Parrot())
    play(rooms, ROCK, BAR + 6 * STEP)
    happenings = rooms.receive("pad", BAR + 6 * STEP, note_on(SNARE))
    assert StrokesOff(BAR + 6 * STEP) in happened(happenings)
    assert TurnTaken(BAR + 6 * STEP, Turn.LISTENING) in happened(happenings)


def test_a_hit_on_the_seam_takes_no_turn():
    rooms = instrument(Parrot())
    play(rooms, ROCK, BAR)
    happenings = rooms.receive("pad", BAR + 0.4 * STEP, note_on(SNARE))
    assert not any(isinstance(one, StrokesOff) for one in happened(happenings))
    assert turn_of(rooms) is Turn.ANSWERING


def test_an_answer_may_be_longer_than_its_call():
    happenings = play(instrument(Parrot(), answer_bars=3), ROCK)
    assert answers_of(happenings)[0].track.length == 48
    assert len(strokes_of(happenings)) == 12


def test_an_answer_is_made_only_so_far_ahead():
    grid = Grid(qpm=30.0)  # a bar lasts 8 s
    happenings = play(instrument(Parrot(), answer_bars=4, grid=grid), [(0.0, note_on(KICK))], 8.0)
    assert 0 < len(strokes_of(happenings)) < 4


def test_an_answer_that_was_cut_short_does_not_end_the_turn_that_followed():
    rooms = instrument(Parrot(), bars=2)
    play(rooms, [*ROCK, (BAR, note_on(KICK))], 2 * BAR + 6 * STEP)
    rooms.receive("pad", 2 * BAR + 6 * STEP, note_on(SNARE))
    run_until(rooms, 4 * BAR + STEP)  # the cut answer would have ended at 4 bars
    assert turn_of(rooms) is Turn.LISTENING


@pytest.mark.parametrize("end", ["sounds", "cut", "panic"])
def test_every_answer_is_over_once(end):
    rooms = instrument(Parrot())
    happenings = play(rooms, ROCK, BAR + 6 * STEP)
    if end == "cut":
        happenings += rooms.receive("pad", BAR + 6 * STEP, note_on(SNARE))
    if end == "panic":
        happenings += rooms.receive("pad", BAR + 6 * STEP, bytes((0xB0, 123, 0)))
    happenings += run_until(rooms, 2.5 * BAR)
    assert sum(isinstance(one, AnswerOver) for one in happened(happenings)) == 1


def test_a_panic_in_a_call_ends_no_answer():
    happenings = play(instrument(Parrot()), [(0.0, note_on(KICK)), (0.1, bytes((0xB0, 123, 0)))])
    assert not any(isinstance(one, AnswerOver) for one in happened(happenings))


def test_the_log_likelihood_is_the_sum_over_the_steps():
    class Undecided(Parrot):
        def step(self, inputs, state):
            logits, after = super().step(inputs, state)
            return 0 * logits, after

    answer = answers_of(play(instrument(Undecided(), temperature=1.0), ROCK))[0]
    assert answer.log_likelihood == pytest.approx(-16 * math.log(512))


def test_the_turn_ends_when_the_last_step_has_sounded():
    rooms = instrument(Parrot())
    play(rooms, ROCK, 2 * BAR - 0.001)
    assert turn_of(rooms) is Turn.ANSWERING
    rooms.advance(2 * BAR)
    assert turn_of(rooms) is Turn.IDLE


def test_a_call_may_begin_with_a_rest_where_the_bar_line_is_known():
    model = Parrot()
    rooms = instrument(model)
    rooms.begin(Timeline(0.0, GRID))
    happenings = play(rooms, [(4 * STEP, note_on(SNARE))])
    assert [label for label, _ in model.heard[:6]] == [0, 0, 0, 0, 2, 0]
    assert sounds(happenings) == [(BAR + 4 * STEP, SNARE, 100)]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("turn", Turn)
@pytest.mark.parametrize("event", Event)
def test_every_turn_hears_every_event(mode, turn, event):
    assert after(mode, turn, event) in Turn
    assert event is not Event.PANIC or after(mode, turn, event) is Turn.IDLE


messages = st.lists(
    st.tuples(
        st.floats(0, 0.4),
        st.one_of(
            st.builds(note_on, st.integers(0, 127), st.integers(0, 127)),
            st.builds(note_off, st.integers(0, 127)),
            st.binary(max_size=4),
        ),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(messages, st.integers(0, 2), st.sampled_from([40.0, 120.0, 400.0, 5000.0]))
def test_whatever_comes_in_time_goes_forward_and_all_turns_end(played, bars, qpm):
    rooms = instrument(Parrot(), bars=bars, grid=Grid(qpm=qpm))
    time, timed = 0.0, []
    for wait, message in played:
        time += wait
        timed.append((time, message))
    happenings = play(rooms, timed)
    assert turn_of(rooms) is Turn.IDLE
    instants = [one.time for one in happened(happenings) if isinstance(one, TurnTaken)]
    assert instants == sorted(instants)
    for call in calls_of(happenings):
        assert call.track.length > 0
