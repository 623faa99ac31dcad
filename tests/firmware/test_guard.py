"""Whatever comes down the wire, no bridge and no winding burns."""

import os
import random
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from appliance.arduino.image import TICK
from appliance.arduino.messages import Ask, BoardStatus, ask, ask_clock, ask_motion, ask_stroke
from appliance.strike.bridge import Bridge
from appliance.strike.budget import Budget
from tests.bridge_checker import BridgeChecker
from tests.firmware.avr import BYTE, Script, Trace, Workshop
from tests.firmware.kits import FIVE, FIVE_PINS, NAMES, STRIKE, eeprom_with, eight_pins
from tests.firmware.pin_rules import PinRules, check_bridges

LAG = 0.0002  # s beyond max_on
STREAMS = 10_000 if "GHOSTNOTE_FIRMWARE" in os.environ else 1_000  # all of them take two minutes: make test-firmware
SILENCE = 0.3
KEYS = (36, 38, 42, 45, 48, 50, 49, 51)


def valid(chance: random.Random, now: float) -> bytes:
    def start() -> int:
        return round((now + chance.uniform(-0.01, 0.06)) / TICK)

    kinds = [
        lambda: bytes(
            (0x99, *(b for _ in range(chance.randint(1, 8)) for b in (chance.choice(KEYS), chance.randint(0, 127))))
        ),
        lambda: ask_stroke(chance.randint(0, 127), chance.randint(0, 8), chance.randint(0, 127), start()),
        lambda: ask_motion(
            chance.randint(0, 127),
            chance.randint(0, 8),
            start(),
            [
                (chance.choice((1, 100, 249, 250, 3000, 14900, 15000)), chance.choice((-255, -120, 0, 60, 255)))
                for _ in range(chance.randint(1, 5))
            ],
        ),
        lambda: chance.choice((b"\xfe", b"\xf8", ask_clock(1), ask(Ask.STATUS), ask(Ask.HELLO), b"\xb9\x78\x00")),
    ]
    return chance.choice(kinds)()


def torn(chance: random.Random, now: float) -> bytes:
    whole = bytearray(valid(chance, now) + valid(chance, now))
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(whole))
        if chance.random() < 0.5:
            whole[place] = chance.randrange(256)
        else:
            del whole[place]
        if not whole:
            break
    return bytes(whole)


def garbage(chance: random.Random, _: float) -> bytes:
    return chance.randbytes(chance.randint(1, 24))


