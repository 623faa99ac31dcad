"""The bench commands: calibrate simulated drums, strike and buzz through a dry striker's socket."""

import subprocess
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance.calibration.bench import attend
from appliance.calibration.bench import calibrate as measure
from appliance.calibration.findings import Findings
from appliance.calibration.heard import Attempt, Reading
from appliance.calibration.picture import motor_picture
from appliance.calibration.session import Procedure, Session
from appliance.clock import MonotonicClock
from appliance.commands import buzz, calibrate, strike
from appliance.drivers.imagined_ear import ImaginedEar
from appliance.drivers.live_bench import LiveBench
from appliance.drivers.simulated_drum import sticks_of
from appliance.drivers.simulated_ear import EarFaults, SimulatedEar
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import Struck, Tried
from tests.calibration.bench import SETTINGS, mechanics_of, simulated, truth


def parsed(command: object, words: list[str]) -> Namespace:
    parser = ArgumentParser()
    command.add_arguments(parser)  # type: ignore[attr-defined]
    return parser.parse_args(words)


@pytest.fixture
def striker(tmp_path: Path) -> Iterator[Path]:
    socket, settings = tmp_path / "striker.sock", tmp_path / "striker.toml"
    # What the load of a shared machine does to a striker without priority is tested elsewhere.
    settings.write_text("[strike]\ntolerance = 0.014\n")
    command = [sys.executable, "-m", "appliance", "striker", "--dry", "--until-eof", "--priority", "0"]
    command += ["--settings", str(settings)]
    process = subprocess.Popen([*command, "--socket", str(socket)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with StrikerLink.connect(socket, 20.0):
        pass
    yield socket
    process.communicate(timeout=20)


def test_a_simulated_drum_is_written_to_the_owners_file_and_drawn(tmp_path: Path) -> None:
    pytest.importorskip("tomlkit", reason="tomlkit comes with the calibrate extra")
    owner, picture = tmp_path / "owner.toml", tmp_path / "snare.svg"
    owner.write_text("# mine\n[tempo]\nqpm = 90.0\n")
    words = ["snare", "--settings", str(owner), "--picture", str(picture)]
    assert calibrate.run(parsed(calibrate, words)) == 0
    motors = {motor.name: motor for motor in load_settings(owner).room("strike", StrikeSettings).motors}
    assert len(motors) == len(SETTINGS.motors)
    assert len(motors["snare"].touch) == 19
    assert motors["kick"] == SETTINGS.motors[0]
    assert owner.read_text().startswith("# mine\n[tempo]\nqpm = 90.0\n")
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_unsteady_findings_leave_the_owners_file_alone(tmp_path: Path) -> None:
    owner = tmp_path / "owner.toml"
    owner.write_text("[strike]\nmax_on = 0.029\n" + "tolerance = 0.002\n")
    before = owner.read_bytes()
    # With so short a longest drive no stick of the simulated ride reaches its head reliably.
    assert calibrate.run(parsed(calibrate, ["ride", "--seed", "3", "--settings", str(owner)])) == 1
    assert owner.read_bytes() == before


def test_an_unknown_drum_is_told_with_those_that_are_there() -> None:
    with pytest.raises(SettingsError, match="no motor is called 'gong'"):
        calibrate.run(parsed(calibrate, ["gong"]))
    with pytest.raises(SettingsError, match="say which, --striker"):
        calibrate.run(parsed(calibrate, ["snare", "--ear", "Pad"]))


def test_strike_and_buzz_are_struck_by_a_dry_striker(striker: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["snare", "--velocity", "100", "--count", "3", "--every", "0.15", "--striker", str(striker)]
    assert all_told(strike.run(parsed(strike, words)), capsys.readouterr().out, 3)
    assert all_told(buzz.run(parsed(buzz, ["kick", "--striker", str(striker)])), capsys.readouterr().out, 10)


def all_told(status: int, said: str, count: int) -> bool:
    """Each stroke was struck, or left out as late by a machine that stood still; the status and the sum say which."""
    struck, late = said.count(": struck"), said.count(": left out: late")
    return struck + late == count and f"{struck} of {count} struck" in said and status == int(late > 0)


@pytest.fixture
def panic_after(striker: Path) -> Iterator[Callable[[type], None]]:
    """Press panic as soon as the striker has told all its clients of one of these."""
    threads: list[threading.Thread] = []

    def press(told: type) -> None:
        link = StrikerLink.connect(striker, 5.0)

        def listen() -> None:
            with link:
                while not any(isinstance(reply, told) for reply in link.wait(20.0)):
                    pass
                link.panic()

        threads.append(threading.Thread(target=listen))
        threads[-1].start()

    yield press
    for thread in threads:
        thread.join()


def test_a_panic_ends_strokes_however_many_were_asked_for(
    striker: Path, panic_after: Callable[[type], None], capsys: pytest.CaptureFixture[str]
) -> None:
    panic_after(Struck)
    words = ["snare", "--count", "200", "--every", "0.2", "--striker", str(striker)]
    assert strike.run(parsed(strike, words)) == 1
    said = capsys.readouterr()
    assert "panic was pressed: no more is struck" in said.err
    assert int(said.out.splitlines()[-1].partition(" of 200 struck")[0]) < 200
    with StrikerLink.connect(striker, 5.0) as link:
        # None of it is left in the striker.
        assert not [reply for reply in link.wait(1.0) if isinstance(reply, Struck)]


def test_a_panic_ends_a_calibration_and_nothing_is_written(
    striker: Path, panic_after: Callable[[type], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = tmp_path / "owner.toml"
    panic_after(Tried)
    assert calibrate.run(parsed(calibrate, ["all", "--striker", str(striker), "--settings", str(owner)])) == 1
    assert "kick: not measured: panic was pressed" in capsys.readouterr().err
    assert not owner.exists()


def eight_pushes(told: list[Reading]) -> Procedure:
    attempt = Attempt(gap=0.135, forward=0.018, duty=1.0, pause=0.05, back=0.045, back_duty=0.6)
    told += yield (attempt,) * 8
    return Findings("snare", (), strokes=8, seconds=1.0)


def test_a_dry_striker_and_an_imagined_ear_are_a_bench_in_real_time(striker: Path) -> None:
    clock = MonotonicClock()
    ear = ImaginedEar(sticks_of(SETTINGS, seed=1), SimulatedEar(EarFaults(0.0, 0.0), seed=1), clock)
    told: list[Reading] = []
    with StrikerLink.connect(striker, 5.0) as link:
        bench = LiveBench(link, ear, clock)
        attend(Session("snare", eight_pushes(told), clock.now() + 0.2), bench)
    expected = truth(mechanics_of(SETTINGS.motors[1], seed=1), 0.018, 1.0)
    assert expected is not None
    leads = [reading.lead for reading in told if reading.lead is not None]
    # A push that the machine's load let end late is longer, and arrives sooner.
    assert len(leads) >= 6
    assert sorted(leads)[len(leads) // 2] == pytest.approx(expected.time, abs=0.002)


def test_a_picture_of_doubtful_findings_is_a_picture() -> None:
    findings = measure(SETTINGS.motors[1], SETTINGS, simulated(1, EarFaults(jitter=0.012)))
    assert not findings.steady
    assert ElementTree.fromstring(motor_picture(SETTINGS.motors[1], findings)).tag.endswith("svg")
