"""A session asks in time, and gives each thing heard to the attempt that caused it."""

from collections.abc import Generator

from appliance.calibration.findings import Findings
from appliance.calibration.heard import Attempt, Heard, Reading
from appliance.calibration.session import Series, Session
from appliance.strike.outcome import NotTried, Reason, Tried

ATTEMPT = Attempt(gap=0.2, forward=0.02, duty=0.8, pause=0.03, back=0.02, back_duty=0.6)
END = Findings("snare", (), strokes=0, seconds=0.0)


class Told:
    readings: list[Reading]

    def procedure(self, series: Series) -> Generator[Series, list[Reading], Findings]:
        self.readings = yield series
        return END


def test_each_attempt_has_the_first_thing_heard_after_it() -> None:
    told = Told()
    session = Session("snare", told.procedure((ATTEMPT,) * 3), begin=1.0)
    tries = session.advance(1.7)
    assert [round(trial.time, 6) for trial in tries] == [1.2, 1.4, 1.6]
    for trial in tries:
        session.receive(Tried(trial, 0.0005))
    for time in (1.23, 1.26, 1.432, 1.19):
        session.receive(Heard(time, 90.0))
    assert session.findings is None
    assert session.advance(2.0) == []
    leads = [None if r.lead is None else round(r.lead, 6) for r in told.readings]
    assert leads == [0.0295, 0.0315, None]
    assert session.findings is END
    assert session.next_deadline() is None


def test_an_attempt_is_asked_for_just_before_its_time() -> None:
    session = Session("snare", Told().procedure((ATTEMPT,) * 2), begin=1.0)
    deadline = session.next_deadline()
    assert deadline is not None
    assert 1.1 < deadline < 1.2
    assert session.advance(deadline - 0.001) == []
    assert len(session.advance(deadline)) == 1


def test_what_was_refused_counts_as_not_made() -> None:
    told = Told()
    session = Session("snare", told.procedure((ATTEMPT,)), begin=1.0)
    (trial,) = session.advance(1.5)
    session.receive(NotTried(trial, Reason.LIMIT))
    session.receive(Heard(1.25, 90.0))
    session.advance(2.0)
    assert told.readings == [Reading(made=False)]


def test_the_tries_of_others_are_no_concern() -> None:
    told = Told()
    session = Session("snare", told.procedure((ATTEMPT,)), begin=1.0)
    (trial,) = session.advance(1.5)
    other = Session("kick", Told().procedure((ATTEMPT,)), begin=1.0).advance(1.5)[0]
    assert other.batch == trial.batch
    session.receive(Tried(other, 0.0))
    session.advance(2.0)
    assert told.readings == [Reading(made=False)]
