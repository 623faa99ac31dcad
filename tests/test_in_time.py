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
    st.tuples(st.just(Control.SILENCE_BEATS), st.integers(1, 4)),
    st.tuples(st.just(Control.START), st.sampled_from(["step", "beat", "bar"])),
    st.tuples(st.just(Control.TEMPERATURE), st.floats(0, 2)),
    st.tuples(st.just(Control.TEMPO), st.floats(60, 200)),
    st.tuples(st.just(Control.MODEL), st.sampled_from(["parrot", "other", "triplets"])),
)
hits = st.sampled_from([KICK, SNARE, HAT])
evenings = st.lists(st.tuples(st.floats(0, 1.2), turns | hits), max_size=60)


class Watch:
    """Holds every stroke that goes out against the clock and its answer's grid."""

    def __init__(self):
        self.song = None
        self.late, self.beside = [], []

    def see(self, now, told):
        for one in happened(told):
            if isinstance(one, AnswerBegan | AnswerMoved):
                self.song = one.timeline
            if isinstance(one, StrokesDue):
                for stroke in one.step.strokes:
                    self.judge(now, one.step.step, stroke)

    def judge(self, now, step, stroke):
        if stroke.time < now + HORIZON - 0.015:
            self.late.append((now, stroke))
        if abs(stroke.time - self.song.time_of(step)) > 0.003:
            self.beside.append((now, stroke))


@settings(deadline=None, max_examples=60)
@given(evenings)
def test_no_stroke_goes_out_too_late_or_beside_its_grid(evening):
    band = instrument({"parrot": Parrot(), "other": Parrot(), "triplets": Parrot(3)}, bars=1)
    watch = Watch()
    now = 0.0
    for wait, event in [*evening, (30.0, HAT)]:
        now += wait
        while (deadline := band.next_deadline()) is not None and deadline <= now:
            watch.see(deadline, band.advance(deadline))
        if isinstance(event, tuple):
            watch.see(now, band.turn(Turned(now, *event)))
        else:
            watch.see(now, band.receive(PAD, now, note_on(event)))
    assert watch.late == []
    assert watch.beside == []
