"""Updates of a running box, by its own systemd: a good one plays, one that is bad leaves the show's version."""

import json
import shutil
import time

import pytest

from tests.appliance_board.releases import CRASHES, HANGS, MUTE, RUN, WORKER, make_key

# Seconds in which a bad one is refused or taken back, where `update.pace` is 1 and nobody else needs the computer.
LIMIT = 60.0


def running(box):
    return box.run("readlink /opt/ghostnote/current").strip().removeprefix("versions/")


def last_update(box):
    return json.loads(box.run("ghostnote update status --json"))["updates"][-1]


def lamp(box):
    """What the lamp shows, in the words of the crew's screen, once the doctor has made his rounds."""
    end = time.monotonic() + 20.0
    while True:
        findings = json.loads(box.tries("ghostnote status --json")[1])["findings"]
        said = [finding["found"] for finding in findings if finding["name"] == "lamp"]
        if any("update" in words for words in said) or time.monotonic() > end:
            return said
        time.sleep(0.5)


def install(box, release):
    shutil.copyfile(release, box.data / "update.release")
    began = time.monotonic()
    status, said = box.tries("ghostnote update install --force /data/update.release")
    return status, said, time.monotonic() - began


def stays(box, release, before, *words):
    """It is refused or taken back, says why, and the version before plays."""
    status, said, seconds = install(box, release)
    print(f"{release.stem}: {seconds:.1f} s: {said.splitlines()[-1]}")
    assert status != 0
    assert running(box) == before
    box.await_ready()
    told = last_update(box)
    assert told["outcome"] in ("refused", "taken back")
    assert all(word in told["reason"] for word in words), told
    assert any("5-4" in line for line in lamp(box)), lamp(box)
    return told, seconds


def test_a_good_one_plays_and_one_behind_it_too(box, releases):
    for number in ("0.2.0", "0.3.0"):
        status, said, seconds = install(box, releases.make(number))
        print(f"{number}: {seconds:.1f} s")
        assert status == 0, said
        assert running(box) == number
        assert last_update(box)["outcome"] == "confirmed"
    box.await_ready()
    assert box.run("ghostnote update list").split() == ["0.2.0", "*", "0.3.0"]


def test_back_by_hand_and_forward_again(box, releases):
    assert box.tries("ghostnote update rollback --force")[0] == 0
    assert running(box) == "0.2.0"
    assert box.tries("ghostnote update rollback --force")[0] == 0
    assert running(box) == "0.3.0"


@pytest.mark.parametrize("kind", ["unsigned", "truncated", "flipped", "newer_format"])
def test_a_damaged_one_is_refused(box, releases, kind):
    before = running(box)
    word = "format 2" if kind == "newer_format" else "signature"
    told, seconds = stays(box, getattr(releases, kind)(releases.make("0.9.0")), before, word)
    assert told["outcome"] == "refused"
    assert seconds < LIMIT


def test_one_of_a_foreign_key_is_refused(box, releases, tmp_path):
    stays(box, releases.make("0.9.1", key=make_key(tmp_path, "foreign")), running(box), "signature")


def test_an_older_one_is_refused(box, releases):
    stays(box, releases.make("0.0.9"), running(box), "older")


def test_one_that_finds_the_disk_full_is_refused(box, releases):
    release = releases.make("0.9.2")
    free = int(box.run("df --output=avail -B1 /data").split()[-1])
    box.run(f"fallocate -l {free - release.stat().st_size - (60 << 20)} /data/full")
    try:
        stays(box, release, running(box), "free")
    finally:
        box.run("rm /data/full")


@pytest.mark.parametrize(
    ("number", "before", "words"),
    [
        ("0.9.3", {RUN: "raise RuntimeError('crash')\n"}, ("does not play",)),
        ("0.9.4", {WORKER: MUTE}, ("does not play",)),
        ("0.9.5", {RUN: CRASHES}, ("ghostnote-player.service ended",)),
        ("0.9.6", {RUN: HANGS}, ("not within", "all units ready")),
    ],
    ids=["crashes", "does not answer", "crashes as a service", "hangs as a service"],
)
def test_one_that_does_not_play_is_not_kept(box, releases, number, before, words):
    _, seconds = stays(box, releases.make(number, before), running(box), *words)
    assert seconds < LIMIT
    assert number not in box.run("ghostnote update list")


def test_the_power_goes_in_the_trial(box, releases):
    """What hangs is on trial for long: the plug is pulled then, and at the next start the version before plays."""
    before = running(box)
    shutil.copyfile(releases.make("0.9.7", {RUN: HANGS}), box.data / "update.release")
    box.run("systemd-run --quiet ghostnote update install --force /data/update.release")
    end = time.monotonic() + 120.0
    while running(box) == before:
        assert time.monotonic() < end
        time.sleep(0.2)
    box.stop()
    box.start()
    box.await_ready()
    assert running(box) == before
    assert last_update(box)["outcome"] == "taken back"
    assert "power" in last_update(box)["reason"]
