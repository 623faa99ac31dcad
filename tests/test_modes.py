"""Laws of the modes of a duet, in virtual time, with a model whose answers can be foretold."""

import pytest

from appliance.controls.control import Control
from appliance.happenings import (
    AnswerOver,
    CallDropped,
    HitHeard,
    Kept,
    StrokesDue,
    ThruDue,
    TurnTaken,
)
from appliance.notation.timeline import Grid
from appliance.turn import Turn
from tests.moves import BAR, ROCK, at, bars_taken, rock_at, turn, turn_of
from tests.parrot import Dicing, Parrot
from tests.rooms import (
    HAT,
    HORIZON,
    KICK,
    SNARE,
    STEP,
    answers_of,
    calls_of,
    happened,
    instrument,
    note_on,
    play,
    run_until,
    sounded,
    strokes_of,
)

# --- trade


def test_traded_bars_follow_one_another_without_a_gap():
    band = instrument(Parrot(), mode="trade", bars=1)
    told = play(band, [*at(0), *at(2), *at(4)], 8 * BAR)
    assert [call.timeline.origin for call in calls_of(told)] == [0.0, 2 * BAR, 4 * BAR]
    assert sounded(told) == rock_at(1) + rock_at(3) + rock_at(5)


def test_trading_ends_with_bars_in_which_the_player_is_silent():
    band = instrument(Parrot(), mode="trade", bars=1)
    told = play(band, at(0), 8 * BAR)
    assert bars_taken(told)[-2:] == [(2.0, Turn.LISTENING), (pytest.approx(3.0, abs=0.1), Turn.IDLE)]
    assert any(isinstance(one, CallDropped) for one in happened(told))


def test_a_hit_in_the_models_bars_takes_no_turn_in_a_trade():
    band = instrument(Parrot(), mode="trade", bars=1)
    told = play(band, [*at(0), (1.5 * BAR, note_on(HAT))], 2.1 * BAR)
    assert sounded(told) == rock_at(1)


def test_a_hit_a_little_before_the_players_bars_is_the_first_of_them():
    band = instrument(Parrot(), mode="trade", bars=1)
    told = play(band, [*at(0), (2 * BAR - 0.3 * STEP, note_on(HAT, 77))], 4 * BAR)
    assert [(note.step, note.pitch) for note in calls_of(told)[1].track.notes] == [(0, HAT)]


def test_who_trades_fours_says_no_length():
    band = instrument(Parrot(), mode="trade", bars=0)
    told = play(band, at(0), 4 * BAR)
    assert calls_of(told)[0].track.length == 4 * 16


# --- accompany


def test_an_accompaniment_sounds_on_every_step_while_the_player_plays():
    band = instrument(Parrot(), mode="accompany")
    told = play(band, [*at(0), *at(1)], 4 * BAR)
    # The parrot says what was played sixteen steps ago: the second bar is doubled, and the silence behind it filled.
    assert sounded(told)[:4] == rock_at(1)
    assert turn_of(band) is Turn.IDLE


def test_a_step_of_an_accompaniment_goes_out_a_horizon_before_it_sounds():
    band = instrument(Parrot(), mode="accompany")
    told = []
    for time, message in [*at(0), *at(1)]:
        told += [(deadline, one) for deadline, one in timed_until(band, time)]
        told += [(time, one) for one in band.receive("pad", time, message)]
    sent = [(now, one.happening.step) for now, one in told if isinstance(one.happening, StrokesDue)]
    assert all(stroke.time - now == pytest.approx(HORIZON) for now, step in sent for stroke in step.strokes)
    assert any(step.strokes for _, step in sent)


@pytest.mark.parametrize("qpm", [60.0, 120.0, 200.0, 400.0])
def test_an_accompaniment_comes_in_with_the_first_step_that_a_stick_can_meet(qpm):
    grid = Grid(qpm)
    band = instrument(Dicing(), mode="accompany", temperature=1.0, grid=grid)
    sent = list(timed_until(band, 0.0))
    sent += [(0.0, one) for one in band.receive("pad", 0.0, note_on(KICK))]
    sent += list(timed_until(band, 10 * grid.step_seconds))
    strokes = [(now, stroke) for now, one in sent for stroke in strokes_of([one])]
    assert strokes
    assert min(stroke.time - now for now, stroke in strokes) > HORIZON - 0.001


