"""The screen of a crew that came in by SSH: what does not play is marked, with its reason."""

import json
from pathlib import Path

import pytest

from appliance.__main__ import main
from appliance.drivers.evening import part_path
from appliance.drivers.version_store import VersionStore
from appliance.notation.hit import Stroke
from appliance.pad.presence import PortFound, PortLost
from appliance.release.chronicle import Chronicle, Outcome, Update
from appliance.release.version import Version
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.wire import Fault
from appliance.views.journal import Entry, Event, line


class Box:
    """A box's folders, and its screen."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.data, self.versions = folder / "data", folder / "versions"
        (self.data / "journal").mkdir(parents=True)
        self.versions.mkdir()
        self.store = VersionStore(self.versions)
        self._words = ["status", "--striker", str(folder / "none.sock"), "--data", str(self.data)]
        self._words += ["--versions", str(self.versions), "--root", str(folder)]

    def screen(self, *words: str) -> tuple[int, str]:
        status = main([*self._words, *words])
        return status, self._capsys.readouterr().out

    def play(self, *events: Event, evening: int = 1) -> Path:
        path = part_path(self.data / "journal", evening, 1)
        path.write_bytes(b"".join(line(Entry(1.0, 1.0, event)) for event in events))
        return path


@pytest.fixture
def box(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Box:
    return Box(tmp_path, capsys)


def test_the_version_that_runs_is_told_with_the_one_beside_it(box: Box) -> None:
    for number in (Version(1, 4, 0), Version(1, 5, 0)):
        box.store.add(number, lambda folder: (folder / "file").write_text(""))
    box.store.switch(Version(1, 5, 0))
    assert "1.5.0, beside it 1.4.0" in box.screen()[1]


def test_an_update_that_was_taken_back_is_marked_with_its_reason(box: Box) -> None:
    taken_back = Update("application", "1.5.0", "1.4.0", "2026-11-01", Outcome.TAKEN_BACK, "the player hangs")
    box.store.write(Chronicle(updates=(taken_back,)))
    status, said = box.screen()
    assert status == 1
    assert "! update       1.5.0 taken back, 2026-11-01: the player hangs" in said


def test_settings_that_cannot_be_used_are_marked_with_the_line(box: Box) -> None:
    (box.data / "ghostnote.toml").write_text("[strike]\nspeed = 2\n")
    status, said = box.screen()
    assert status == 1
    assert "strike.speed" in said


def test_the_journal_says_how_late_the_strokes_were_and_which_pad_is_there(box: Box) -> None:
    stroke = Stroke(1.0, 36, 100)
    late = [Struck(stroke, 0.000_010), Struck(stroke, 0.000_020), Struck(stroke, 0.001_500)]
    box.play(PortFound(1.0, "pad", "SPD-SX"), *late, LeftOut(stroke, Reason.LATE))
    said = box.screen()[1]
    assert "3, 0.020 ms late at the median, 1.500 at worst; 1 left out" in said
    assert "pad: SPD-SX" in said


def test_a_pad_that_went_away_is_a_fault_and_no_pad(box: Box) -> None:
    box.play(PortFound(1.0, "pad", "SPD-SX"), PortLost(2.0, "pad", "it went away"))
    said = box.screen()[1]
    assert "it went away" in said
    assert "pad: SPD-SX" not in said


def test_the_last_five_faults_are_told_the_latest_first(box: Box) -> None:
    box.play(*(Fault(f"fault {number}") for number in range(7)))
    journal = json.loads(box.screen("--json")[1])["journal"]
    assert [text for _, text in journal["faults"]] == [f"fault {number}" for number in range(2, 7)]
    said = box.screen()[1]
    assert said.index("fault 6") < said.index("fault 2")


def test_a_journal_that_was_cut_off_by_the_power_is_read_to_its_last_line(box: Box) -> None:
    path = box.play(Fault("before"))
    path.write_bytes(path.read_bytes() + b'{"time": 1.0, "beg')
    assert json.loads(box.screen("--json")[1])["journal"]["faults"] == [[1.0, "before"]]


def test_of_a_long_journal_the_end_is_read(box: Box) -> None:
    path = box.play(Fault("long ago"), *[Struck(Stroke(1.0, 36, 100), 0.0)] * 4000, Fault("just now"))
    assert path.stat().st_size > 300_000
    assert [text for _, text in json.loads(box.screen("--json")[1])["journal"]["faults"]] == ["just now"]


def test_of_two_evenings_the_last_is_told(box: Box) -> None:
    box.play(Fault("yesterday"), evening=1)
    box.play(Fault("tonight"), evening=2)
    assert [text for _, text in json.loads(box.screen("--json")[1])["journal"]["faults"]] == ["tonight"]


def test_a_box_without_a_journal_says_so(box: Box) -> None:
    (box.data / "journal").rmdir()
    assert box.screen()[1].splitlines()[-1].split() == ["journal", "none"]
