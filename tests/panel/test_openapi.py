"""Whatever is asked, within the description of the routes or beside it, nothing breaks in the panel."""

import importlib.util
import json
import re
import subprocess
import sys

import pytest

from appliance.panel.api import OPERATIONS, openapi
from tests.panel.box import Box, Browser

_LIMIT = 300.0  # s
# What begins and ends sessions has a box of its own: it would lock out whoever asks for the rest.
_ENTRANCE = r"/api/(login|password)$"
_EXIT = r"/api/logout$"
# 503 is a refusal like others: a box without MIDI, or without a service for updates, says so in a sentence.
_CONFIG = '[checks.not_a_server_error]\nexpected-statuses = ["2xx", "3xx", "4xx", "503"]\n'


def test_every_operation_is_described_and_each_part_of_a_path_is_bounded(browser):
    described = browser.ask("GET", "/api/openapi.json").json
    assert described == json.loads(json.dumps(openapi()))
    assert described["openapi"].startswith("3.1")
    told = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert told == {(one.method, one.path) for one in OPERATIONS}
    for one in OPERATIONS:
        assert one.path.count("{") == one.pattern.count("(?P<")


def ask_all(box, browser, folder, *options, examples):
    """Let schemathesis ask, always by the same dice; a server error fails. What it says at its end."""
    (folder / "schemathesis.toml").write_text(_CONFIG)
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{box.address}/api/openapi.json", *options]
    command += ["--checks", "not_a_server_error", "--max-examples", str(examples), "--seed", "1"]
    command += ["--phases", "examples,fuzzing", "--mode", "all", "--no-color", "--generation-database", "none"]
    command += ["--request-timeout", "60"]
    for name, value in (("Cookie", browser.cookie), ("X-Ghostnote-CSRF", browser.csrf), ("Origin", box.address)):
        command += ["--header", f"{name}: {value}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LIMIT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "internal" not in (box.folder / "panel.err").read_text()
    return done.stdout


def asked(said):
    return int(re.search(r"Tested: (\d+)", said)[1])


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("door"))
    box.start("panel")
    yield box
    box.close()


needs_it = pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed")


@needs_it
def test_nothing_within_or_beside_the_description_breaks_it(box, browser, tmp_path):
    beside = f"{_ENTRANCE}|{_EXIT}"
    said = ask_all(box, browser, tmp_path, "--exclude-path-regex", beside, examples=8)
    # The three that are beside it, and the description itself, which it has from there.
    assert asked(said) == len(OPERATIONS) - 4
    assert browser.ask("GET", "/api/session").status == 200


@needs_it
def test_nothing_breaks_the_entrance_and_the_exit(door, tmp_path):
    visitor = Browser.invited(door)
    said = ask_all(door, visitor, tmp_path, "--include-path-regex", _ENTRANCE, examples=8)
    assert asked(said) == 2
    assert visitor.ask("GET", "/api/session").status == 200
    assert asked(ask_all(door, visitor, tmp_path, "--include-path-regex", _EXIT, examples=8)) == 1
    assert visitor.ask("GET", "/api/session").error == (401, "no_session")
