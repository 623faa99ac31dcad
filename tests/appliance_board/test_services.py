"""The services of a running box: back by themselves, small, and on one screen."""

import json
import time

import pytest

from tests.appliance_board.board import UNITS

MEMORY = 140 * 1024  # kB of all processes with one model (PSS: what is shared counts once)
PATIENCE = 90.0  # s until a unit is back, on a busy computer; the watchdogs wait up to 30


def main_pid(box, unit):
    return box.units()[unit]["MainPID"]


def back(box, unit, before):
    """Seconds until the unit has another process and is ready."""
    began = time.monotonic()
    while True:
        state = box.units().get(unit, {})
        if state.get("SubState") == "running" and state["MainPID"] not in ("0", before):
            return time.monotonic() - began
        assert time.monotonic() < began + PATIENCE, state
        time.sleep(0.1)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("signal", ["KILL", "STOP"])
def test_a_unit_that_dies_or_hangs_is_back_by_itself(box, unit, signal):
    before = main_pid(box, unit)
    box.run(f"kill -{signal} {before}")
    print(f"{unit} {signal}: back after {back(box, unit, before):.1f} s")
    box.await_ready()


def test_twenty_deaths_in_a_row_are_not_too_many(box):
    for _ in range(20):
        before = main_pid(box, "ghostnote-striker")
        box.run(f"kill -KILL {before}")
        back(box, "ghostnote-striker", before)
    box.await_ready()


def test_all_processes_are_small(box):
    box.await_ready()
    script = """for p in $(pgrep -u ghostnote); do
        tr '\\0' ' ' </proc/$p/cmdline | cut -c1-90
        awk '/^(Rss|Pss):/ { print $1, $2 }' /proc/$p/smaps_rollup
    done"""
    said = box.run(script)
    print(said)
    assert sum(int(line.split()[1]) for line in said.splitlines() if line.startswith("Pss:")) < MEMORY


def test_the_status_is_one_screen_and_has_every_unit(box):
    status, said = box.tries("ghostnote status")
    print(said)
    assert len(said.splitlines()) <= 40
    names = [line[2:].split()[0] for line in said.splitlines() if line[2:].strip()]
    assert {unit.removeprefix("ghostnote-") for unit in UNITS} <= set(names)
    units = json.loads(box.tries("ghostnote status --json")[1])["units"]
    assert {unit["name"] for unit in units} == {f"{unit}.service" for unit in UNITS}
    assert "Traceback" not in said
    assert status in (0, 1)


def test_nothing_complains_in_the_log(box):
    said = box.run("journalctl -b -p warning --no-pager -o cat -u 'ghostnote-*' | sort | uniq -c")
    print(said)
    assert "Permission denied" not in said
    assert "Read-only file system" not in said


def test_the_files_of_the_services_belong_to_them(box):
    said = box.run("find /var/lib/ghostnote /run/ghostnote ! -user ghostnote ! -user root -print; "
                   "su -s /bin/sh crew -c 'ghostnote status >/dev/null; test $? -le 1'")  # fmt: skip
    assert said == ""
