"""A panic silences in every state, whatever has just happened: the whole table, and the rooms that live by it."""

import pytest

from appliance.answer.settings import Mode
from appliance.controls.control import Control, Turned
from appliance.happenings import Silence, StrokesDue, ThruDue
from appliance.routes import DuetSettings
from appliance.tempo.pulse import BeatFell
from appliance.turn import TRANSITIONS, Event, Turn, after
from tests.parrot import Parrot
from tests.rooms import HAT, KICK, ONLY, PAD, SNARE, STEP, happened, instrument, note_on, play, run_until

BAR = 16 * STEP
ROCK = [(0.0, note_on(KICK)), (4 * STEP, note_on(SNARE)), (8 * STEP, note_on(KICK)), (12 * STEP, note_on(SNARE))]
PANICS = [bytes((0xB0 | channel, control, 0)) for channel in (0, 9, 15) for control in (120, 123, 124, 127)]
PANICS.append(bytes((0xFF,)))


def in_turn(mode, turn):
    """A band whose duet is in a turn, and the instant; None where the mode has no such turn."""
    band = instrument(Parrot(), mode=mode.value, bars=1)
    when = {
        Turn.IDLE: 0.0,
        Turn.COUNTING: 0.5 * BAR,
        Turn.LISTENING: 0.8 * BAR,
        Turn.ANSWERING: 1.5 * BAR,
        Turn.ACCOMPANYING: 0.8 * BAR,
    }[turn]
    if turn is Turn.COUNTING:
        band.turn(Turned(0.0, Control.COUNT_IN))
    elif turn is not Turn.IDLE:
        play(band, [one for one in ROCK if one[0] <= when], when)
    run_until(band, when)
    return (band, when) if band.duets[ONLY].turn is turn else None


def cause(band, event, time):
    """What makes an event happen, or try to."""
    match event:
        case Event.HIT:
            return band.receive(PAD, time, note_on(HAT))
        case Event.COUNTED_IN:
            return band.turn(Turned(time, Control.COUNT_IN))
        case Event.CALL_ENDED:
            return band.turn(Turned(time, Control.END_CALL))
        case Event.AGAIN:
            return band.turn(Turned(time, Control.MUTATE))
        case Event.STOP:
            return band.turn(Turned(time, Control.MODE, "accompany"))
        case Event.PANIC:
            return band.panic(time)
        case Event.CALL_BEGAN:
            band.duets[ONLY].expect_call(0.0, 4.0)
            return band.advance(time)
        case Event.CALL_DROPPED:
            return band.duets[ONLY].drop_call(time)
        case Event.ANSWER_ENDED:
            return band.turn(Turned(time, Control.ANSWER_BARS, 1))


@pytest.mark.parametrize("turn", Turn)
@pytest.mark.parametrize("mode", Mode)
def test_a_panic_leads_to_idle_from_every_turn(mode, turn):
    assert after(mode, turn, Event.PANIC) is Turn.IDLE
    assert set(TRANSITIONS[mode]) == set(Turn)


REACHED = [
    (mode, turn)
    for mode in Mode
    for turn in Turn
    if (turn is Turn.ACCOMPANYING) == (mode is Mode.ACCOMPANY) or turn in (Turn.IDLE, Turn.COUNTING)
]


def test_every_turn_of_every_mode_is_reached():
    assert [(mode, turn) for mode in Mode for turn in Turn if in_turn(mode, turn) is not None] == REACHED


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize(("mode", "turn"), REACHED)
def test_a_panic_behind_every_event_in_every_turn_of_every_mode_is_silence(mode, turn, event):
    band, time = in_turn(mode, turn)
    cause(band, event, time)
    told = band.receive(PAD, time, PANICS[0])
    assert happened(told)[0] == Silence(time)
    assert_silent(band, told, time)


def assert_silent(band, told, time):
    """Nothing sounds from now on, nothing is due any more, and the next call is answered."""
    later = told + run_until(band, time + 60.0)
    assert not [one for one in happened(later) if isinstance(one, StrokesDue | ThruDue)]
    assert not [one for one in happened(later) if isinstance(one, BeatFell) and one.clicks]
    assert {duet.turn for duet in band.duets.values()} == {Turn.IDLE}
    assert band.next_deadline() is None
    again = [(time + 100.0 + at, message) for at, message in [*ROCK, *((BAR + at, one) for at, one in ROCK)]]
    assert [
        one for one in happened(play(band, again, time + 130.0)) if isinstance(one, StrokesDue) and one.step.strokes
    ]


@pytest.mark.parametrize("message", PANICS, ids=bytes.hex)
@pytest.mark.parametrize("port", [PAD, "knobs", "nobody"])
def test_every_message_that_means_silence_is_one_on_every_port(message, port):
    band = instrument(Parrot(), loop=True)
    play(band, ROCK, 5 * BAR)
    assert happened(band.receive(port, 5 * BAR, message))[0] == Silence(5 * BAR)
    assert band.duets[ONLY].turn is Turn.IDLE


def test_a_panic_of_a_panel_or_a_foot_is_one():
    band = instrument(Parrot(), loop=True)
    play(band, ROCK, 5 * BAR)
    told = band.turn(Turned(5 * BAR, Control.PANIC))
    assert Silence(5 * BAR) in happened(told)
    assert_silent(band, told[1:], 5 * BAR)


def test_a_panic_comes_before_what_is_due():
    band = instrument(Parrot())
    play(band, ROCK, 0.9 * BAR)
    # Nobody told the rooms the time for a bar: the call is over, its answer due.
    told = band.receive(PAD, 2 * BAR, PANICS[0])
    assert not [one for one in happened(told) if isinstance(one, StrokesDue)]


def test_a_panic_silences_the_metronome_and_the_count_in():
    band = instrument(Parrot(), duets={"a": DuetSettings(), "b": DuetSettings(inputs=("a",))})
    band.turn(Turned(0.0, Control.METRONOME, True))
    band.turn(Turned(0.1, Control.COUNT_IN))
    told = band.receive(PAD, 0.2, PANICS[0])
    assert_silent(band, told, 0.2)
