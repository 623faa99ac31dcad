"""An edge falls on its instant, however much else there is to do."""

import random
from pathlib import Path

import pytest

from appliance.arduino.image import TICK, image_of
from appliance.arduino.messages import ClockRead, Done, Outcome, ask_clock, ask_stroke
from appliance.notation.hit import LOUDEST
from appliance.strike.profile import StrikeProfile
from appliance.strike.touch import profile_of
from tests.firmware.avr import BYTE, Script, Trace, Workshop
from tests.firmware.kits import EIGHT, NAMES, STRIKE, eight_pins
from tests.firmware.pin_rules import drives

NEAR = 0.0001  # s
ASKED = 0.1
SIM_BYTE = 11 * 17 * 8 / 16e6  # s from a byte's beginning until the program has it


def board_zero(trace: Trace) -> float:
    """The instant at which the board's clock was 0."""
    clock = trace.of(ClockRead)[0]
    assert isinstance(clock, ClockRead)
    return ASKED + 6 * BYTE + SIM_BYTE - clock.ticks * TICK


def expected(profile: StrikeProfile, start: float) -> list[float]:
    """Start and end of the push, start and end of the pull."""
    return [start + at for at, _ in profile.edges]


def seen(trace: Trace, name: str) -> list[float]:
    forward, back = eight_pins()[name]
    edges = list(trace.uno_pins())
    pushes, pulls = drives(edges, forward), drives(edges, back)
    return [at for push, pull in zip(pushes, pulls, strict=True) for at in (*push, *pull)]


def errors(trace: Trace, planned: dict[str, list[float]]) -> list[float]:
    """Of the starts of pushes and pulls: where they end can be seen only to the last pulse of their strength."""
    zero = board_zero(trace)
    found: list[float] = []
    for name, instants in planned.items():
        edges = seen(trace, name)
        assert len(edges) == len(instants), f"{name}: {len(edges)} edges, {len(instants)} planned"
        ends = [at - zero - instant for at, instant in zip(edges[1::2], instants[1::2], strict=True)]
        assert -0.0008 < min(ends) <= max(ends) <= NEAR
        found += [at - zero - instant for at, instant in zip(edges[::2], instants[::2], strict=True)]
    return found


def full_load(seconds: float) -> tuple[Script, dict[str, list[float]]]:
    """Eight motors as fast as their budgets let them, chords at one instant, and a wire that is never silent."""
    chance = random.Random(6)
    script, planned = Script().rx(ASKED, ask_clock(0)), {name: [] for name in NAMES}
    number, at = 0, 0.3
    sent = ASKED + 0.05
    while at < seconds - 0.2:
        strokes = []
        for motor, name in enumerate(NAMES):
            velocity = chance.randint(60, LOUDEST)
            start = round((at + chance.choice((0.0, 0.0, chance.uniform(0, 0.009)))) / TICK)
            strokes.append(ask_stroke(number % 128, motor, velocity, start))
            number += 1
            planned[name] += expected(profile_of(STRIKE.motors[motor], velocity), start * TICK)
        until = at - 0.06
        # Until the next chord is due: notes of drums that there are not, back to back.
        fill = bytes((0x90,)) + bytes((2, 100)) * int((until - sent) / BYTE / 2 - 1)
        script.rx(sent, fill + b"".join(strokes))
        sent = until + len(b"".join(strokes)) * BYTE
        at += 0.13  # harder and the budget would be used up
    return script, planned


def test_at_full_load_every_edge_is_within_a_tenth_of_a_millisecond(workshop: Workshop, tmp_path: Path) -> None:
    script, planned = full_load(6.0)
    trace = script.run(workshop, tmp_path / "eeprom.bin", 6.2)
    outcomes = {done.outcome for done in trace.of(Done) if isinstance(done, Done)}
    assert outcomes == {Outcome.STRUCK}
    late = errors(trace, planned)
    assert len(late) > 500
    assert max(map(abs, late)) <= NEAR, f"from {min(late) * 1e6:.0f} to {max(late) * 1e6:.0f} us"


@pytest.mark.parametrize("velocity", [1, 40, 64, 100, 127])
def test_the_board_plays_the_profile_that_the_striker_would(workshop: Workshop, tmp_path: Path, velocity: int) -> None:
    script, planned = Script().rx(ASKED, ask_clock(0)), {}
    for motor, name in enumerate(NAMES):
        start = round((0.3 + 0.2 * motor) / TICK)
        script.rx(0.2 + 0.2 * motor, ask_stroke(motor, motor, velocity, start))
        planned[name] = expected(profile_of(STRIKE.motors[motor], velocity), start * TICK)
    trace = script.run(workshop, tmp_path / "eeprom.bin", 2.2)
    assert max(map(abs, errors(trace, planned))) <= NEAR


@pytest.mark.parametrize("velocity", [1, 64, 127])
def test_the_strength_is_the_share_of_time_that_its_line_is_high(
    workshop: Workshop, tmp_path: Path, velocity: int
) -> None:
    trace = Script().rx(0.2, ask_stroke(0, 1, velocity, round(0.3 / TICK))).run(workshop, tmp_path / "eeprom.bin", 0.5)
    edges, pin = list(trace.uno_pins()), eight_pins()["snare"][0]
    ((since, until),) = drives(edges, pin)
    own = [(at, level) for at, number, level in edges if number == pin]
    high = sum(low - rise for (rise, _), (low, _) in zip(own[::2], own[1::2], strict=True))
    push = profile_of(STRIKE.motors[1], velocity).forward
    assert high / (until - since) == pytest.approx(push.duty, abs=0.02)


def test_the_built_in_kit_is_the_shipped_one() -> None:
    assert len(image_of(STRIKE, EIGHT)) < 512
