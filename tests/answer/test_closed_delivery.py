"""An answer whose model has gone on to the next call is over all the same: nobody waits for what nobody makes."""

from appliance.answer.answering import Question
from appliance.answer.delivery import Delivery
from appliance.answer.sampling_settings import SamplingSettings
from appliance.happenings import LastBarHeld, StrokesDue
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Grid, Timeline


class Elsewhere:
    """Answers another call by now: it is ready, and never with a step of this one."""

    def __getattr__(self, name):
        return lambda *_, **__: name == "ready" or []


def test_what_was_not_made_when_the_next_call_began_goes_on_as_the_last_bar():
    call = DrumTrack(tuple(Note(step, 36, 100) for step in range(0, 16, 4)), 16)
    delivery = Delivery(Elsewhere(), 0.05)
    question = Question(0, call, 16, SamplingSettings(1.0, 0))
    delivery.begin(question, 0.0, Timeline(1.0, Grid(120.0)), echo=False, loop=False)
    delivery.close()
    told, now = [], 0.0
    for _ in range(40):  # more than an answer of sixteen steps needs
        deadline = delivery.next_deadline()
        if deadline is None:
            break
        now = max(now, deadline)
        told += delivery.advance(now)
        if delivery.is_over(now):
            break
    assert not delivery.sounding
    assert sum(isinstance(one, StrokesDue) for one in told) == 16
    assert sum(isinstance(one, LastBarHeld) for one in told) == 1
