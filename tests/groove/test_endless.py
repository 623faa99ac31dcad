"""A radio of drums: ten hours that no eight bars come twice in, that are never silent, and that do not fill memory."""

import resource
from itertools import pairwise

import numpy as np
import pytest

from appliance.answer.answering import Question
from appliance.answer.way import Way
from appliance.controls.control import Control, Turned
from appliance.groove.autoencoder import Reading
from appliance.groove.cell import cell_of
from appliance.groove.pattern import DrumClasses, rows_of
from appliance.groove.places import places_of
from appliance.groove.source import by_step
from appliance.notation.drum_track import DrumTrack, Note
from appliance.turn import Turn
from tests.groove.grooves import human_band, rock, sampling, sounding, tiny
from tests.groove.test_answers import answerer, heard_by
from tests.rooms import HAT, KICK, ONLY, SNARE, happened, note_on, play, run_until, strokes_of

HOURS = 10
BAR = 16
EIGHT = 8


def pushed(band, time, control, value=None):
    return run_until(band, time) + band.turn(Turned(time, control, value))


def tapped(band, start: float = 0.0) -> float:
    """Two bars of a beat at 120 quarters a minute; when they end."""
    for step in range(32):
        if step % 4 == 0:
            play(band, [(start + step * 0.125, note_on(KICK if step % 8 else SNARE))], end=start + step * 0.125)
    return start + 4.0


def test_ten_hours_without_a_repetition_a_silence_or_a_growing_memory():
    band = human_band(call={"silence_beats": 4})
    play(band, [], end=0.0)
    pushed(band, 0.0, Control.WAY, "endless")
    pushed(band, 0.0, Control.TEMPO, 60.0)
    for beat in range(0, 8, 2):
        play(band, [(float(beat), note_on(KICK))], end=float(beat))
    seconds, bars, passages, recent = 3600 * HOURS, {}, set(), []
    sizes, knobs = (
        [],
        [(Control.TEMPERATURE, 0.6), (Control.SIMILARITY, 0.95), (Control.DENSITY, -0.3), (Control.TEMPO, 64.0)],
    )
    heard, told_bars = 0, 0
    for hour in range(HOURS * 4):
        told = run_until(band, (hour + 1) * seconds / HOURS / 4)
        control, value = knobs[hour % len(knobs)]
        told += band.turn(Turned((hour + 1) * seconds / HOURS / 4, control, value + hour / 1000))
        for one in happened(told):
            if type(one).__name__ == "StrokesDue":
                struck = frozenset(stroke.pitch for stroke in one.step.strokes)
                bars.setdefault(one.step.step // BAR, {})[one.step.step % BAR] = struck
        heard += len(strokes_of(told))
        last = max(bars)
        for number in sorted(number for number in bars if number < last - 4):  # the knob may still change the last
            whole = bars.pop(number)
            assert len(whole) == BAR, f"bar {number} lacks steps"
            assert any(whole.values()), f"bar {number} is silent"
            recent = [*recent, tuple(sorted((step, *sorted(drums)) for step, drums in whole.items() if drums))][-EIGHT:]
            told_bars += 1
            if len(recent) == EIGHT:
                passage = hash(tuple(recent))
                assert passage not in passages, f"the eight bars up to {number} were played before"
                passages.add(passage)
        sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert told_bars > 8000
    assert heard > 50_000
    # The test's own books grow by some MB; the box remembers a number of 8 bytes for each passage.
    assert sizes[-1] - sizes[3] < 24 * 1024, f"it grew from {sizes[3]} to {sizes[-1]} kB"
    assert band.duets[ONLY].turn is Turn.ANSWERING
    told = play(band, [(seconds + 1.0, note_on(HAT))], end=seconds + 1.0)
    assert band.duets[ONLY].turn is Turn.LISTENING
    assert told


def test_a_cold_model_that_stands_still_is_altered_until_it_is_new():
    answering = answerer()
    heard_by(answering, rock())
    cold = type(sampling())(0.0, 0, way=Way.ENDLESS, similarity=1.0)
    answering.begin(Question(0, rock(), 0, cold))
    bars: dict[int, list[tuple[int, int]]] = {}
    for until in range(BAR, BAR * 200, BAR):
        answering.ask(until)
        while answering.ready():
            for made in answering.take():
                bars.setdefault(made.step // BAR, []).extend((made.step % BAR, note.pitch) for note in made.notes)
    played = [tuple(sorted(bars.get(number, []))) for number in range(190)]
    assert all(played)
    passages = [tuple(played[number : number + EIGHT]) for number in range(len(played) - EIGHT)]
    assert len(set(passages)) == len(passages)


def test_it_ends_with_its_bar_when_the_way_is_turned_away():
    band = human_band()
    pushed(band, 0.0, Control.WAY, "endless")
    end = tapped(band)
    told = run_until(band, end + 20.0)
    assert band.duets[ONLY].turn is Turn.ANSWERING
    told += pushed(band, end + 20.3, Control.WAY, "continue")
    told += run_until(band, end + 40.0)
    assert band.duets[ONLY].turn is Turn.IDLE
    assert end + 20.0 < max(stroke.time for stroke in sounding(told)) < end + 22.0


def test_it_wanders_on_from_the_call_and_leaves_it_slowly():
    """Windows that follow one another lie nearer together than windows far apart, and none is left for good."""
    autoencoder, cell = tiny("humanize"), cell_of(BAR)
    question = Question(0, rock(), 0, sampling(Way.ENDLESS))
    places = places_of(autoencoder, question, Way.ENDLESS, 3, cell)

    def z(bar: int, similarity: float = 0.95):
        placing = places.place(bar, sampling(similarity=similarity), 0)
        while True:
            try:
                next(placing)
            except StopIteration as done:
                return done.value

    walked = [z(bar) for bar in range(0, 800, 2)]
    assert walked[0] == pytest.approx(read(autoencoder, cell))
    near = [np.linalg.norm(other - one) for one, other in pairwise(walked)]
    far = [np.linalg.norm(other - one) for one, other in zip(walked, walked[200:], strict=False)]
    assert np.mean(near) < np.mean(far) / 2
    # It stays where grooves are: as far out as the prior, of a standard deviation of 1 in each dimension.
    assert 0.5 < np.mean(np.square(walked[50:])) < 2
    assert np.array_equal(z(798), walked[-1])  # a bar that is made again lies where it lay


def read(autoencoder, cell):
    groove = DrumClasses(autoencoder.card.drum_map).steps(by_step(rock().notes), cell.steps)
    reading = Reading(autoencoder, rows_of(autoencoder.card, groove))
    list(reading.pieces())
    return reading.z


@pytest.mark.parametrize("empty", [DrumTrack((), 32), DrumTrack((Note(0, KICK, 90),), 16)])
def test_it_begins_from_any_call(empty):
    answering = answerer()
    heard_by(answering, empty)
    answering.begin(Question(0, empty, 0, sampling(Way.ENDLESS)))
    answering.ask(64)
    made = []
    while answering.ready():
        made += answering.take()
    assert len(made) == 64
