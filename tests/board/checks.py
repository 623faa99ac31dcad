"""What the unmodified drivers do to the simulated lines of an emulated board; run.sh runs it there.

It says a line for each check and exits with the number of those that failed.
"""

import os
import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from appliance.commands import lower_pins
from appliance.drivers.gpio_line import header_chip
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.wiring import Wiring
from appliance.notation.hit import Stroke
from appliance.strike.bridge_wiring import InIn, InInEnable, Solenoid
from appliance.strike.motor import Inputs
from tests.board.striker import PINS, PRIORITY, SNARE, STRIKE, STROKES
from tests.bridge_checker import BridgeChecker

HEADER = Path(sys.argv[1])
OWNER = Path(__file__).with_name("wired.toml")
LINES = [gpio for _, gpio in PINS.lines()]
DIRECTIONS = [23, 24, 16, 17, 18]
AFTERMATH = 0.050  # s after a death until every line is low

# What the emulated processor adds between an edge and its being seen (s): the watcher reads nine files in turn.
SEEING = 0.010


class Watch:
    """The lines' levels, read again and again."""

    def __init__(self) -> None:
        self._files = {gpio: (HEADER / f"sim_gpio{gpio}" / "value").open("rb", buffering=0) for gpio in LINES}

    def high(self, gpio: int) -> bool:
        file = self._files[gpio]
        file.seek(0)
        return file.read(1) == b"1"

    def any_high(self, gpios: list[int]) -> list[int]:
        return [gpio for gpio in gpios if self.high(gpio)]

    def until_low(self, gpios: list[int], limit: float) -> float | None:
        """When all were seen low (s, monotonic), or None."""
        end = time.monotonic() + limit
        while (now := time.monotonic()) < end:
            if not self.any_high(gpios):
                return now
            time.sleep(0.0002)  # gpio-sim's lines are behind one lock, which the drivers need too
        return None


WATCH = Watch()


