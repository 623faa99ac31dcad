"""An hour of virtual time at sixteen strokes a second: the last stroke is as punctual as the first."""

from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.striker import StrikerLoop
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.groove import GrooveKeeper
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import Struck
from appliance.strike.striker import Striker
from appliance.strike.wire import Strokes
from tests.drivers.striker_stage import CheckedMotors, ScriptedDoor, TurnedClock

SHIPPED = load_settings().room("strike", StrikeSettings)
STEP = 1 / 16
HOUR = 3600.0
KEYS = (36, 42, 38, 51)  # four motors in turn


def test_an_hour_brings_no_drift() -> None:
    steps = int(HOUR / STEP)
    strokes = [Stroke(1.0 + step * STEP, KEYS[step % 4], 100) for step in range(steps)]
    packets = [(strokes[i].time - 0.9, Strokes(0, tuple(strokes[i : i + 16]))) for i in range(0, steps, 16)]
    clock = TurnedClock()
    door, motors = ScriptedDoor(clock, []), CheckedMotors(clock)
    door.arrivals = packets  # in order already
    record = LatenessRecord()
    loop = StrikerLoop(Striker(SHIPPED), motors, door, clock, GrooveKeeper(0, 0.0), record)
    loop.run()
    motors.checker.finish()
    reports = [reply for _, reply in door.replies]
    assert [reply.stroke for reply in reports if isinstance(reply, Struck)] == strokes
    # A nanosecond is the rounding of an instant of an hour and its lead; a drift would add up.
    assert max(reply.lateness for reply in reports if isinstance(reply, Struck)) < 1e-9
    assert max(record.edges()) < 1e-9
    pushes = [at for at, motor, inputs in motors.checker.writes if motor == "kick" and inputs.driven > 0]
    assert abs((pushes[-1] - pushes[0]) - (strokes[-4].time - strokes[0].time)) < 1e-9
