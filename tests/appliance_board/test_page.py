"""What the page asks of root, by the box's own units: a release, a way back, a restart, between two songs."""

import time
from types import SimpleNamespace

import pytest

from tests.appliance_board.board import UNITS
from tests.appliance_board.container import player_by
from tests.appliance_board.releases import make_key
from tests.panel.box import Browser

PATIENCE = 180.0  # s: ten seconds of silence, a trial of 25, and a computer that is busy


@pytest.fixture(scope="module")
def silent(box):
    folder = box.root / "etc/systemd/system/ghostnote-player.service.d"
    (folder / "zz-silent.conf").write_text(player_by("--panel-pads"))  # nobody plays on those
    box.run("systemctl daemon-reload && systemctl restart ghostnote-player")
    box.await_ready()
    return box


@pytest.fixture(scope="module")
def visitor(silent):
    said = silent.run("su -s /bin/sh ghostnote -c 'ghostnote panel password'")
    browser = Browser(SimpleNamespace(address="http://127.0.0.1:8010"))
    answer = browser.ask("POST", "/api/login", {"password": said.split()[-1]})
    assert answer.status == 200, answer.body
    browser.csrf = answer.json["csrf"]
    return browser


def pids(box):
    return {unit: state["MainPID"] for unit, state in box.units().items()}


def stand(visitor):
    """What the page shows of the program's versions; None while the panel starts again."""
    try:
        told = visitor.ask("GET", "/api/update").json
    except OSError:
        return None
    return None if told["waiting"] or told["working"] else told["kinds"]["application"]


def await_done(visitor, true):
    began = time.monotonic()
    while not ((shown := stand(visitor)) and true(shown)):
        assert time.monotonic() < began + PATIENCE, shown
        time.sleep(0.5)
    print(f"done after {time.monotonic() - began:.1f} s")
    return shown


def test_a_good_release_is_brought_to_the_page_and_plays(silent, releases, visitor):
    before = pids(silent)
    release = releases.make("0.4.0").read_bytes()
    assert visitor.ask("PUT", "/api/update", release, raw=True).status == 202
    shown = await_done(
        visitor, lambda shown: shown["running"] == "0.4.0" and shown["updates"][0]["outcome"] != "trying"
    )
    assert shown["updates"][0]["outcome"] == "confirmed"
    silent.await_ready()
    assert not set(pids(silent).values()) & set(before.values())


def test_one_of_a_foreign_key_is_refused_and_the_page_says_why(silent, releases, visitor, tmp_path):
    before = pids(silent)
    release = releases.make("0.5.0", key=make_key(tmp_path, "foreign")).read_bytes()
    assert visitor.ask("PUT", "/api/update", release, raw=True).status == 202
    shown = await_done(visitor, lambda shown: shown["updates"][0]["outcome"] == "refused")
    assert "signature" in shown["updates"][0]["reason"]
    assert shown["running"] == "0.4.0"
    assert pids(silent) == before


def test_the_page_goes_back(silent, releases, visitor):
    assert visitor.ask("POST", "/api/update/rollback", {"kind": "application"}).status == 202
    await_done(visitor, lambda shown: shown["running"] == releases.base.version)
    silent.await_ready()


def test_the_page_starts_everything_again(silent, visitor):
    before = pids(silent)
    assert visitor.ask("POST", "/api/restart", {}).status == 202
    end = time.monotonic() + PATIENCE
    while set(pids(silent).values()) & set(before.values()):
        assert time.monotonic() < end
        time.sleep(0.5)
    silent.await_ready()
    assert set(pids(silent)) == set(UNITS)
