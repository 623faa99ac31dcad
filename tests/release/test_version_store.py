"""Whatever is cut off, a box has whole versions alone, and the link names one of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.drivers.version_store import VersionStore
from appliance.release.chronicle import Chronicle, Outcome, Update
from appliance.release.version import Version, version
from tests.release.releases import make_version

OLD, NEW = Version(1, 4, 0), Version(1, 5, 0)
SETTLE = Path(__file__).parents[2] / "boot/settle.py"


@pytest.fixture
def store(tmp_path):
    store = VersionStore(tmp_path)
    store.add(OLD, make_version_in)
    store.switch(OLD)
    return store


def make_version_in(folder):
    make_version(folder / "x")


def trying(store):
    store.write(Chronicle().add(Update("application", str(NEW), str(OLD), "2026-11-01", Outcome.TRYING)))


def test_a_version_is_there_whole_or_not_at_all(store):
    def torn(folder):
        make_version_in(folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        store.add(NEW, torn)
    assert store.installed() == [OLD]
    assert [path.name for path in (store.root / "versions").iterdir()] == ["1.4.0"]


def test_what_a_cut_left_behind_is_no_version_and_goes_with_the_next_one(store):
    make_version(store.root / "versions/.unfinished-1.5.0")
    assert store.installed() == [OLD]
    store.add(NEW, make_version_in)
    assert sorted(path.name for path in (store.root / "versions").iterdir()) == ["1.4.0", "1.5.0"]


def test_the_link_always_names_a_version(store):
    store.add(NEW, make_version_in)
    store.switch(NEW)
    assert store.running() == NEW
    with pytest.raises(FileNotFoundError):
        store.switch(version("9.9.9"))
    assert store.running() == NEW


def test_a_link_that_names_nothing_runs_nothing(tmp_path):
    store = VersionStore(tmp_path)
    assert (store.running(), store.installed()) == (None, [])
    (tmp_path / "current").symlink_to("versions/1.4.0")
    assert store.running() is None


def test_a_version_that_is_installed_again_is_replaced(store):
    store.add(NEW, make_version_in)
    (store.folder(NEW) / "stray").touch()
    store.add(NEW, make_version_in)
    assert not (store.folder(NEW) / "stray").exists()


def test_only_what_is_kept_stays(store):
    store.add(NEW, make_version_in)
    store.keep(NEW, None)
    assert store.installed() == [NEW]


def test_one_process_at_a_time_changes_it(store):
    handle = store.lock()
    with pytest.raises(BlockingIOError):
        store.lock()
    os.close(handle)
    os.close(store.lock())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"updates": 3}', b"\xff"])
def test_a_chronicle_that_cannot_be_read_counts_as_none(store, content):
    (store.root / "updates.json").write_bytes(content)
    assert store.chronicle() == Chronicle()


def settle(root):
    return subprocess.run([sys.executable, "-I", SETTLE, root], capture_output=True, text=True, check=False)


def test_a_box_that_starts_takes_back_what_was_on_trial(store):
    store.add(NEW, make_version_in)
    trying(store)
    store.switch(NEW)
    said = settle(store.root)
    assert (said.returncode, said.stderr) == (0, "")
    assert "1.5.0 taken back: power was lost" in said.stdout
    assert store.running() == OLD
    assert store.chronicle().updates[-1].outcome is Outcome.TAKEN_BACK
    assert settle(store.root).stdout == ""


def test_it_is_taken_back_as_well_when_the_power_went_before_the_switch(store):
    store.add(NEW, make_version_in)
    trying(store)
    settle(store.root)
    assert store.running() == OLD
    assert store.chronicle().trying is None


def test_nothing_is_taken_back_under_an_updater_that_is_at_it(store):
    """Whatever runs it: a unit that comes back in the trial draws others along."""
    store.add(NEW, make_version_in)
    handle = store.lock()
    trying(store)
    store.switch(NEW)
    assert settle(store.root).stdout == ""
    assert store.chronicle().trying is not None
    os.close(handle)
    assert "taken back" in settle(store.root).stdout


def test_one_lock_is_for_all_kinds_of_a_box(tmp_path):
    (tmp_path / "models").mkdir()
    handle = VersionStore(tmp_path / "models", tmp_path).lock()
    with pytest.raises(BlockingIOError):
        VersionStore(tmp_path, tmp_path).lock()
    os.close(handle)
    os.close(VersionStore(tmp_path, tmp_path).lock())


def test_a_first_installation_is_not_taken_back(tmp_path):
    store = VersionStore(tmp_path)
    store.add(NEW, make_version_in)
    store.write(Chronicle().add(Update("application", str(NEW), "", "2026-11-01", Outcome.TRYING)))
    store.switch(NEW)
    settle(tmp_path)
    assert store.running() == NEW
    assert store.chronicle().updates[-1].outcome is Outcome.CONFIRMED


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"updates": [{}]}', b"\xff"])
def test_a_box_starts_whatever_its_chronicle_holds(store, content):
    if content is not None:
        (store.root / "updates.json").write_bytes(content)
    assert settle(store.root).returncode == 0
    assert store.running() == OLD


def test_what_is_confirmed_stays(store):
    store.add(NEW, make_version_in)
    trying(store)
    store.switch(NEW)
    store.write(store.chronicle().end(Outcome.CONFIRMED))
    assert settle(store.root).stdout == ""
    assert store.running() == NEW


def test_settling_writes_what_the_program_reads(store):
    trying(store)
    settle(store.root)
    assert set(json.loads((store.root / "updates.json").read_text())) == {"format", "updates"}
    assert len(store.chronicle().updates) == 1
