"""Models and settings travel as the program does: installed beside, tried, taken back, rolled back."""

import json
from functools import partial

import pytest

from appliance.clock import VirtualClock
from appliance.doctor.finding import Verdict
from appliance.doctor.versions import check_update
from appliance.drivers.model_file import find_model
from appliance.drivers.release_writer import Label, write_release
from appliance.drivers.settings_store import SettingsStore
from appliance.drivers.signature import sign
from appliance.drivers.systemd_units import UnitState
from appliance.drivers.updater import Updater
from appliance.drivers.version_store import VersionStore
from appliance.errors import UpdateFailed, UpdateRefused
from appliance.release.manifest import Kind
from appliance.shipped import DELIVERED_VARIABLE
from boot import settle
from tests.release.releases import allow, make_key, needs_ssh_keygen
from tests.release.test_updater import Stage

pytestmark = needs_ssh_keygen


class Steady:
    """Units that are ready, or never."""

    def __init__(self):
        self.ready = True
        self.restarts = 0

    def restart(self):
        self.restarts += 1

    def states(self):
        return [
            UnitState("ghostnote-player.service", "active" if self.ready else "activating", "running", "success", 0)
        ]


class Trusting(Stage):
    """Every version plays, dry; what systemd makes of it is another matter."""

    def examine(self, folder):
        return ""


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return make_key(tmp_path_factory.mktemp("key"))


class Bench:
    def __init__(self, folder, key, kind):
        self.folder, self.kind, self.key = folder, kind, key
        self.owner = folder / "lib/ghostnote.toml"
        self.owner.parent.mkdir()
        root = folder / "box" / kind
        root.mkdir(parents=True)
        self.store = SettingsStore(root, self.owner) if kind is Kind.SETTINGS else VersionStore(root)
        self.units, clock = Steady(), VirtualClock(0.0)
        signers = allow(key, folder / "signers")
        self.updater = Updater(self.store, signers, self.units, Trusting(clock), clock, lambda _: None, kind=kind)

    def release(self, number, name, content):
        source = self.folder / f"source-{number}"
        source.mkdir()
        (source / name).write_bytes(content)
        file = self.folder / f"{number}.release"
        write_release(source, Label(self.kind, number, "2026-11-01"), partial(sign, key=self.key), file, preset=0)
        return file

    def check(self):
        return check_update(VersionStore(self.folder / "box"))


@pytest.fixture
def settings(tmp_path, key):
    return Bench(tmp_path, key, Kind.SETTINGS)


@pytest.fixture
def models(tmp_path, key):
    return Bench(tmp_path, key, Kind.MODELS)


def test_settings_replace_the_owners_file_and_a_rollback_brings_it_back(settings):
    settings.owner.write_text("# by hand\n")
    settings.updater.install(settings.release("1.0.0", "ghostnote.toml", b"# one\n"))
    assert settings.owner.read_text() == "# one\n"
    settings.updater.roll_back()
    assert settings.owner.read_text() == "# by hand\n"
    assert settings.check().verdict is Verdict.OK


def test_what_the_box_learnt_since_is_kept_by_a_rollback(settings):
    settings.updater.install(settings.release("1.0.0", "ghostnote.toml", b"# one\n"))
    settings.owner.write_text("# one, and calibrated\n")
    settings.updater.install(settings.release("1.1.0", "ghostnote.toml", b"# two\n"))
    settings.updater.roll_back()
    assert settings.owner.read_text() == "# one, and calibrated\n"


def test_settings_with_which_the_units_do_not_start_are_taken_back(settings):
    settings.owner.write_text("# by hand\n")
    settings.units.ready = False
    with pytest.raises(UpdateFailed, match="all units ready"):
        settings.updater.install(settings.release("1.0.0", "ghostnote.toml", b"# bad\n"))
    assert settings.owner.read_text() == "# by hand\n"
    assert settings.check().verdict is Verdict.BAD
    assert "settings 1.0.0 taken back" in settings.check().found


def test_settings_without_a_file_before_leave_an_empty_one(settings):
    settings.units.ready = False
    with pytest.raises(UpdateFailed):
        settings.updater.install(settings.release("1.0.0", "ghostnote.toml", b"# bad\n"))
    assert settings.owner.read_text() == ""


def test_models_are_found_by_name_before_the_shipped_ones(models, monkeypatch):
    models.updater.install(models.release("1.0.0", "drum_kit_rnn.tflite", b"a model"))
    current = models.store.root / "current"
    monkeypatch.setenv(DELIVERED_VARIABLE, str(current))
    assert find_model("drum_kit_rnn") == current / "drum_kit_rnn.tflite"
    assert find_model("one_drum_rnn").parent != current


def test_the_first_models_that_do_not_play_leave_the_shipped_ones(models):
    models.units.ready = False
    with pytest.raises(UpdateFailed, match="what was shipped plays"):
        models.updater.install(models.release("1.0.0", "ballad.tflite", b"a model"))
    assert models.store.running() is None
    assert not (models.store.root / "current").is_symlink()


def test_a_release_of_another_kind_is_refused(models):
    models.kind = Kind.SETTINGS
    with pytest.raises(UpdateRefused, match="release of settings, not of models"):
        models.updater.install(models.release("1.0.0", "ghostnote.toml", b"# x\n"))


@pytest.mark.parametrize("kind", [Kind.MODELS, Kind.SETTINGS])
def test_a_start_settles_what_was_on_trial_when_the_power_went(tmp_path, key, monkeypatch, kind):
    bench = Bench(tmp_path, key, kind)
    bench.owner.write_text("# by hand\n")
    monkeypatch.setattr(settle, "SETTINGS", bench.owner)
    name = "ghostnote.toml" if kind is Kind.SETTINGS else "ballad.tflite"
    release = bench.release("1.0.0", name, b"# new\n")
    bench.updater._watch = cut  # the plug: nothing behind it is done
    with pytest.raises(KeyboardInterrupt):
        bench.updater.install(release)
    assert json.loads((bench.store.root / "updates.json").read_text())["updates"][-1]["outcome"] == "trying"
    assert "taken back" in settle.attempt(bench.store.root)
    assert bench.owner.read_text() == "# by hand\n"
    assert bench.store.running() == (None if kind is Kind.MODELS else bench.store.installed()[0])
    assert settle.attempt(bench.store.root) == ""


def cut(*_):
    raise KeyboardInterrupt