def timed_until(band, end):
    while (deadline := band.next_deadline()) is not None and deadline <= end:
        for one in band.advance(deadline):
            yield deadline, one


def test_the_model_hears_the_player_and_itself_in_an_accompaniment():
    model = Parrot()
    band = instrument(model, mode="accompany")
    play(band, [*at(0), (BAR, note_on(HAT))], 1.2 * BAR)
    labels = [label for label, _ in model.heard]
    assert labels[:16] == [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]
    assert labels[16] == 1 | 4  # its own kick, and the player's hi-hat


def test_an_accompaniment_ends_with_the_players_silence():
    told = play(instrument(Parrot(), mode="accompany"), at(0), 10 * BAR)
    assert bars_taken(told)[-1] == (2.0, Turn.IDLE)
    assert max(step for step, _ in [(stroke.time / STEP, 0) for stroke in strokes_of(told)]) < 32


# --- echo, overlap, memory


def test_an_echo_is_the_call_again_velocities_and_all():
    model = Parrot()
    told = play(instrument(model, mode="echo"), ROCK)
    assert [(stroke.time, stroke.pitch, stroke.velocity) for stroke in strokes_of(told)] == [
        (time + BAR, message[1], message[2]) for time, message in ROCK
    ]


def test_a_hit_in_an_answer_that_may_be_overlapped_is_answered_behind_it():
    band = instrument(Parrot(), overlap=True, bars=0)
    told = play(band, [*at(0), (2 * BAR + 4 * STEP, note_on(HAT, 60))], 10 * BAR)
    assert sounded(told)[:4] == rock_at(2)  # nothing was taken back
    assert sounded(told)[4:] == [(4 * 16 + 4, HAT)]
    assert sum(isinstance(one, AnswerOver) for one in happened(told)) == 2
    assert turn_of(band) is Turn.IDLE


@pytest.mark.parametrize("memory", [False, True])
def test_with_memory_the_model_goes_on_from_what_it_heard_before(memory):
    model = Parrot()
    band = instrument(model, memory=memory)
    play(band, [*at(0), *at(2, [(0.0, note_on(HAT))])], 2 * BAR + STEP)
    counters = [counter for label, counter in model.heard if label == 4]
    # The counter goes on behind 16 steps of call and 16 of answer, or begins again.
    assert counters == [33 if memory else 1]


# --- the call's end


@pytest.mark.parametrize(("start", "answered"), [("step", 8 + 1 + 16), ("beat", 8 + 16 + 4), ("bar", 32)])
def test_an_answer_begins_on_the_next_step_beat_or_bar(start, answered):
    band = instrument(Parrot(), bars=0, call={"start": start})
    told = play(band, [(0.0, note_on(KICK)), (8 * STEP, note_on(SNARE))])
    assert calls_of(told)[0].answer_time == pytest.approx(answered * STEP)


@pytest.mark.parametrize(("beats", "answered"), [(1, 1), (4, 2), (8, 3)])
def test_so_many_silent_beats_end_a_call_on_the_bar_line_behind_them_when_they_are_turned_in_it(beats, answered):
    band = instrument(Parrot(), bars=0)
    told = play(band, [(0.0, note_on(KICK))], 9 * STEP)
    told += turn(band, 9 * STEP, Control.SILENCE_BEATS, beats)
    told += run_until(band, 4 * BAR)
    assert calls_of(told)[0].answer_time == pytest.approx(answered * BAR)


def test_a_call_that_is_too_short_is_not_answered():
    band = instrument(Parrot(), bars=0, call={"min_bars": 2})
    told = play(band, [*at(0), *at(8), *at(9)], 20 * BAR)
    assert [call.track.length for call in calls_of(told)] == [32]
    assert sum(isinstance(one, CallDropped) for one in happened(told)) == 1


def test_an_end_call_is_answered_on_the_next_bar_line():
    band = instrument(Parrot(), bars=0)
    told = play(band, ROCK, 14 * STEP)
    told += turn(band, 14 * STEP, Control.END_CALL)
    told += run_until(band, 3 * BAR)
    assert calls_of(told)[0].answer_time == pytest.approx(BAR)
    assert sounded(told) == rock_at(1)


