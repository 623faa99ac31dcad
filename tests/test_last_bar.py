"""Where the model gives nothing in time the last bar goes on: no gap, no burst, and a word about it."""

from appliance.controls.control import Control, Turned
from appliance.happenings import LastBarHeld, StrokesDue
from tests.moves import BAR, ROCK
from tests.parrot import Parrot
from tests.rooms import (
    HORIZON,
    KICK,
    ONLY,
    SNARE,
    STEP,
    answers_of,
    happened,
    instrument,
    play,
    run_until,
    strokes_of,
)
from tests.stalled import Stalled


def stalling(**settings):
    seats = []

    def engage(answering):
        seats.append(Stalled(answering))
        return seats[-1]

    return instrument(Parrot(), engage=engage, **settings), seats


def sent(band, end):
    """(instant of sending, StrokesDue) up to an instant."""
    told = []
    while (deadline := band.next_deadline()) is not None and deadline <= end:
        told += [(deadline, one.happening) for one in band.advance(deadline)]
    return told


def test_a_model_that_hangs_from_the_start_leaves_the_calls_last_bar():
    band, (seat,) = stalling(answer_bars=2)
    told = play(band, ROCK, 0.9 * BAR)
    seat.stalled = True
    told += run_until(band, 10 * BAR)
    expected = [(round(bar * BAR + time, 6), message[1], message[2]) for bar in (1, 2) for time, message in ROCK]
    assert [(round(one.time, 6), one.pitch, one.velocity) for one in strokes_of(told)] == expected
    assert [one.step for one in happened(told) if isinstance(one, LastBarHeld)] == [0]
    assert "last bar" in answers_of(told)[0].fault


def test_a_model_that_hangs_in_an_answer_leaves_the_bar_before():
    # Half a bar lasts 8 s at this tempo: the second half is made in the middle of the first.
    from appliance.notation.timeline import Grid

    slow = Grid(qpm=15.0)
    band, (seat,) = stalling(answer_bars=4, grid=slow)
    bar = 16 * slow.step_seconds
    told = play(band, [(8 * time, message) for time, message in ROCK], 2.2 * bar)
    seat.stalled = True
    told += run_until(band, 10 * bar)
    assert [one.pitch for one in strokes_of(told)] == [KICK, SNARE, KICK, SNARE] * 4
    assert len([one for one in happened(told) if isinstance(one, LastBarHeld)]) == 1


def test_the_model_takes_over_again_with_the_first_step_it_gives_in_time():
    band, (seat,) = stalling(answer_bars=4)
    play(band, ROCK, 0.9 * BAR)
    seat.stalled = True
    run_until(band, 1.5 * BAR)
    seat.stalled = False
    told = run_until(band, 10 * BAR)
    assert not [one for one in happened(told) if isinstance(one, LastBarHeld)]
    assert [one.pitch for one in strokes_of(told)][-8:] == [KICK, SNARE, KICK, SNARE] * 2


def test_no_step_goes_out_later_than_a_stick_can_meet_it_and_none_twice():
    band, (seat,) = stalling(answer_bars=3)
    play(band, ROCK, 0.9 * BAR)
    seat.stalled = True
    told = sent(band, 1.7 * BAR)
    seat.stalled = False
    told += sent(band, 10 * BAR)
    due = [(now, one) for now, one in told if isinstance(one, StrokesDue)]
    assert [one.step.step for _, one in due] == list(range(48))
    assert all(stroke.time - now >= HORIZON - 0.015 for now, one in due for stroke in one.step.strokes)


def test_a_change_that_the_model_is_slow_to_make_leaves_what_was_there():
    band, (seat,) = stalling(answer_bars=2)
    told = play(band, ROCK, 1.2 * BAR)
    seat.stalled = True
    told += band.turn(Turned(1.2 * BAR, Control.TEMPERATURE, 0.5))
    told += run_until(band, 10 * BAR)
    heard = {(round(one.time, 6), one.pitch) for one in strokes_of(told)}
    assert heard == {(round(bar * BAR + time, 6), message[1]) for bar in (1, 2) for time, message in ROCK}


def test_an_accompaniment_goes_on_as_it_was():
    band, (seat,) = stalling(mode="accompany")
    bars = [(bar * BAR + time, message) for bar in range(4) for time, message in ROCK]
    told = play(band, [one for one in bars if one[0] < 2 * BAR], 2 * BAR - 0.001)
    seat.stalled = True
    told += play(band, [one for one in bars if one[0] >= 2 * BAR], 3 * BAR)
    third = [(one.time / STEP, one.pitch) for one in strokes_of(told) if 2 * BAR + STEP <= one.time < 3 * BAR]
    assert third == [(36.0, SNARE), (40.0, KICK), (44.0, SNARE)]


def test_the_next_call_is_answered_by_the_model_again():
    band, (seat,) = stalling()
    play(band, ROCK, 0.9 * BAR)
    seat.stalled = True
    run_until(band, 5 * BAR)
    seat.stalled = False
    told = play(band, [(6 * BAR + time, message) for time, message in ROCK], 9 * BAR)
    assert answers_of(told)[0].fault == ""
    assert band.duets[ONLY].turn.value == "idle"
