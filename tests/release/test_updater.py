"""The show's version plays: after every update that is bad in any way, and after none that is good."""

import msgspec
import pytest

from appliance.clock import VirtualClock
from appliance.drivers.systemd_units import UnitState
from appliance.drivers.updater import Updater
from appliance.drivers.version_store import VersionStore
from appliance.errors import UpdateFailed, UpdateRefused
from appliance.release.admission import Box
from appliance.release.chronicle import Chronicle, Outcome, Update
from appliance.release.trial import PATIENCE, STEADY
from appliance.release.version import Version
from tests.release.releases import LABEL, allow, make_key, make_release, make_version, needs_ssh_keygen

pytestmark = needs_ssh_keygen
OLD, NEW = Version(1, 4, 0), Version(1, 5, 0)


class Services:
    """Units that do what the version says that `current` names, `starting` seconds after their restart."""

    def __init__(self, store, clock, starting=2.0):
        self._store, self._clock, self._starting = store, clock, starting
        self.restarts = []
        self.since = 0.0

    def restart(self):
        self.restarts.append(str(self._store.running()))
        self.since = self._clock.now()

    def states(self):
        says = (self._store.root / "current/bin/ghostnote").read_text()
        up = self._clock.now() - self.since
        if "crashes" in says and up > 1.0:
            return [UnitState("ghostnote-player.service", "activating", "auto-restart", "exit-code", 1)]
        if "dies late" in says and up > self._starting + STEADY - 1:
            return [UnitState("ghostnote-player.service", "failed", "failed", "signal", 0)]
        ready = up >= self._starting and "hangs" not in says
        return [UnitState("ghostnote-player.service", "active" if ready else "activating", "running", "success", 0)]


class Stage:
    """The box and its time; `silent` versions start and do not answer."""

    def __init__(self, clock, free=1 << 30):
        self._clock, self._free = clock, free
        self.pauses = 0

    def box(self, running, free):
        return Box("aarch64", "3.11", running, min(free, self._free))

    def day(self):
        return "2026-11-01T20:00:00"

    def wait(self, seconds):
        self._clock.set(self._clock.now() + seconds)

    def await_pause(self):
        self.pauses += 1

    def examine(self, folder):
        self.wait(1.0)
        return "no answer came" if "silent" in (folder / "bin/ghostnote").read_text() else ""


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return make_key(tmp_path_factory.mktemp("key"))


class Bench:
    """A box with version 1.4.0 on it."""

    def __init__(self, folder, key, **stage):
        self.clock = VirtualClock(100.0)
        (folder / "box").mkdir()
        self.store = VersionStore(folder / "box")
        self.store.add(OLD, make_version)
        self.store.switch(OLD)
        self.units = Services(self.store, self.clock)
        self.stage = Stage(self.clock, **stage)
        self.said = []
        signers = allow(key, folder / "signers")
        self.updater = Updater(self.store, signers, self.units, self.stage, self.clock, self.said.append)

    def last(self):
        return self.store.chronicle().updates[-1]


@pytest.fixture
def bench(tmp_path, key):
    return Bench(tmp_path, key)


def test_a_good_release_is_installed_switched_to_and_confirmed(bench, tmp_path, key):
    bench.updater.install(make_release(tmp_path, key))
    assert bench.store.running() == NEW
    assert bench.store.installed() == [OLD, NEW]
    assert bench.last() == Update("application", "1.5.0", "1.4.0", "2026-11-01T20:00:00", Outcome.CONFIRMED)
    assert bench.units.restarts == ["1.5.0"]
    assert bench.stage.pauses == 1
    assert bench.said[-1] == "1.5.0 plays"


def test_forced_it_does_not_wait_for_the_end_of_the_song(bench, tmp_path, key):
    bench.updater.install(make_release(tmp_path, key), force=True)
    assert bench.stage.pauses == 0


@pytest.mark.parametrize("says", ["crashes", "hangs", "dies late"])
def test_a_version_that_does_not_stay_up_is_taken_back_within_a_minute(bench, tmp_path, key, says):
    began = bench.clock.now()
    with pytest.raises(UpdateFailed, match=r"1\.5\.0 was taken back, 1\.4\.0 plays"):
        bench.updater.install(make_release(tmp_path, key, says=says))
    assert bench.store.running() == OLD
    assert bench.store.installed() == [OLD]
    assert bench.units.restarts == ["1.5.0", "1.4.0"]
    assert bench.last().outcome is Outcome.TAKEN_BACK
    assert bench.last().reason
    assert bench.clock.now() - began <= PATIENCE + STEADY + 5.0 < 60.0


def test_a_version_that_does_not_answer_never_touches_the_show(bench, tmp_path, key):
    with pytest.raises(UpdateRefused, match="no answer came"):
        bench.updater.install(make_release(tmp_path, key, says="silent"))
    assert (bench.store.running(), bench.units.restarts, bench.store.installed()) == (OLD, [], [OLD])
    assert bench.last().outcome is Outcome.REFUSED


