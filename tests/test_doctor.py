"""The doctor's checks on boards that exist only as files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.commands.striker import PRIORITY
from appliance.doctor.board import (
    check_board,
    check_clock,
    check_kernel,
    check_supply,
    check_temperature,
    check_watchdog,
)
from appliance.doctor.files import check_disk, check_model, check_settings
from appliance.doctor.finding import Finding, Verdict
from appliance.doctor.instruments import check_midi, check_motors, check_striker, softest
from appliance.doctor.kernel_files import KernelFiles
from appliance.doctor.rights import User, check_lines, check_pins, check_real_time
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.wiring import PinSettings
from appliance.settings import load_settings
from appliance.status.wiring import StatusSettings
from appliance.strike.bridge_wiring import InIn
from appliance.strike.kit import StrikeSettings
from tests.drivers.test_striker_process import PATIENCE, start

REPOSITORY = Path(__file__).parents[1]
SHIPPED = load_settings()
PINS = SHIPPED.room("pins", PinSettings)
STATUS = SHIPPED.room("status", StatusSettings)
STRIKE = SHIPPED.room("strike", StrikeSettings)
CREW = User("crew", ("crew", "gpio"))

PI = {
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.5\0",
    "proc/sys/kernel/osrelease": "6.12.34-rt10-arm64\n",
    "sys/kernel/realtime": "1\n",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "arch_sys_counter\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
    "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
    "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n",
    "sys/class/thermal/thermal_zone0/temp": "48312\n",
    "sys/class/watchdog/watchdog0/state": "active\n",
    "sys/class/watchdog/watchdog0/timeout": "14\n",
    "proc/self/limits": "Limit  Soft Limit  Hard Limit  Units\nMax locked memory         unlimited   unlimited  bytes\n"
    "Max realtime priority     95          95         \n",
    "proc/self/status": "CapEff:\t0000000000000000\n",
    "proc/asound/seq/clients": 'Client info\nClient   0 : "System" [Kernel]\n  Port   0 : "Timer" (Rwe-)\n'
    'Client  14 : "Midi Through" [Kernel]\nClient  20 : "MPD218" [Kernel]\n  Port   0 : "MPD218 MIDI 1" (RWeX)\n',
    "dev/gpiochip0": "",
}


def board(tmp_path: Path, **changes: str | None) -> KernelFiles:
    """A Pi on which some files say something else, or (None) are not there; `/` in a name is `__`."""
    said = {**PI, **{name.replace("__", "/").replace("COLON", ":"): text for name, text in changes.items()}}
    for name, text in said.items():
        if text is not None:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
    return KernelFiles(tmp_path)


def checks(kernel: KernelFiles) -> list[Finding]:
    return [
        check_board(kernel),
        check_kernel(kernel),
        check_clock(kernel),
        check_supply(kernel),
        check_temperature(kernel, STATUS.hot),
        check_watchdog(kernel),
        check_real_time(kernel, PRIORITY),
        check_midi(kernel),
    ]


def test_on_a_sound_pi_all_is_well(tmp_path: Path) -> None:
    findings = checks(board(tmp_path))
    assert {finding.verdict for finding in findings} == {Verdict.OK}
    assert "Raspberry Pi 4 Model B Rev 1.5" in findings[0].found
    assert findings[-1].found == "MPD218"


def test_on_a_machine_that_says_nothing_no_check_fails(tmp_path: Path) -> None:
    findings = checks(KernelFiles(tmp_path))
    assert {finding.name for finding in findings if finding.verdict is Verdict.BAD} == {"kernel"}
    assert all(finding.do for finding in findings if finding.verdict is not Verdict.OK)


THROTTLED = "sys__devices__platform__soc__socCOLONfirmware__get_throttled"


@pytest.mark.parametrize(
    ("change", "name", "verdict", "words"),
    [
        ({"proc__device-tree__model": None}, "board", Verdict.LOOK, "no board"),
        ({"proc__device-tree__model": "Radxa ROCK 5B"}, "board", Verdict.LOOK, "not a Raspberry Pi"),
        ({"proc__sys__kernel__osrelease": "5.4.0-arm64"}, "kernel", Verdict.BAD, "too old"),
        ({"sys__kernel__realtime": None}, "kernel", Verdict.OK, "not PREEMPT_RT"),
        ({THROTTLED: "50005"}, "supply", Verdict.BAD, "too low now"),
        ({THROTTLED: "50000"}, "supply", Verdict.LOOK, "since the start"),
        ({"sys__class__hwmon__hwmon1__in0_lcrit_alarm": "1"}, "supply", Verdict.BAD, "too low now"),
        ({"sys__class__thermal__thermal_zone0__temp": "72000"}, "temperature", Verdict.LOOK, "72 °C"),
        ({"sys__class__thermal__thermal_zone0__temp": "84500"}, "temperature", Verdict.BAD, "84 °C"),
        ({"sys__class__watchdog__watchdog0__state": "inactive"}, "watchdog", Verdict.LOOK, "nobody feeds it"),
        ({"sys__class__watchdog__watchdog0__timeout": "60"}, "watchdog", Verdict.LOOK, "60 s may be longer"),
        (
            {"sys__devices__system__clocksource__clocksource0__current_clocksource": "jiffies"},
            "clock",
            Verdict.LOOK,
            "slow to read",
        ),
        (
            {"proc__self__limits": "Max realtime priority  0  0\nMax locked memory  unlimited  unlimited bytes\n"},
            "real time",
            Verdict.LOOK,
            "no real-time priority 50",
        ),
        (
            {"proc__self__limits": "Max realtime priority  95  95\nMax locked memory  65536  65536 bytes\n"},
            "real time",
            Verdict.LOOK,
            "no locked memory",
        ),
        (
            {"proc__self__limits": "", "proc__self__status": "CapEff:\t000001ffffffffff\n"},
            "real time",
            Verdict.OK,
            "granted",
        ),
        ({"proc__asound__seq__clients": None}, "midi", Verdict.LOOK, "no MIDI"),
    ],
)
def test_what_is_wrong_is_found_and_named(
    tmp_path: Path, change: dict[str, str | None], name: str, verdict: Verdict, words: str
) -> None:
    finding = next(finding for finding in checks(board(tmp_path, **change)) if finding.name == name)
    assert (finding.verdict, words in finding.found) == (verdict, True), finding
    assert finding.do or verdict is Verdict.OK


def test_a_pad_that_is_not_plugged_in_is_missed(tmp_path: Path) -> None:
    kernel = board(tmp_path, proc__asound__seq__clients='Client   0 : "System" [Kernel]\n')
    assert check_midi(kernel).found == "no pad is plugged in"


def wired(**keys: object) -> StatusSettings:
    return StatusSettings(**{**{key: getattr(STATUS, key) for key in STATUS.__struct_fields__}, **keys})


def with_motors(**motors: InIn) -> PinSettings:
    return PinSettings(**{**{key: getattr(PINS, key) for key in PINS.__struct_fields__}, "motors": motors})


def test_a_line_that_is_given_twice_is_found() -> None:
    pins = with_motors(snare=InIn(23, 24))
    finding = check_lines(pins, wired(panic=24))
    assert (finding.verdict, finding.found) == (
        Verdict.BAD,
        "status.panic and pins.motors.snare.in2 are both GPIO 24",
    )
    assert check_lines(pins, wired(panic=4)).verdict is Verdict.OK
    assert check_lines(PINS, STATUS).verdict is Verdict.LOOK


def test_pins_that_are_not_there_are_no_fault_of_a_laptop(tmp_path: Path) -> None:
    assert check_pins(KernelFiles(tmp_path), CREW, PINS).verdict is Verdict.LOOK


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_pins_that_are_closed_to_the_user_are_named_with_their_group(tmp_path: Path) -> None:
    kernel = board(tmp_path)
    (tmp_path / "dev/gpiochip0").chmod(0)
    assert "not in the group" in check_pins(kernel, User("crew", ()), PINS).found


def test_pins_that_may_be_used_are(tmp_path: Path) -> None:
    pytest.importorskip("lgpio", reason="lgpio has no wheel here")
    assert check_pins(board(tmp_path), CREW, PINS).verdict is Verdict.OK


def test_settings_that_cannot_be_used_are_named_with_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[status]\nled = "purple"\n')
    finding = check_settings(file)
    assert finding.verdict is Verdict.BAD
    assert str(file) in finding.found
    assert "[status]" in finding.found
    assert check_settings(None).verdict is Verdict.OK


def test_pins_of_a_motor_that_is_not_in_the_kit_are_found_in_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[pins.motors.gong]\nkind = "in_in"\nin1 = 23\nin2 = 24\n')
    assert "pins.motors.gong is no motor" in check_settings(file).found


def test_a_torn_model_is_found(tmp_path: Path) -> None:
    tiny = REPOSITORY / "tests/converter/tiny_one_drum.tflite"
    torn, whole = tmp_path / "torn.tflite", tmp_path / "whole.tflite"
    torn.write_bytes(tiny.read_bytes()[:-100])
    shutil.copy(tiny, whole)
    verdicts = []
    for model in (torn, whole):
        file = tmp_path / "mine.toml"
        file.write_text(f'[answer]\nmodel = "{model}"\n')
        verdicts.append(check_model(load_settings(file)).verdict)
    assert verdicts == [Verdict.BAD, Verdict.OK]


def test_a_disk_with_less_than_the_limit_is_full(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free / 1e6
    assert check_disk(tmp_path, int(free * 2)).verdict is Verdict.BAD
    assert check_disk(tmp_path, int(free * 0.7)).verdict is Verdict.LOOK
    assert check_disk(tmp_path, 0).verdict is Verdict.OK


def test_each_motor_strikes_once_softly_and_the_striker_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "striker.sock"
    assert check_striker(path).verdict is Verdict.LOOK
    process = start(path)
    try:
        motors = STRIKE.motors[:2]
        StrikerLink.connect(path, PATIENCE).close()
        assert f"process {process.pid}" in check_striker(path).found
        findings = check_motors(path, motors)
    finally:
        process.communicate(timeout=PATIENCE)
    assert [(finding.name, finding.verdict) for finding in findings] == [
        ("motor kick", Verdict.OK),
        ("motor snare", Verdict.OK),
    ]


def test_the_soft_stroke_of_every_shipped_motor_keeps_its_limits() -> None:
    assert all(STRIKE.allows(softest(motor, 0.0)) for motor in STRIKE.motors)


COMMAND = "import argparse, sys; from appliance.commands import doctor; p = argparse.ArgumentParser(); "
COMMAND += "doctor.add_arguments(p); sys.exit(doctor.run(p.parse_args(sys.argv[1:])))"


def told(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    sockets = ["--striker", str(tmp_path / "no.sock"), "--data", str(tmp_path)]
    command = [sys.executable, "-c", COMMAND, "--root", str(tmp_path), *sockets, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY, timeout=60)


def test_the_exit_status_says_whether_anything_is_bad(tmp_path: Path) -> None:
    board(tmp_path)
    file = tmp_path / "mine.toml"
    shutil.copy(REPOSITORY / "tests/converter/tiny_one_drum.tflite", tmp_path / "tiny.tflite")
    file.write_text(f'[answer]\nmodel = "{tmp_path / "tiny.tflite"}"\n[status]\nfull = 0\n')
    good = told(tmp_path, "--json", "--settings", str(file))
    said = json.loads(good.stdout)
    bad = [finding["name"] for finding in said["findings"] if finding["verdict"] == "bad"]
    assert (good.returncode, said["verdict"]) == ((1, "bad") if bad else (0, "look")), good.stdout
    assert set(bad) <= {"midi", "pins"}, "only what is not installed here may be missed"
    file.write_text("[strike]\ndead_tme = 1\n")
    ill = told(tmp_path, "--settings", str(file))
    assert ill.returncode == 1
    assert "bad   settings" in ill.stdout
    assert "did you mean dead_time" in ill.stdout
