"""Where a session takes place: a striker that can be asked, and an ear beside the drum."""

from collections.abc import Sequence
from typing import Protocol

from appliance.calibration.findings import Findings
from appliance.calibration.heard import Heard
from appliance.calibration.procedure import SECONDS, measure
from appliance.calibration.session import Session
from appliance.calibration.watched import See, watched
from appliance.strike.kit import Motor, StrikeSettings
from appliance.strike.outcome import NotTried, Tried
from appliance.strike.trial import Try

# Time for the first attempt to reach the striker (s).
_BREATH = 0.2


class Bench(Protocol):
    """Real or simulated."""

    def now(self) -> float:
        """The instant, on the striker's clock."""
        ...

    def attempt(self, trial: Try) -> None:
        """Ask the striker for a try."""
        ...

    def wait(self, until: float) -> Sequence[Tried | NotTried | Heard]:
        """What happens, as soon as something does; at the latest at `until`."""
        ...


def calibrate(
    motor: Motor, settings: StrikeSettings, bench: Bench, seconds: float = SECONDS, see: See | None = None
) -> Findings:
    """Measure a motor on a bench; `see` is given each series and its readings."""
    procedure = measure(motor, settings, seconds)
    procedure = procedure if see is None else watched(procedure, see)
    return attend(Session(motor.name, procedure, bench.now() + _BREATH), bench)


def attend(session: Session, bench: Bench) -> Findings:
    """Go through a session on a bench."""
    while session.findings is None:
        for trial in session.advance(bench.now()):
            bench.attempt(trial)
        deadline = session.next_deadline()
        for news in bench.wait(bench.now() if deadline is None else deadline):
            session.receive(news)
    return session.findings
