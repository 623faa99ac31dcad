"""Answers of every way: what they keep of the call, where they lie, and that chance alone depends on the seed."""

import numpy as np
import pytest

from appliance.answer.answerer import Answerer
from appliance.answer.answering import Made, Question
from appliance.answer.way import Way
from appliance.call.listener import StepHeard
from appliance.groove.groove_answerer import GrooveAnswerer, Grooves
from appliance.groove.pattern import MOST_OFFSET
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Meter
from tests.groove.grooves import all_grooves, rock, sampling
from tests.parrot import Parrot
from tests.rooms import HAT, KICK, SNARE

_COMMON = Meter()
LATENT = (Way.TAP, Way.SIMILAR, Way.BLEND, Way.INTERPOLATE)


def answerer(grooves: Grooves | None = None, meter: Meter = _COMMON, spq: int = 4) -> GrooveAnswerer:
    model = Parrot(spq)
    return GrooveAnswerer(Answerer(lambda _: model, "parrot", 3, meter), grooves or all_grooves(), 3)


def heard_by(answering: GrooveAnswerer, call: DrumTrack) -> None:
    for step in range(call.length):
        answering.listen(StepHeard(step, call.at(step)))


def made_by(answering: GrooveAnswerer, until: int, stride: int = 0) -> list[Made]:
    """The steps below `until`, asked for at once or by and by."""
    made: list[Made] = []
    for wanted in range(stride or until, until + 1, stride or until):
        answering.ask(wanted)
        for _ in range(10_000):
            if not answering.ready():
                break
            made += answering.take()
    return [one for one in made if one.step < until]


def answer(way: Way = Way.CONTINUE, call: DrumTrack | None = None, length: int = 32, **given: object) -> list[Made]:
    call = call or rock()
    grooves, before, corners = given.pop("grooves", None), given.pop("before", None), given.pop("corners", ())
    stride, number = given.pop("stride", 0), given.pop("answer", 0)
    answering = answerer(grooves, given.pop("meter", Meter()))
    heard_by(answering, call)
    answering.begin(Question(number, call, length, sampling(way, **given), before=before, corners=corners))
    made = made_by(answering, length, stride)
    assert [one.step for one in made] == list(range(length))
    return made


def notes(made: list[Made]) -> list[Note]:
    return [note for one in made for note in one.notes]


def hits(made: list[Made]) -> list[tuple[int, int]]:
    return [(note.step, note.pitch) for note in notes(made)]


@pytest.mark.parametrize("way", [Way.CONTINUE, Way.HUMANISE])
def test_a_drummer_changes_how_hard_and_when_and_nothing_else(way):
    plain, human = answer(Way.CONTINUE), answer(way, humanise=True)
    assert hits(human) == hits(plain)
    assert [one.log_likelihood for one in human] == [one.log_likelihood for one in plain] or way is Way.HUMANISE
    assert len({note.velocity for note in notes(human)}) > 8
    assert all(1 <= note.velocity <= 127 and abs(note.offset) <= MOST_OFFSET for note in notes(human))
    assert any(note.offset < 0 for note in notes(human))
    assert any(note.offset > 0 for note in notes(human))
    assert all(note.offset >= 0 for note in notes(human) if note.step == 0)  # not before the first beat