def test_a_full_disk_refuses_and_leaves_nothing_behind(tmp_path, key):
    bench = Bench(tmp_path, key, free=1000)
    with pytest.raises(UpdateRefused, match="are free"):
        bench.updater.install(make_release(tmp_path, key))
    assert (bench.store.running(), bench.store.installed()) == (OLD, [OLD])
    assert "are free" in bench.last().reason


def test_a_foreign_release_is_refused_and_that_is_remembered(bench, tmp_path):
    (tmp_path / "foreign").mkdir()
    with pytest.raises(UpdateRefused, match="signature"):
        bench.updater.install(make_release(tmp_path, make_key(tmp_path / "foreign")))
    assert (bench.store.running(), bench.units.restarts) == (OLD, [])
    assert "signature" in bench.last().reason


@pytest.mark.parametrize("number", ["1.3.9", "1.4.0"])
def test_an_older_one_and_the_same_one_are_refused(bench, tmp_path, key, number):
    with pytest.raises(UpdateRefused):
        bench.updater.install(make_release(tmp_path, key, msgspec.structs.replace(LABEL, version=number)))
    assert (bench.store.running(), bench.store.installed()) == (OLD, [OLD])


def test_two_versions_are_kept(bench, tmp_path, key):
    for number in ("1.5.0", "1.6.0", "1.7.0"):
        bench.updater.install(make_release(tmp_path, key, msgspec.structs.replace(LABEL, version=number)))
    assert [str(number) for number in bench.store.installed()] == ["1.6.0", "1.7.0"]


def test_it_goes_back_on_request_and_forth_again(bench, tmp_path, key):
    bench.updater.install(make_release(tmp_path, key))
    bench.updater.roll_back()
    assert bench.store.running() == OLD
    bench.updater.roll_back()
    assert bench.store.running() == NEW
    assert bench.store.installed() == [OLD, NEW]


def test_there_is_no_way_back_from_the_only_version(bench):
    with pytest.raises(UpdateRefused, match="no other version"):
        bench.updater.roll_back()


def test_a_release_can_be_tried_again_after_it_was_taken_back(bench, tmp_path, key):
    with pytest.raises(UpdateFailed):
        bench.updater.install(make_release(tmp_path, key, says="crashes"))
    bench.updater.install(make_release(tmp_path, key))
    assert bench.store.running() == NEW


def test_what_a_killed_updater_left_on_trial_is_taken_back_first(bench, tmp_path, key):
    bench.store.add(NEW, lambda place: make_version(place, "crashes"))
    bench.store.write(Chronicle().add(Update("application", "1.5.0", "1.4.0", "", Outcome.TRYING)))
    bench.store.switch(NEW)
    with pytest.raises(UpdateRefused, match="cannot read"):
        bench.updater.install(tmp_path / "no_file")
    # The file is looked at first; the next one that can be read finds the box settled.
    bench.updater.install(make_release(tmp_path, key, msgspec.structs.replace(LABEL, version="1.6.0")))
    assert [update.outcome for update in bench.store.chronicle().updates] == [Outcome.TAKEN_BACK, Outcome.CONFIRMED]
    assert bench.units.restarts == ["1.4.0", "1.6.0"]


def test_a_trial_that_something_else_ended_is_an_error_that_is_said(bench, tmp_path, key):
    class Meddled(Services):
        def restart(self):
            super().restart()
            if bench.store.running() == NEW:
                bench.store.switch(OLD)
                bench.store.write(bench.store.chronicle().end(Outcome.TAKEN_BACK, "another did it"))

    updater = Updater(
        bench.store,
        allow(key, tmp_path / "signers"),
        Meddled(bench.store, bench.clock),
        bench.stage,
        bench.clock,
        bench.said.append,
    )
    with pytest.raises(UpdateFailed, match=r"ended by something else; 1\.4\.0 plays"):
        updater.install(make_release(tmp_path, key))
    assert (bench.store.running(), bench.store.installed()) == (OLD, [OLD])
    assert bench.last().reason == "another did it"


def test_what_was_unpacked_and_never_tried_is_not_gone_back_to(bench, tmp_path, key):
    bench.updater.install(make_release(tmp_path, key))
    bench.store.add(Version(1, 7, 0), make_version)  # and the power went while it waited for the end of a song
    bench.store.keep(OLD, NEW, Version(1, 7, 0))
    bench.updater.roll_back()
    assert bench.store.running() != Version(1, 7, 0)
    assert Version(1, 7, 0) not in bench.store.installed()


def test_a_release_that_waited_when_the_power_went_is_told(bench):
    bench.updater.tell_cut_off("uploaded.release")
    assert bench.last().outcome is Outcome.REFUSED
    assert "switched off before it was installed" in bench.last().reason
    assert bench.store.running() == OLD


def test_another_update_under_way_refuses_a_second_one(bench, tmp_path, key):
    import os

    handle = bench.store.lock()
    with pytest.raises(UpdateRefused, match="under way"):
        bench.updater.install(make_release(tmp_path, key))
    os.close(handle)