def test_an_end_call_just_before_a_bar_line_waits_for_the_next():
    band = instrument(Parrot(), bars=0)
    told = play(band, ROCK, BAR - HORIZON / 2)
    told += turn(band, BAR - HORIZON / 2, Control.END_CALL)
    told += run_until(band, 4 * BAR)
    assert calls_of(told)[0].answer_time == pytest.approx(2 * BAR)


def test_a_count_in_opens_the_call_on_its_bar_line():
    band = instrument(Parrot(), bars=1)
    told = turn(band, 1.0, Control.COUNT_IN)
    origin = next(
        one.time
        for one in happened(told + run_until(band, 4.0))
        if isinstance(one, TurnTaken) and one.turn is Turn.LISTENING
    )
    assert origin == pytest.approx(1.0 + BAR + 0.1)


def test_hits_while_it_counts_are_no_part_of_the_call_but_for_one_that_is_a_little_early():
    band = instrument(Parrot(), bars=1)
    turn(band, 0.0, Control.COUNT_IN)
    line = BAR + 0.1
    hits = [(0.5 * BAR, note_on(HAT)), (line - 0.2 * STEP, note_on(KICK)), (line + 4 * STEP, note_on(SNARE))]
    told = play(band, hits, 6 * BAR)
    assert [(note.step, note.pitch) for note in calls_of(told)[0].track.notes] == [(0, KICK), (4, SNARE)]


def test_on_a_running_grid_a_call_begins_on_the_bar_line_before_its_first_hit():
    band = instrument(Parrot(), bars=1)
    turn(band, 0.0, Control.METRONOME, True)
    told = play(band, [(2 * BAR + 5 * STEP, note_on(SNARE))], 5 * BAR)
    assert calls_of(told)[0].timeline.origin == pytest.approx(2 * BAR)
    assert [note.step for note in calls_of(told)[0].track.notes] == [5]


def test_a_hit_a_little_before_a_bar_line_of_a_running_grid_begins_that_bar():
    band = instrument(Parrot(), bars=1)
    turn(band, 0.0, Control.METRONOME, True)
    told = play(band, [(2 * BAR - 0.3 * STEP, note_on(SNARE))], 5 * BAR)
    assert calls_of(told)[0].timeline.origin == pytest.approx(2 * BAR)
    assert [note.step for note in calls_of(told)[0].track.notes] == [0]


# --- loop, mutate, undo, keep, mute, thru


def test_a_looped_answer_is_repeated_until_the_loop_is_off():
    band = instrument(Parrot(), loop=True)
    told = play(band, ROCK, 5.5 * BAR)
    told += turn(band, 5.5 * BAR, Control.LOOP, False)
    told += run_until(band, 20 * BAR)
    assert sounded(told) == [one for bar in range(1, 6) for one in rock_at(bar)]
    assert turn_of(band) is Turn.IDLE


def test_a_loop_that_begins_in_an_answer_goes_on_behind_it():
    band = instrument(Parrot())
    told = play(band, ROCK, 1.9 * BAR)
    told += turn(band, 1.9 * BAR, Control.LOOP, True)
    told += run_until(band, 3.5 * BAR)
    assert sounded(told)[:12] == rock_at(1) + rock_at(2) + rock_at(3)
    assert turn_of(band) is Turn.ANSWERING


def test_a_hit_in_a_loop_gives_the_turn_back_on_the_loops_own_grid():
    band = instrument(Parrot(), loop=True)
    told = play(band, [*at(0), (4 * BAR + 3 * STEP, note_on(HAT))], 5.1 * BAR)
    assert calls_of(told)[1].timeline.origin == pytest.approx(4 * BAR)
    assert (4 * 16 + 4, SNARE) not in sounded(told)


def test_a_mutation_changes_what_can_still_be_met_and_nothing_before():
    band = instrument(Dicing(), temperature=1.0)
    told = play(band, ROCK, 1.5 * BAR)
    before = sounded(told)
    told += turn(band, 1.5 * BAR, Control.MUTATE)
    told += run_until(band, 4 * BAR)
    after = sounded(told)
    middle = 24
    assert [one for one in after if one[0].expected < middle] == [one for one in before if one[0].expected < middle]
    assert [one for one in after if one[0].expected > middle] != [one for one in before if one[0].expected > middle]


