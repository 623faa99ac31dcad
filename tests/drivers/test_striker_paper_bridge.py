"""What is written on paper can be read by others, whatever became of the writer."""

from pathlib import Path

import pytest

from appliance.clock import VirtualClock
from appliance.drivers.paper_bridge import BROKEN, REFUSED, Paper, PaperBridge
from appliance.errors import MotorFault, SettingsError
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs

SHIPPED = load_settings().room("strike", StrikeSettings)
NAMES = [motor.name for motor in SHIPPED.motors]
FORWARD, BACK = Inputs(1, 0, 0.8), Inputs(0, 1, 0.5)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "paper"


def test_another_process_reads_what_was_written_and_how_the_lines_are(clock: VirtualClock, path: Path) -> None:
    motors, reader = PaperBridge(SHIPPED, clock, path), Paper(path, NAMES)
    for at, inputs in ((1.0, FORWARD), (1.02, COAST), (1.03, BACK)):
        clock.set(at)
        motors.write("snare", inputs)
    assert [(line.time, line.motor, line.inputs) for line in reader.lines()] == [
        (1.0, "snare", FORWARD),
        (1.02, "snare", COAST),
        (1.03, "snare", BACK),
    ]
    assert [name for place, name in enumerate(NAMES) if reader.is_high(place)] == ["snare"]


def test_the_successor_writes_on(clock: VirtualClock, path: Path) -> None:
    PaperBridge(SHIPPED, clock, path).write("snare", FORWARD)
    PaperBridge(SHIPPED, clock, path).coast_all()
    reader = Paper(path, NAMES)
    assert reader.written == 1 + len(NAMES)
    assert not any(reader.is_high(place) for place in range(len(NAMES)))


def test_a_guard_lowers_what_is_high_and_nothing_else(clock: VirtualClock, path: Path) -> None:
    motors = PaperBridge(SHIPPED, clock, path)
    motors.write("snare", FORWARD)
    assert [line.is_high() for line in motors.guarded] == [name == "snare" for name in NAMES]
    clock.set(1.05)
    for line in motors.guarded:
        line.lower()
    assert [(line.time, line.motor, line.inputs) for line in Paper(path, NAMES).lines(1)] == [(1.05, "snare", COAST)]


def test_it_refuses_what_a_bridge_refuses(clock: VirtualClock, path: Path) -> None:
    motors = PaperBridge(SHIPPED, clock, path)
    motors.write("snare", FORWARD)
    with pytest.raises(MotorFault, match="without a coast"):
        motors.write("snare", BACK)
    assert Paper(path, NAMES).written == 1


def test_a_write_fails_once_when_it_is_told_to(clock: VirtualClock, path: Path) -> None:
    motors, teller = PaperBridge(SHIPPED, clock, path), Paper(path, NAMES)
    teller.fail(1, REFUSED)
    motors.write("kick", FORWARD)
    with pytest.raises(MotorFault, match="refuse this write"):
        motors.write("snare", FORWARD)
    teller.fail(0, BROKEN)
    with pytest.raises(RuntimeError):
        motors.write("snare", FORWARD)
    motors.write("snare", FORWARD)


@pytest.mark.parametrize("content", [b"dear drummer", b"\0" * 10_000_000])
def test_a_file_that_is_no_paper_is_left_alone(clock: VirtualClock, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="is no paper"):
        PaperBridge(SHIPPED, clock, path)
    assert path.read_bytes() == content


def test_a_place_without_a_folder_is_refused(clock: VirtualClock, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot use"):
        PaperBridge(SHIPPED, clock, tmp_path / "no" / "paper")
