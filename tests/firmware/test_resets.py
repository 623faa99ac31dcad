"""A board that is reset, hangs or loses power lets every motor coast, and says why it is back."""

from pathlib import Path

import pytest

from appliance.arduino.messages import Hello, ResetCause
from tests.firmware.avr import Script, Trace, Workshop

STRIKES = bytes((0x90, 38, 127, 36, 127))
IN_THE_PUSH = 0.11
ENABLES = ("D3", "D5", "D6", "B3")  # of the shield v1


def hello_after(trace: Trace) -> Hello:
    hello = trace.of(Hello)[-1]
    assert isinstance(hello, Hello)
    return hello


def assert_quiet_after(trace: Trace, at: float) -> None:
    assert [edge for edge in trace.uno_pins() if edge[0] < at and edge[2]], "nothing moved before"
    assert not [edge for edge in trace.uno_pins() if edge[0] >= at and edge[2]]


@pytest.mark.parametrize("cause", [ResetCause.EXTERNAL, ResetCause.BROWN_OUT])
@pytest.mark.parametrize("variant", ["uno-pins", "uno-shield_v1"])
def test_a_reset_in_mid_stroke_leaves_no_motor_on(
    workshop: Workshop, tmp_path: Path, cause: ResetCause, variant: str
) -> None:
    script = Script().rx(0.1, STRIKES).say(IN_THE_PUSH, f"reset {cause.value}")
    trace = script.run(workshop, tmp_path / "eeprom.bin", 0.5, variant)
    assert hello_after(trace).cause == cause
    assert hello_after(trace).resets == 1
    if variant == "uno-pins":
        assert_quiet_after(trace, IN_THE_PUSH + 1e-6)
    else:
        # D7 high switches the register's outputs off, before anything else; the bridges' enable lines stay low.
        assert not [pin for at, pin, level in trace.pins if at > IN_THE_PUSH and level and pin in ENABLES]
        first = next(at for at, pin, level in trace.pins if at > IN_THE_PUSH and (pin, level) == ("D7", 1))
        assert first - IN_THE_PUSH < 20e-6


def test_a_program_that_hangs_is_ended_by_the_watchdog(workshop: Workshop, tmp_path: Path) -> None:
    script = Script().rx(0.1, STRIKES).say(IN_THE_PUSH, "hang")
    trace = script.run(workshop, tmp_path / "eeprom.bin", 1.0)
    ((at, _),) = trace.resets
    assert at - IN_THE_PUSH < 0.3
    assert ResetCause.WATCHDOG in hello_after(trace).cause
    assert_quiet_after(trace, at)


def test_power_that_comes_back_is_told_as_that(workshop: Workshop, tmp_path: Path) -> None:
    script = Script().rx(0.1, STRIKES).say(0.105, "reset 2").rx(0.3, STRIKES).say(0.31, "power")
    trace = script.run(workshop, tmp_path / "eeprom.bin", 0.6)
    assert (hello_after(trace).cause, hello_after(trace).resets) == (ResetCause.POWER_ON, 0)
    assert_quiet_after(trace, 0.31 + 1e-6)