def test_an_undone_mutation_sounds_as_if_it_had_not_been():
    band = instrument(Dicing(), temperature=1.0)
    told = play(band, ROCK, 1.2 * BAR)
    told += run_until(band, 1.2 * BAR)
    before = sounded(told)
    told += turn(band, 1.3 * BAR, Control.MUTATE)
    told += turn(band, 1.31 * BAR, Control.UNDO)
    told += run_until(band, 4 * BAR)
    assert [(step.expected, key) for step, key in sounded(told)] == [(step.expected, key) for step, key in before]


def test_a_mutation_of_a_loop_changes_all_of_it():
    band = instrument(Dicing(), temperature=1.0, loop=True)
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.MUTATE)
    told += run_until(band, 6.5 * BAR)
    first, _, third, fourth = (
        [(one[0].expected % 16, one[1]) for one in sounded(told) if 16 * bar <= one[0].expected < 16 * bar + 16]
        for bar in (1, 2, 3, 4)
    )
    assert third == fourth
    assert {place for place in first if place[0] < 8} != {place for place in third if place[0] < 8}


def test_another_answer_to_the_last_call_may_be_asked_for_behind_it():
    band = instrument(Dicing(), temperature=1.0)
    told = play(band, ROCK, 5 * BAR)
    first = len(strokes_of(told))
    told += turn(band, 5 * BAR, Control.MUTATE)
    told += run_until(band, 10 * BAR)
    assert len(answers_of(told)) == 2
    assert len(strokes_of(told)) > first
    assert turn_of(band) is Turn.IDLE


def test_what_is_kept_is_what_went_out():
    band = instrument(Parrot())
    play(band, ROCK, 5 * BAR)
    kept = next(one for one in happened(turn(band, 5 * BAR, Control.KEEP)) if isinstance(one, Kept))
    assert [(note.step, note.pitch) for note in kept.track.notes] == [(0, KICK), (4, SNARE), (8, KICK), (12, SNARE)]


def test_a_muted_drum_is_silent_and_the_answer_goes_on():
    band = instrument(Parrot(), loop=True)
    told = play(band, ROCK, 2 * BAR + STEP)
    told += turn(band, 2 * BAR + STEP, Control.MUTE, True)
    told += turn(band, 4 * BAR + STEP, Control.MUTE, False)
    told += run_until(band, 5 * BAR - STEP)
    heard = [one for one in sounded(told) if one[0].expected < 5 * 16]
    assert heard == [*rock_at(1), (32, KICK), *rock_at(4)[1:]]


def test_thru_beats_every_hit_whoevers_turn_it_is():
    band = instrument(Parrot(), thru=True)
    told = play(band, [*at(0), (1.5 * BAR, note_on(HAT))], 1.6 * BAR)
    hits = [one.hit for one in happened(told) if isinstance(one, HitHeard)]
    assert [one.hit for one in happened(told) if isinstance(one, ThruDue)] == hits
    assert len(hits) == 5


KITTED = {"plain": {}, "toms": {"kit": {"snare": "low_tom", "kick": "none"}}}


def test_a_scenes_kit_is_beaten_at_once_also_in_an_answer():
    band = instrument(Parrot(), scenes=KITTED, answer_bars=3)
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.SCENE, "toms")
    told += run_until(band, 2.8 * BAR)
    told += turn(band, 2.8 * BAR, Control.SCENE, "plain")
    told += run_until(band, 5 * BAR)
    heard = [(round(step.expected), key) for step, key in sounded(told)]
    before, between = [(16, KICK), (20, SNARE), (24, KICK)], [(28, 45), (36, 45), (44, 45)]
    assert heard == [*before, *between, (48, KICK), (52, SNARE), (56, KICK), (60, SNARE)]


def test_what_goes_thru_is_beaten_on_the_scenes_kit_and_heard_as_it_was_played():
    band = instrument(Parrot(), scenes=KITTED, thru=True)
    turn(band, 0.0, Control.SCENE, "toms")
    told = play(band, ROCK, BAR - STEP)
    assert [one.hit.pitch for one in happened(told) if isinstance(one, HitHeard)] == [KICK, SNARE, KICK, SNARE]
    assert [one.hit.pitch for one in happened(told) if isinstance(one, ThruDue)] == [45, 45]