def test_answers_stay_as_hard_as_their_calls():
    soft = DrumTrack(tuple(Note(one.step, one.pitch, one.velocity // 3) for one in rock().notes), 32)
    loud, quiet = (np.mean([note.velocity for note in notes(answer(Way.HUMANISE, call))]) for call in (rock(), soft))
    assert quiet < loud * 0.7


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("humanise", [False, True])
def test_an_answer_is_the_same_however_far_ahead_it_is_made(way, humanise):
    assert answer(way, length=48, humanise=humanise) == answer(way, length=48, humanise=humanise, stride=1)


@pytest.mark.parametrize("way", LATENT)
def test_other_answers_fall_otherwise(way):
    assert hits(answer(way, length=64)) != hits(answer(way, length=64, answer=1))
    assert answer(way) == answer(way)


def test_a_tapped_rhythm_comes_back_as_a_kit():
    taps = DrumTrack(tuple(Note(step, KICK, 90) for step in range(0, 32, 4)), 32)
    kit = {pitch for _, pitch in hits(answer(Way.TAP, taps))}
    assert len(kit) >= 4
    other = DrumTrack(tuple(Note(step, SNARE, 90) for step in range(0, 32, 4)), 32)
    assert answer(Way.TAP, taps) == answer(Way.TAP, other)  # whichever pad it is tapped on


def test_a_hi_hat_is_added_to_the_call_where_it_has_none():
    bare = DrumTrack(tuple(note for note in rock().notes if note.pitch != HAT), 32)
    made = notes(answer(Way.HI_HAT, bare))
    assert [note for note in made if note.pitch != HAT] == list(bare.notes)
    assert any(note.pitch == HAT for note in made)
    full = notes(answer(Way.HI_HAT, rock()))
    assert all(note in full for note in rock().notes)


def test_an_interpolation_begins_at_the_call_before_and_ends_at_this_one():
    one, other = rock(), DrumTrack(tuple(Note(step, SNARE, 90) for step in range(0, 32, 3)), 32)
    cold = {"temperature": 0.0, "length": 64}
    path = hits_cold(Way.INTERPOLATE, other, before=one, **cold)
    assert path[:16] == hits_cold(Way.SIMILAR, one, similarity=1.0, **cold)[:16]
    back = hits_cold(Way.INTERPOLATE, one, before=other, **cold)
    assert back[:16] == hits_cold(Way.SIMILAR, other, similarity=1.0, **cold)[:16]
    # Of an interpolation between a call and itself every bar is the call's.
    still = hits_cold(Way.INTERPOLATE, one, before=one, **cold)
    assert still == hits_cold(Way.SIMILAR, one, similarity=1.0, **cold)


def hits_cold(way: Way, call: DrumTrack, *, length: int, temperature: float, **given: object) -> list[tuple[int, ...]]:
    """Of each step, what is likeliest to be struck."""
    answering = answerer(all_grooves())
    heard_by(answering, call)
    settings = sampling(way, **{key: value for key, value in given.items() if key == "similarity"})
    cold = type(settings)(
        **{**{f: getattr(settings, f) for f in settings.__struct_fields__}, "temperature": temperature}
    )
    rest = {key: value for key, value in given.items() if key != "similarity"}
    answering.begin(Question(0, call, length, cold, **rest))
    return [tuple(note.pitch for note in one.notes) for one in made_by(answering, length)]


def test_the_corners_of_a_blend_are_what_was_kept():
    corners = tuple(
        DrumTrack(tuple(Note(step, KICK + 2 * k, 90) for step in range(0, 32, k + 2)), 32) for k in range(4)
    )
    at = {
        place: answer(Way.BLEND, corners=corners, blend_x=place[0], blend_y=place[1])
        for place in ((0, 0), (1, 1), (0.5, 0.5))
    }
    assert len({tuple(notes(made)) for made in at.values()}) == 3


@pytest.mark.parametrize("length", [8, 16, 24, 40, 100])
@pytest.mark.parametrize("way", [Way.CONTINUE, Way.TAP, Way.HUMANISE])
def test_calls_and_answers_of_any_length_fit_the_window(way, length):
    for call in (16, 48, 80):
        assert len(answer(way, rock(call), length, humanise=True)) == length


@pytest.mark.parametrize("meter", [Meter(7, 8), Meter(5, 4), Meter(6, 8), Meter(9, 4), Meter(3, 4)])
def test_other_meters_are_played_in_their_bars(meter):
    bar = 16 * meter.numerator // meter.denominator
    for way in (Way.CONTINUE, Way.SIMILAR, Way.ENDLESS):
        assert len(answer(way, rock(2 * bar), 4 * bar, meter=meter, humanise=True)) == 4 * bar


def test_a_pitch_of_no_drum_and_an_empty_call_do_no_harm():
    strange = DrumTrack((Note(0, 3, 64), Note(4, 36, 90)), 16)
    echoed = notes(answer(Way.HUMANISE, strange, 16))
    assert echoed[0] == Note(0, 3, 64)
    for way in Way:
        answer(way, DrumTrack((), 16), 16, humanise=True)


def test_the_first_beat_waits_for_no_window():
    answering = answerer()
    heard_by(answering, rock())
    answering.begin(Question(0, rock(), 32, sampling(humanise=True)))
    answering.ask(32)
    pieces, made = 0, []
    while not made:
        made += answering.take()
        pieces += 1
    assert pieces == 1  # one step of the network, and one of the decoder
    assert made[0].step == 0


def test_an_answer_that_is_made_again_goes_on_from_what_was_played():
    answering = answerer()
    heard_by(answering, rock())
    answering.begin(Question(0, rock(), 64, sampling(Way.SIMILAR)))
    before = made_by(answering, 64)
    answering.rewind(21, 1, sampling(Way.SIMILAR))
    after = made_by(answering, 64)
    assert [one.step for one in after] == list(range(21, 64))
    assert {one.take for one in after} == {1}
    assert hits(after) != hits(before[21:])
    answering.rewind(40, 2, sampling(humanise=True))
    rest = [one for one in made_by(answering, 64) if one.step >= 40]
    assert [(one.step, one.take) for one in rest] == [(step, 2) for step in range(40, 64)]


def test_a_model_of_other_steps_answers_as_it_does():
    answering = answerer(spq=2)
    heard_by(answering, rock(16))
    answering.begin(Question(0, rock(16), 16, sampling(Way.TAP, humanise=True)))
    assert not any(note.offset for note in notes(made_by(answering, 16)))


def test_a_way_without_its_model_is_answered_by_the_network():
    assert hits(answer(Way.TAP, grooves=Grooves())) == hits(answer(Way.CONTINUE))


def test_drums_without_velocities_are_humanised():
    made = notes(answer(Way.SIMILAR, grooves=all_grooves("drums")))
    assert made
    assert len({note.velocity for note in made}) > 4
