"""A kit that would break a motor, or that nobody can mean, is refused in one sentence."""

import msgspec
import pytest

from appliance.notation.drums import DRUM_OF_KEY, KEYS, Drum
from appliance.settings import load_settings
from appliance.strike.budget import Budget
from appliance.strike.kit import Kit, Motor, Push, Rebound, Return, StrikeSettings

SHIPPED = load_settings().room("strike", StrikeSettings)
SOFT = Push(forward=0.015, duty=0.4, lead=0.03)
HARD = Push(forward=0.02, duty=1.0, lead=0.025)
BACK = Return(contact=0.005, seconds=0.02, duty=0.5)
SNARE = Motor("snare", ("snare",), SOFT, HARD, BACK)


def settings(
    *motors: Motor, dead_time: float = 0.001, max_on: float = 0.06, tolerance: float = 0.002
) -> StrikeSettings:
    return StrikeSettings(motors, dead_time=dead_time, max_on=max_on, tolerance=tolerance)


def test_the_shipped_kit_plays_every_drum() -> None:
    assert [pitch for pitch in DRUM_OF_KEY if SHIPPED.kit.motor_for(pitch) is None] == []


def test_both_hi_hats_are_one_motor() -> None:
    closed, opened = (SHIPPED.kit.motor_for(KEYS[drum][0]) for drum in (Drum.CLOSED_HI_HAT, Drum.OPEN_HI_HAT))
    assert closed is opened


def test_every_shipped_motor_can_play_sixteenths_at_200_quarters_a_minute() -> None:
    sixteenth = 60 / 200 / 4
    assert {motor.name: motor.repeat for motor in SHIPPED.motors if motor.repeat + SHIPPED.dead_time > sixteenth} == {}


def test_a_shipped_stick_is_left_on_the_head_for_three_to_six_milliseconds() -> None:
    assert all(0.003 <= motor.back.contact <= 0.006 for motor in SHIPPED.motors)


def test_a_key_that_is_no_drum_has_no_motor() -> None:
    assert SHIPPED.kit.motor_for(1) is None
    assert Kit(()).motor_for(38) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"drums": ()}, "motor 'snare' plays no drum"),
        ({"drums": ("snair",)}, "motor 'snare' plays 'snair', which is no drum: did you mean 'snare'?"),
        ({"drums": ("xyzzy",)}, "name one of kick, snare"),
        ({"soft": Push(0.015, 1.0, 0.03), "hard": Push(0.02, 0.9, 0.025)}, "the soft duty, 1.0, is above the hard one"),
        ({"soft": Push(0.021, 0.4, 0.03)}, "the soft forward, 0.021, is above the hard one, 0.02"),
        ({"soft": Push(0.015, 0.4, 0.024)}, "the hard lead, 0.025, is above the soft one, 0.024"),
        ({"curve": 0.0}, "the curve of motor 'snare' is a number above 0, not 0.0"),
        ({"curve": float("nan")}, "not nan"),
    ],
)
def test_a_motor_that_nobody_can_mean_is_refused(changes: dict[str, object], sentence: str) -> None:
    fields = {name: getattr(SNARE, name) for name in SNARE.__struct_fields__} | changes
    with pytest.raises(ValueError, match=sentence.replace("?", r"\?").replace("(", r"\(")):
        Motor(**fields)


@pytest.mark.parametrize("duty", [0.0, -0.1, 1.01, float("nan"), float("inf")])
def test_a_duty_is_above_0_and_at_most_1(duty: float) -> None:
    with pytest.raises(ValueError, match="a duty is above 0"):
        Push(0.01, duty, 0.02)
    if duty:  # a solenoid has no pull
        with pytest.raises(ValueError, match="a duty is above 0"):
            Return(0.005, 0.02, duty)


@pytest.mark.parametrize("seconds", [0.0, -0.01, float("nan"), float("inf")])
def test_a_duration_is_finite_and_above_0(seconds: float) -> None:
    for wrong in (
        lambda: Push(seconds, 0.5, 0.02),
        lambda: Push(0.01, 0.5, seconds),
        lambda: Return(seconds, 0.02, 0.5),
        lambda: Return(0.005, seconds, 0.5),
        lambda: settings(SNARE, dead_time=seconds),
        lambda: settings(SNARE, max_on=seconds),
        lambda: settings(SNARE, tolerance=seconds),
    ):
        with pytest.raises(ValueError, match="a number of seconds above 0"):
            wrong()


def test_a_push_never_lasts_beyond_the_arrival() -> None:
    with pytest.raises(ValueError, match="would damp the drum"):
        Push(forward=0.03, duty=0.5, lead=0.029)


def test_two_motors_never_share_a_name() -> None:
    with pytest.raises(ValueError, match="two motors are called 'snare'"):
        settings(SNARE, SNARE)


def test_motors_that_share_a_drum_are_asked_in_their_order() -> None:
    other = Motor("other", ("kick", "snare"), SOFT, HARD, BACK)
    kit = settings(SNARE, other).kit
    assert kit.motors_for(KEYS[Drum.SNARE][0]) == (SNARE, other)
    assert kit.motors_for(KEYS[Drum.KICK][0]) == (other,)


@pytest.mark.parametrize(("on", "window"), [(0.0, 1.0), (2.0, 1.0), (float("nan"), 1.0), (1.0, float("inf"))])
def test_a_duty_budget_is_a_part_of_its_window(on: float, window: float) -> None:
    with pytest.raises(ValueError, match="a duty budget is"):
        Budget(on, window)


def test_a_budget_allows_the_hardest_stroke_twice() -> None:
    with pytest.raises(ValueError, match=r"takes 0\.025 s of its duty budget, 0\.04 s"):
        settings(msgspec.structs.replace(SNARE, budget=Budget(on=0.04, window=1.0)))


def test_a_choke_names_two_drums() -> None:
    with pytest.raises(ValueError, match="a pair of chokes names 'hat', which is no drum"):
        msgspec.structs.replace(SHIPPED, chokes=(("closed_hi_hat", "hat"),))


REBOUND = Rebound(soonest=0.03, latest=0.05, forward=0.01, duty=0.9, lead=0.02)


@pytest.mark.parametrize("wrong", [{"forward": 0.021}, {"lead": 0.03}, {"latest": 0.02}, {"duty": 0.0}])
def test_a_double_that_nobody_can_mean_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"a double's push|a duty"):
        msgspec.structs.replace(REBOUND, **wrong)


def test_a_double_lets_the_stick_leave_the_head() -> None:
    msgspec.structs.replace(SNARE, rebound=REBOUND)
    with pytest.raises(ValueError, match=r"would push again 0\.0040 s after its arrival"):
        msgspec.structs.replace(SNARE, rebound=msgspec.structs.replace(REBOUND, soonest=0.024))


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"max_on": 0.02}, "'snare' is driven for 0.02 s: max_on, 0.02 s, must be longer"),
        ({"dead_time": 0.0051}, "'snare' turns round after 0.005 s, sooner than the dead time, 0.0051 s"),
        ({"tolerance": 0.015}, "the tolerance, 0.015 s, is as long as the softest push of motor 'snare'"),
    ],
)
def test_no_motor_passes_the_limits_of_the_kit(limits: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        settings(SNARE, **limits)


def test_a_setting_that_nobody_reads_is_refused() -> None:
    table = msgspec.to_builtins(SHIPPED)
    assert msgspec.convert(table, StrikeSettings) == SHIPPED
    table["motors"][0]["soft"]["fourward"] = 0.01
    with pytest.raises(msgspec.ValidationError, match="fourward"):
        msgspec.convert(table, StrikeSettings)