def streams(count: int, chance: random.Random, begin: float) -> tuple[Script, float, list[tuple[float, float]]]:
    """A script, its end, and the silences of more than 0.3 s behind an Active Sensing, as (last byte, next byte)."""
    script, now, silences = Script(), begin, []
    for number in range(count):
        stream = chance.choice((valid, valid, torn, garbage))(chance, now)
        if number % 250 == 249:
            # Twelve strokes that are to be made in the silence, and must not be.
            stream = b"\xfe" + b"".join(
                ask_stroke(m, m % 8, 127, round((now + 0.25 + 0.06 * (m // 4)) / TICK)) for m in range(12)
            )
        script.rx(now, stream)
        now += len(stream) * BYTE
        if number % 250 == 249:
            silences.append((now, now + 0.8))
            now += 0.8
        else:
            now += chance.choice((0.0, 0.001, chance.uniform(0, 0.03)))
    return script, now + 1.0, silences


def assert_silent(trace: Trace, silences: list[tuple[float, float]]) -> None:
    high = [at for at, _, level in trace.uno_pins() if level]
    for since, until in silences:
        # 4 ms is how long the board may sleep; the last byte is handed over one frame after it began.
        assert not [at for at in high if since + SILENCE + 0.005 < at < until], f"driven in the silence from {since}"


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_streams_of_bytes_burn_no_bridge(workshop: Workshop, tmp_path: Path, seed: int) -> None:
    script, end, silences = streams(STREAMS // 4, random.Random(seed), 0.1)
    script.rx(end - 0.2, b"\xf7" + ask(Ask.STATUS))
    trace = script.run(workshop, tmp_path / "eeprom.bin", end)
    rules = PinRules(eight_pins(), STRIKE.dead_time, STRIKE.max_on + LAG)
    rules.check(trace.uno_pins())
    assert_silent(trace, silences)
    assert not trace.resets
    status = trace.of(BoardStatus)[-1]
    assert isinstance(status, BoardStatus)
    assert status.cuts == 0, "the second guard had to act"
    assert len(trace.pins) > 1000
    assert rules.longest_high > 0.01
    assert trace.deepest_stack > workshop.first_free("uno-pins") + 64


@pytest.mark.parametrize("seed", [7, 8])
def test_the_checker_of_the_python_bridge_finds_nothing(workshop: Workshop, tmp_path: Path, seed: int) -> None:
    script, end, _ = streams(1000, random.Random(seed), 0.1)
    trace = script.run(workshop, eeprom_with(tmp_path / "eeprom.bin", FIVE), end)
    checker = BridgeChecker(STRIKE.dead_time, STRIKE.max_on, lag=LAG)
    check_bridges(checker, trace.uno_pins(), FIVE_PINS)
    checker.finish()
    assert len(checker.writes) > 500


def test_a_motor_is_driven_no_more_than_its_budget_allows(workshop: Workshop, tmp_path: Path) -> None:
    scant = msgspec.structs.replace(STRIKE, budget=Budget(on=0.5, window=2.0))
    script = Script()
    for beat in range(300):
        # Full duty both ways: 15 strokes a second of 40 ms each, six times what is allowed.
        script.rx(
            0.1 + beat / 25,
            *(
                ask_motion(beat % 128, motor, round((0.12 + beat / 25) / TICK), [(5000, 255), (300, 0), (3000, -255)])
                for motor in range(5)
            ),
        )
    trace = script.run(workshop, eeprom_with(tmp_path / "eeprom.bin", FIVE, scant), 13.0)
    checker = BridgeChecker.of(scant, LAG)
    check_bridges(checker, trace.uno_pins(), FIVE_PINS)
    checker.finish()
    driven = sum(at - before for (before, _, was), (at, _, _) in pairs(checker, "snare") if was.driven)
    # It is not shy either: over 12 s 0.5 s in 2 s are 3 s, and what a window in parts gives away is a tenth.
    assert 2.5 <= driven <= 3.5


def pairs(checker: BridgeChecker, motor: str):
    own = [write for write in checker.writes if write[1] == motor]
    return pairwise(own)


def by_bridge(segments: list[tuple[float, float]]) -> list[tuple[float, int]]:
    """What the Python bridge makes of a motion, as (instant, way)."""
    bridge = Bridge(STRIKE.dead_time, STRIKE.max_on, Budget(60.0, 60.0))
    changes, now = [], 1.0
    for seconds, duty in segments:
        changes.append((now, duty))
        now += seconds
    made: list[tuple[float, int]] = []
    for at, duty in [*changes, (now, 0.0)]:
        while (deadline := bridge.next_deadline()) is not None and deadline < at:
            note(made, bridge, deadline)
        bridge.receive(duty)
        note(made, bridge, at)
    return made


def note(made: list[tuple[float, int]], bridge: Bridge, at: float) -> None:
    before, inputs = bridge.inputs, bridge.advance(at)
    if inputs is not None and inputs.driven != before.driven:
        made.append((at - 1.0, inputs.driven))


VECTORS = {
    "a stroke": [(0.020, 1.0), (0.015, 0.0), (0.020, -0.6)],
    "no pause between push and pull": [(0.020, 1.0), (0.020, -1.0)],
    "a pause shorter than the dead time": [(0.020, 0.8), (0.0005, 0.0), (0.020, -0.8)],
    "a pause as long as the dead time": [(0.020, 0.8), (0.001, 0.0), (0.020, -0.8)],
    "two pushes are one drive": [(0.040, 1.0), (0.040, 0.5)],
    "what was cut stays off until a pause": [(0.040, 1.0), (0.040, 0.5), (0.010, 0.0), (0.010, 0.7)],
    "the same way needs no dead time": [(0.020, 1.0), (0.0002, 0.0), (0.020, 1.0)],
    "turned round twice": [(0.010, 1.0), (0.010, -1.0), (0.010, 1.0)],
    "a double": [(0.020, 1.0), (0.020, 0.0), (0.010, 0.9), (0.015, 0.0), (0.020, -0.55)],
    "a stick that is fetched": [(0.020, -0.6), (0.040, 0.0), (0.020, 1.0), (0.015, 0.0), (0.020, -0.6)],
}


@pytest.mark.parametrize("what", VECTORS)
def test_the_board_makes_of_a_motion_what_the_python_bridge_makes(
    workshop: Workshop, tmp_path: Path, what: str
) -> None:
    segments = VECTORS[what]
    wire = [(round(seconds / TICK), round(duty * 255)) for seconds, duty in segments]
    script = Script().rx(0.2, ask_motion(1, 1, round(0.25 / TICK), wire))
    trace = script.run(workshop, eeprom_with(tmp_path / "eeprom.bin", FIVE), 0.6)
    first, second, _ = FIVE_PINS[NAMES[1]]
    made, level = [], {first: 0, second: 0}
    for at, pin, high in trace.uno_pins():
        if pin in level:
            level[pin] = high
            made.append((at, level[first] - level[second]))
    wanted = by_bridge(segments)
    assert [way for _, way in made] == [way for _, way in wanted]
    begin = made[0][0]
    assert [at - begin for at, _ in made] == pytest.approx([at for at, _ in wanted], abs=0.0001)
