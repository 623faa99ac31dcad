"""The services are what systemd understands, closed, and each in the place that the others know."""

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from appliance.commands.update import SPOOLED, UNITS
from appliance.drivers.power_off import power_off_command
from appliance.drivers.spool import NAMES
from appliance.drivers.version_store import ROOT
from appliance.release.chronicle import Chronicle, Outcome, Update, written
from appliance.release.manifest import Kind

REPOSITORY = Path(__file__).parents[2]
FILES = sorted((REPOSITORY / "boot/units").glob("*.service"))
STRIKER = REPOSITORY / "boot/units/ghostnote-striker.service"
SPOOL = REPOSITORY / "boot/units/ghostnote-spool.service"
PLAYING = [file for file in FILES if file.name in UNITS]
# The options that version 0.1.0 knows.
OF_THE_FIRST_VERSION = {
    "striker": {"--socket", "--settings"},
    "out": {"--socket", "--settings"},
    "run": {"--striker", "--out", "--control", "--settings"},
    "doctor": {"--watch", "--settings"},
    "panel": {"--striker", "--control", "--settings"},
}
MOST = 20  # tenths of systemd-analyze's exposure, of 100

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this computer")


def read(file: Path) -> ConfigParser:
    unit = ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(file)
    return unit


def named(files: list[Path]) -> list[str]:
    return [file.name for file in files]


@needs_systemd
def test_systemd_has_nothing_to_say_against_them(tmp_path: Path) -> None:
    for file in FILES:
        # The programs are on a box alone.
        (tmp_path / file.name).write_text(re.sub(r"(?<==)/opt/ghostnote\S*", "/bin/true", file.read_text()))
    words = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "ghostnote" in line]
    assert (done.returncode, complaints) == (0, [])


@needs_systemd
@pytest.mark.parametrize("file", FILES, ids=named(FILES))
def test_a_service_is_closed(file: Path) -> None:
    words = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST}", "--no-pager", str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


def test_what_an_update_restarts_are_the_services_that_play() -> None:
    assert set(UNITS) == {file.name for file in FILES} - {"ghostnote-settle.service", "ghostnote-spool.service"}


@pytest.mark.parametrize("file", PLAYING, ids=named(PLAYING))
def test_a_service_says_when_it_is_ready_feeds_its_watchdog_and_starts_again_without_limit(file: Path) -> None:
    unit = read(file)
    service = unit["Service"]
    assert (service["Type"], service["NotifyAccess"], service["Restart"]) == ("notify", "main", "always")
    assert service["WatchdogSec"]
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"


@pytest.mark.parametrize("file", FILES, ids=named(FILES))
def test_no_service_waits_for_a_network_or_a_device(file: Path) -> None:
    unit = read(file)["Unit"]
    words = " ".join(unit.get(key, "") for key in ("After", "Wants", "Requires", "BindsTo", "Requisite"))
    assert not re.search(r"network|\.device|sound|time-sync", words)


@pytest.mark.parametrize("file", PLAYING, ids=named(PLAYING))
def test_the_services_share_one_folder_of_sockets_that_outlives_each_of_them(file: Path) -> None:
    service = read(file)["Service"]
    shared = [service[f"RuntimeDirectory{key}"] for key in ("", "Mode", "Preserve")]
    assert shared == ["ghostnote", "0770", "yes"]


@pytest.mark.parametrize("file", PLAYING, ids=named(PLAYING))
def test_an_update_is_settled_before_a_service_starts(file: Path) -> None:
    assert file.name in read(REPOSITORY / "boot/units/ghostnote-settle.service")["Unit"]["Before"].split()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_update_is_settled_when_one_was_on_trial_and_no_python_is_started_for_it_else(
    tmp_path: Path, outcome: Outcome
) -> None:
    command = read(REPOSITORY / "boot/units/ghostnote-settle.service")["Service"]["ExecStart"]
    settle = tmp_path / "settle"
    settle.write_text(f"#!/bin/sh\ntouch {tmp_path}/settled\n")
    settle.chmod(0o755)
    for kind in Kind:
        for other in Kind:
            folder = tmp_path if other is Kind.APPLICATION else tmp_path / other
            folder.mkdir(exist_ok=True)
            (folder / "updates.json").unlink(missing_ok=True)
        folder = tmp_path if kind is Kind.APPLICATION else tmp_path / kind
        update = Update(kind, "1.1.0", "1.0.0", "2026-11-01", outcome, 'not "trying" any more')
        (folder / "updates.json").write_bytes(written(Chronicle(updates=(update,))))
        subprocess.run(shlex.split(command.replace("/opt/ghostnote", str(tmp_path))), check=True)
        assert (tmp_path / "settled").exists() == (outcome is Outcome.TRYING)
        (tmp_path / "settled").unlink(missing_ok=True)


