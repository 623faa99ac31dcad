"""What the panel asks of root is taken away before it is looked at, and can be nothing but what it is called."""

import os
from argparse import ArgumentParser
from pathlib import Path

import pytest

from appliance.commands import update
from appliance.drivers.spool import NAMES, RELEASE, RESTART, Spool
from appliance.drivers.version_store import VersionStore
from appliance.errors import SettingsError, UpdateRefused
from appliance.release.chronicle import Outcome
from tests.release.releases import allow, make_key, make_release, needs_ssh_keygen


@pytest.fixture
def spool(tmp_path):
    (tmp_path / "spool").mkdir()
    return Spool(tmp_path / "spool")


def taken(spool, name=RELEASE):
    with spool.opened() as taking:
        place = spool.folder.parent / "taken"
        return place.read_bytes() if taking.take_file(name, place) else None


def test_what_was_laid_is_taken_once(spool):
    draft = spool.folder / ".draft-1"
    draft.write_bytes(b"a release")
    spool.lay(draft)
    spool.ask(RESTART)
    assert spool.waiting() == [RELEASE, RESTART]
    assert taken(spool) == b"a release"
    assert (spool.folder.parent / "taken").stat().st_mode & 0o777 == 0o600
    assert taken(spool) is None
    with spool.opened() as taking:
        assert (taking.take(RESTART), taking.take(RESTART)) == (True, False)
    assert spool.waiting() == []


def test_the_panel_sees_that_somebody_is_at_work_and_can_keep_nobody_from_it(spool):
    assert not spool.working()
    with spool.opened():
        assert spool.working()
        with spool.opened() as taking:
            assert not taking.take(RESTART)
    assert not spool.working()


def link(place):
    place.symlink_to("/etc/passwd")


def folder(place):
    (place / "within").mkdir(parents=True)
    (place / "within" / "file").write_text("x")


def large(place):
    with place.open("wb") as file:
        file.truncate(2 << 20)


@pytest.mark.parametrize("bad", [link, folder, os.mkfifo, large], ids=lambda bad: bad.__name__)
def test_what_is_no_file_of_a_bearable_size_is_refused_and_gone(tmp_path, bad):
    (tmp_path / "spool").mkdir()
    spool = Spool(tmp_path / "spool", largest=1 << 20)
    bad(spool.folder / RELEASE)
    with pytest.raises(UpdateRefused):
        taken(spool)
    assert not os.path.lexists(spool.folder / RELEASE)
    assert Path("/etc/passwd").exists()


def test_a_folder_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / RESTART).touch()
    (tmp_path / "spool").symlink_to("elsewhere")
    with pytest.raises(SettingsError), Spool(tmp_path / "spool").opened():
        pass
    assert (tmp_path / "elsewhere" / RESTART).exists()


def test_a_word_that_is_a_full_folder_is_taken_too(spool):
    for name in NAMES:
        folder(spool.folder / name)
    with spool.opened() as taking:
        assert all(taking.take(name) for name in NAMES)
    assert list(spool.folder.iterdir()) == []


class Box:
    """Versions, a spool and who may sign."""

    def __init__(self, folder, signers):
        self.root, self.spool, self.signers = folder / "box", Spool(folder / "spool"), signers
        self.root.mkdir()
        self.spool.folder.mkdir()
        self.store = VersionStore(self.root)

    def serve(self):
        parser = ArgumentParser()
        update.add_arguments(parser)
        words = ["--root", str(self.root), "spool", str(self.spool.folder), "--signers", str(self.signers)]
        return update.run(parser.parse_args(words))


@needs_ssh_keygen
def test_a_release_that_nobody_signed_is_refused_with_why_and_the_rest_is_still_done(tmp_path, capsys):
    box = Box(tmp_path, allow(make_key(tmp_path, "ours"), tmp_path / "signers"))
    release = make_release(tmp_path, make_key(tmp_path, "a strangers"))
    box.spool.lay(release.rename(box.spool.folder / ".draft-x"))
    box.spool.ask("rollback.application")
    assert box.serve() == 1
    said = capsys.readouterr().err
    assert "signature is not by a key" in said
    assert "there is no other version on this box" in said
    assert box.spool.waiting() == []
    last = box.store.chronicle().updates[-1]
    assert (last.version, last.outcome) == ("uploaded.release", Outcome.REFUSED)
    # Nothing of it is left where versions are.
    assert [path.name for path in box.root.iterdir()] == ["updates.json"]
    assert box.serve() == 0
