"""The shields get what their chips need: 74HC595 and L293D, PCA9685 and TB6612."""

from pathlib import Path

import pytest

from appliance.arduino.messages import Ask, BoardStatus, ask
from appliance.strike.motor import Inputs
from appliance.strike.touch import profile_of
from tests.bridge_checker import BridgeChecker
from tests.firmware.avr import Script, Trace, Workshop
from tests.firmware.kits import NAMES, STRIKE

SNARE = 1
STROKE = bytes((0x90, 38, 127))
PUSH = profile_of(STRIKE.motors[SNARE], 127)

# The shield v1's register: bits of terminals 1 to 4, forward and back (AFMotor.h); data D8, clock D4, latch D12.
V1 = ((2, 3), (1, 4), (5, 7), (0, 6))
V1_ENABLE = ("B3", "D3", "D6", "D5")
# The shield v2's channels of terminals 1 to 4, forward and back (Adafruit_MotorShield.cpp), on the chip at 60 hex.
V2 = ((10, 9), (11, 12), (4, 3), (5, 6))


def v1_writes(trace: Trace) -> list[tuple[float, int]]:
    """What the register's outputs became, and when."""
    level = {"B0": 0, "D4": 0, "B4": 0}
    shifted, shown = 0, []
    for at, pin, high in trace.pins:
        if pin not in level:
            continue
        if pin == "D4" and high and not level["D4"]:
            shifted = (shifted << 1 | level["B0"]) & 0xFF
        if pin == "B4" and high and not level["B4"]:
            shown.append((at, shifted))
        level[pin] = high
    return shown


def v2_writes(trace: Trace) -> list[tuple[float, int, bool]]:
    """When a channel of either chip was switched fully on or off, numbered from 0 and from 16."""
    found = []
    for at, chip, data in trace.transfers:
        register, values = data[0], data[1:]
        if register >= 6 and (register - 6) % 4 == 3 and register < 0xFA:
            found.append((at, 16 * (chip - 0x60) + (register - 6) // 4, not values[0] & 0x10))
    return found


def ways(changes: list[tuple[float, int]]) -> list[int]:
    return [way for _, way in changes]


def assert_a_stroke(changes: list[tuple[float, int]], near: float) -> None:
    assert ways(changes) == [1, 0, -1, 0]
    begin = changes[0][0]
    assert [at - begin for at, _ in changes] == pytest.approx([at for at, _ in PUSH.edges], abs=near)


def test_the_shield_v1_makes_a_stroke(workshop: Workshop, tmp_path: Path) -> None:
    trace = Script().rx(0.1, STROKE).run(workshop, tmp_path / "eeprom.bin", 0.4, "uno-shield_v1")
    forward, back = V1[SNARE]
    shown = [(at, (byte >> forward & 1) - (byte >> back & 1)) for at, byte in v1_writes(trace) if at > 0.1]
    assert_a_stroke(shown, 0.0001)
    enabled = [(at, level) for at, pin, level in trace.pins if pin == V1_ENABLE[SNARE] and at > 0.1]
    # The directions are out before the bridge is enabled, and it is disabled before they go.
    assert enabled[0] == (pytest.approx(shown[0][0], abs=20e-6), 1)
    assert enabled[0][0] > shown[0][0]
    assert enabled[1] == (pytest.approx(shown[1][0], abs=40e-6), 0)
    assert enabled[1][0] < shown[1][0]


def test_the_shield_v2_makes_a_stroke(workshop: Workshop, tmp_path: Path) -> None:
    trace = Script().rx(0.1, STROKE).run(workshop, tmp_path / "eeprom.bin", 0.4, "uno-shield_v2")
    forward, back = V2[SNARE]
    level = {forward: False, back: False}
    changes: list[tuple[float, int]] = []
    for at, channel, on in v2_writes(trace):
        if at > 0.1 and channel in level:
            level[channel] = on
            assert not (level[forward] and level[back])
            way = level[forward] - level[back]
            if not changes or changes[-1][1] != way:
                changes.append((at, way))
    assert_a_stroke(changes, 0.0003)


@pytest.mark.parametrize("seed", [3])
def test_bytes_of_all_kinds_burn_no_bridge_of_a_shield_v2(workshop: Workshop, tmp_path: Path, seed: int) -> None:
    import random

    from tests.firmware.test_guard import streams

    script, end, _ = streams(500, random.Random(seed), 0.1)
    script.rx(end - 0.2, b"\xf7" + ask(Ask.STATUS))
    trace = script.run(workshop, tmp_path / "eeprom.bin", end, "uno-shield_v2")
    # On its bus an edge takes 72 us, and as many wait for one another as there are motors.
    checker = BridgeChecker(STRIKE.dead_time - 0.0008, STRIKE.max_on, lag=0.0012)
    owner = {
        16 * chip + channel: (NAMES[4 * chip + place], side)
        for chip in (0, 1)
        for place, pair in enumerate(V2)
        for side, channel in enumerate(pair)
    }
    level = {name: [0, 0] for name in NAMES}
    for at, chip, data in trace.transfers:
        if data[0] == 0xFD and at > 0.1:
            for name in NAMES[4 * (chip - 0x60) : 4 * (chip - 0x60) + 4]:
                level[name] = [0, 0]
                checker.write(at, name, Inputs(0, 0, 0.0))
        register = data[0]
        if at > 0.1 and register < 0xFA and register >= 6 and (register - 6) % 4 == 3:
            channel = 16 * (chip - 0x60) + (register - 6) // 4
            if channel in owner:
                name, side = owner[channel]
                level[name][side] = int(not data[1] & 0x10)
                checker.write(at, name, Inputs(*level[name], 1.0 if any(level[name]) else 0.0))
    checker.finish()
    status = trace.of(BoardStatus)[-1]
    assert isinstance(status, BoardStatus)
    # Where many edges come at once the second guard, 0.1 ms behind max_on, may be before the first.
    assert status.cuts <= 2
    assert not trace.resets
    assert trace.deepest_stack > workshop.first_free("uno-shield_v2") + 32


@pytest.mark.parametrize("deaf_from", [0.1005, 0.1105])
def test_a_shield_v2_that_did_not_hear_the_end_of_a_push_is_told_to_let_go_until_it_does(
    workshop: Workshop, tmp_path: Path, deaf_from: float
) -> None:
    # From then on the chips acknowledge nothing for 30 ms: the order that ends the push is lost among others.
    script = Script().rx(0.1, STROKE).say(deaf_from, "deaf 30000").rx(0.3, STROKE)
    trace = script.run(workshop, tmp_path / "eeprom.bin", 0.5, "uno-shield_v2")
    back = deaf_from + 0.03
    heard = [(at, data) for at, _, data in trace.transfers if at >= back]
    at, data = heard[0]
    assert data[:2] == bytes((0xFD, 0x10)), "all channels of the chip are switched off"
    assert at - back < 0.005
    # And it plays on: a chip that was deaf for a while is no chip that is not there.
    forward, _ = V2[SNARE]
    assert any(channel == forward and on for at, channel, on in v2_writes(trace) if at > 0.3)