def test_what_settles_stays_done_until_the_next_start() -> None:
    """Services want it. Were it not active they would start it again when they come back, in the middle of a trial."""
    unit = read(REPOSITORY / "boot/units/ghostnote-settle.service")
    assert (unit["Service"]["Type"], unit["Service"]["RemainAfterExit"]) == ("oneshot", "yes")
    assert not [key for section in unit.values() for key in section if key.startswith(("Condition", "ExecCondition"))]


def test_the_pins_are_lowered_behind_the_striker_whatever_ended_it() -> None:
    service = read(REPOSITORY / "boot/units/ghostnote-striker.service")["Service"]
    assert "ghostnote lower-pins" in service["ExecStopPost"]


def test_the_image_starts_every_service() -> None:
    build = (REPOSITORY / "boot/image/build.sh").read_text()
    enabled = build[build.index("systemctl --root") :].split("\n    systemctl --root")[0]
    started = [file.name for file in FILES if file.name != SPOOL.name] + [
        file.name for file in SPOOL.parent.glob("*.path")
    ]
    assert [name for name in started if name not in enabled] == []


def test_whatever_the_panel_asks_of_root_starts_the_service_that_does_it() -> None:
    path = SPOOL.with_suffix(".path").read_text()
    service = read(SPOOL)["Service"]
    folder = service["ExecStart"].split()[-1]
    assert re.findall(r"PathExists=(.*)", path) == [f"{folder}/{name}" for name in NAMES]
    assert read(SPOOL.with_name("ghostnote-panel.service"))["Service"]["Environment"] == f"GHOSTNOTE_SPOOL={folder}"
    assert f"d {folder} " in (REPOSITORY / "boot/system/usr/lib/tmpfiles.d/ghostnote.conf").read_text()
    # What an update by hand has behind it, this one has as well.
    assert service["ExecStopPost"] == f"{ROOT}/settle {ROOT} {' '.join(UNITS)}"


def test_the_panel_asks_where_its_unit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from appliance.__main__ import _parser

    assert _parser(["panel"]).parse_args(["panel"]).spool is None
    monkeypatch.setenv("GHOSTNOTE_SPOOL", "/var/lib/ghostnote/spool")
    assert _parser(["panel"]).parse_args(["panel"]).spool == Path("/var/lib/ghostnote/spool")
    assert _parser(["panel"]).parse_args(["panel", "--spool", "/elsewhere"]).spool == Path("/elsewhere")


def test_what_was_taken_when_the_power_went_starts_the_service_that_tells_it() -> None:
    assert f"PathExistsGlob={ROOT}/{SPOOLED}*\n" in SPOOL.with_suffix(".path").read_text()


def test_the_crews_button_is_a_file_that_the_striker_may_lay_and_systemd_waits_for() -> None:
    environment = re.findall("^Environment=(.*)$", STRIKER.read_text(), re.MULTILINE)
    named = dict(one.split("=", 1) for one in environment)
    command, file = power_off_command(named)
    assert (command, Path(file).parent) == ("touch", Path("/run/ghostnote"))
    path = read(STRIKER.with_name("ghostnote-poweroff.path"))["Path"]
    assert (path["PathExists"], path["Unit"]) == (file, "poweroff.target")
    assert power_off_command({}) == ("systemctl", "poweroff")


def test_the_striker_may_open_whatever_it_drives_motors_by() -> None:
    allowed = re.findall("^DeviceAllow=(\\S+) rw$", STRIKER.read_text(), re.MULTILINE)
    assert allowed == ["char-gpiochip", "/dev/gpiomem", "char-ttyACM", "char-ttyUSB"]
    service = read(STRIKER)["Service"]
    assert service["SupplementaryGroups"].split() == ["gpio", "dialout"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_service_starts_an_older_version_too(unit: str) -> None:
    """A card's units stay when the version changes: what is new goes by the environment, and the format counts up."""
    words = read(REPOSITORY / "boot/units" / unit)["Service"]["ExecStart"].split()[1:]
    assert {word for word in words if word.startswith("--")} == OF_THE_FIRST_VERSION[words[0]]


@pytest.mark.parametrize("unit", [*UNITS, SPOOL.name])
def test_every_word_of_a_service_is_one_that_the_command_knows(unit: str) -> None:
    from appliance.__main__ import _parser

    words = read(REPOSITORY / "boot/units" / unit)["Service"]["ExecStart"].split()[1:]
    assert _parser(words).parse_args(words).command == words[0]