def striker(behaviour: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.board.striker", behaviour]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = process.stdout.readline()
    assert ready == "ready\n", ready
    if behaviour != "play":
        process.stdout.readline()
    return process


def inputs(wiring: Wiring, high: dict[int, bool]) -> Inputs:
    match wiring:
        case InInEnable(in1, in2, _) | InIn(in1, in2):
            return Inputs(int(high[in1]), int(high[in2]), 1.0)
        case Solenoid(line):
            return Inputs(int(high[line]), 0, 1.0)
    raise AssertionError(wiring)


def strokes_are_seen_and_safe() -> str:
    """Every level that the watcher sees while three motors play goes through the checking sink."""
    process = striker("play")
    # An on-time, and a rest between two directions, may look longer or shorter by what the watcher does not see.
    checker = BridgeChecker(STRIKE.dead_time - 0.001, STRIKE.max_on, lag=SEEING)
    plain = {"snare": PINS.motors["snare"]}
    pushes = dict.fromkeys(DIRECTIONS, 0)
    before = dict.fromkeys(LINES, False)
    looks = 0
    while process.poll() is None:
        now = time.monotonic()
        high = {gpio: WATCH.high(gpio) for gpio in LINES}
        looks += 1
        assert not (high[16] and high[17]), "kick: both inputs high"
        for gpio in DIRECTIONS:
            pushes[gpio] += high[gpio] and not before[gpio]
        for motor, wiring in plain.items():
            checker.write(now, motor, inputs(wiring, high))
        before = high
    assert process.stdout is not None
    said = process.stdout.read().strip()
    assert process.returncode == 0, said
    checker.finish()
    struck = int(said.split()[1])
    assert struck >= STROKES // 2, said
    assert "others []" in said or set(re.findall("Reason.([A-Z]+)", said)) == {"LATE"}, said
    snare = int(said.split()[3])
    assert (pushes[23], pushes[24]) == (snare, snare), (said, pushes)
    assert not WATCH.any_high(LINES)
    return f"{said}; {looks} looks, rising edges {pushes}"


def software_pwm_is_seen() -> str:
    process = striker("half")
    share = dict.fromkeys((12, 16, 18), 0)
    end, looks = time.monotonic() + 2.0, 0
    while time.monotonic() < end:
        looks += 1
        for gpio in share:
            share[gpio] += WATCH.high(gpio)
        assert WATCH.high(23)
    process.kill()
    process.wait()
    shares = {gpio: round(count / looks, 2) for gpio, count in share.items()}
    assert all(0.35 < value < 0.65 for value in shares.values()), shares
    assert WATCH.until_low(LINES, 1.0) is not None
    return f"duty 0.5 at 1 kHz, share of {looks} looks: {shares}"


def killed_in_mid_stroke() -> str:
    return _ended(signal.SIGKILL, AFTERMATH)


def stopped_in_mid_stroke() -> str:
    return _ended(signal.SIGSTOP, PINS.guard.limit + AFTERMATH)


def killed_under_software_pwm() -> str:
    return _ended(signal.SIGKILL, AFTERMATH, "half")


def _ended(number: signal.Signals, limit: float, behaviour: str = "hold") -> str:
    spans = []
    for _ in range(10):
        process = striker(behaviour)
        assert 23 in WATCH.any_high(LINES)
        at = time.monotonic()
        process.send_signal(number)
        low = WATCH.until_low(LINES, 2.0)
        assert low is not None, f"still high: {WATCH.any_high(LINES)}"
        spans.append(low - at)
        assert process.wait() == -signal.SIGKILL
        assert WATCH.until_low(LINES, 0.1) is not None
    # The median: a busy machine keeps the whole emulated board waiting now and then, and its clock runs on.
    median = sorted(spans)[5]
    assert median < limit, f"{[round(1e3 * span) for span in spans]} ms, at most {1e3 * limit:.0f} ms"
    return f"low after {1e3 * median:.1f} ms (median of 10), {1e3 * max(spans):.1f} ms at most"


def the_striker_command_is_killed_in_mid_stroke() -> str:
    """The program as it is installed, asked over its socket."""
    spans = []
    door = Path("/tmp/striker")
    for _ in range(3):
        command = [sys.executable, "-m", "appliance", "striker", "--socket", str(door), "--settings", str(OWNER)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        with StrikerLink.connect(door, 30.0) as link:
            start = time.monotonic() + 0.5
            link.send([Stroke(start + 0.2 * number, SNARE, 100) for number in range(20)])
            while not WATCH.high(23):
                assert process.poll() is None, process.returncode
                assert time.monotonic() < start + 4.0, "no stroke was seen"
            at = time.monotonic()
            process.kill()
            low = WATCH.until_low(LINES, 2.0)
        assert low is not None, f"still high: {WATCH.any_high(LINES)}"
        spans.append(low - at)
        process.wait()
    assert sorted(spans)[1] < AFTERMATH, spans
    return f"low after {[round(1e3 * span) for span in spans]} ms"


def without_a_guard_the_lines_stay_high_and_lower_pins_lowers_them() -> str:
    process = striker("unguarded")
    process.kill()
    process.wait()
    assert WATCH.until_low(LINES, 0.5) is None, "gpio-sim lowered released lines: this board can show nothing"
    high = WATCH.any_high(LINES)
    assert _lower_pins() == 0
    assert not WATCH.any_high(LINES)
    return f"{high} high until lower-pins"


def lower_pins_says_what_another_process_holds() -> str:
    process = striker("hold")
    status = _lower_pins()
    assert status == 1
    process.kill()
    process.wait()
    assert WATCH.until_low(LINES, 1.0) is not None
    assert _lower_pins() == 0
    return "status 1 while a striker lives, 0 after"


def _lower_pins() -> int:
    """In a process of its own, as ExecStopPost has it: what it holds low is let go of when it ends."""
    program = "import sys; from tests.board import checks; sys.exit(checks.lower())"
    return subprocess.run([sys.executable, "-c", program, str(HEADER)], check=False).returncode


def lower() -> int:
    parser = ArgumentParser()
    lower_pins.add_arguments(parser)
    return lower_pins.run(parser.parse_args(["--settings", str(OWNER)]))


def the_header_is_found_by_its_label() -> str:
    chip = header_chip()
    assert chip is not None
    return str(chip)


CHECKS: list[Callable[[], str]] = [
    the_header_is_found_by_its_label,
    strokes_are_seen_and_safe,
    software_pwm_is_seen,
    killed_in_mid_stroke,
    killed_under_software_pwm,
    stopped_in_mid_stroke,
    the_striker_command_is_killed_in_mid_stroke,
    without_a_guard_the_lines_stay_high_and_lower_pins_lowers_them,
    lower_pins_says_what_another_process_holds,
]


def main() -> int:
    # What is watched has real-time priority, so the watcher has more; what it starts begins without any.
    os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY + 10))
    failed = 0
    for check in CHECKS:
        try:
            print(f"board: {check.__name__}: {check()}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"board: {check.__name__}: FAILED: {error!r}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
