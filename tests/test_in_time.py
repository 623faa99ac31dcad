"""Whatever a hand turns, and whenever: no stroke goes out too late for its stick, and none lies beside its grid."""

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.controls.control import Control, Turned
from appliance.happenings import AnswerBegan, AnswerMoved, StrokesDue
from tests.parrot import Parrot
from tests.rooms import HAT, HORIZON, KICK, PAD, SNARE, STEP, happened, instrument, note_on

BAR = 16 * STEP
PUSHES = (Control.MUTATE, Control.UNDO, Control.END_CALL, Control.COUNT_IN, Control.KEEP, Control.TAP)
turns = st.one_of(
    st.tuples(st.sampled_from(PUSHES), st.none()),
    st.tuples(st.just(Control.MODE), st.sampled_from(["answer", "trade", "accompany", "echo"])),
    st.tuples(
        st.sampled_from([Control.LOOP, Control.OVERLAP, Control.MUTE, Control.MEMORY, Control.METRONOME]), st.booleans()
    ),
    st.tuples(st.sampled_from([Control.ANSWER_BARS, Control.CALL_BARS, Control.MIN_BARS]), st.integers(0, 4)),
    st.tuples(st.just(Control.START), st.sampled_from(["step", "beat", "bar"])),
    st.tuples(st.just(Control.TEMPERATURE), st.floats(0, 2)),
    st.tuples(st.just(Control.TEMPO), st.floats(60, 200)),
    st.tuples(st.just(Control.MODEL), st.sampled_from(["parrot", "other", "triplets"])),
)
hits = st.sampled_from([KICK, SNARE, HAT])
evenings = st.lists(st.tuples(st.floats(0, 1.2), turns | hits), max_size=60)


@settings(deadline=None, max_examples=60)
@given(evenings)
def test_no_stroke_goes_out_too_late_or_beside_its_grid(evening):
    models = {"parrot": Parrot(), "other": Parrot(), "triplets": Parrot(3)}
    band = instrument(models, bars=1)
    grids, late, beside = {}, [], []

    def take(now, told):
        for one in happened(told):
            if isinstance(one, AnswerBegan | AnswerMoved):
                grids["song"] = one.timeline
            if isinstance(one, StrokesDue):
                for stroke in one.step.strokes:
                    place = (stroke.time - grids["song"].origin) / grids["song"].grid.step_seconds
                    if stroke.time < now + HORIZON - 0.015:
                        late.append((now, stroke))
                    if abs(place - one.step.step) * grids["song"].grid.step_seconds > 0.003:
                        beside.append((now, stroke, place))

    now = 0.0
    for wait, event in [*evening, (30.0, HAT)]:
        now += wait
        while (deadline := band.next_deadline()) is not None and deadline <= now:
            take(deadline, band.advance(deadline))
        if isinstance(event, tuple):
            take(now, band.turn(Turned(now, *event)))
        else:
            take(now, band.receive(PAD, now, note_on(event)))
    assert late == []
    assert beside == []
