"""Whatever is asked, within the description of the routes or beside it, nothing breaks in the panel."""

import importlib.util
import json
import subprocess
import sys

import pytest

from appliance.panel.api import OPERATIONS, openapi

_LIMIT = 300.0  # s
# They would end the session of whoever asks, or take seconds each time.
_LEFT_OUT = r"/api/(logout|login|password|models/compare|concerts/.*replay|concerts/.*keep|status|ports|models)$"


def test_every_operation_is_described_and_each_part_of_a_path_is_bounded(browser):
    described = browser.ask("GET", "/api/openapi.json").json
    assert described == json.loads(json.dumps(openapi()))
    assert described["openapi"].startswith("3.1")
    told = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert told == {(one.method, one.path) for one in OPERATIONS}
    for one in OPERATIONS:
        assert one.path.count("{") == one.pattern.count("(?P<")


@pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed")
def test_nothing_within_or_beside_the_description_breaks_it(box, browser, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{box.address}/api/openapi.json"]
    command += ["--checks", "not_a_server_error", "--max-examples", "8", "--seed", "1", "--phases", "examples,fuzzing"]
    command += ["--exclude-path-regex", _LEFT_OUT, "--mode", "all", "--no-color", "--generation-database", "none"]
    command += ["--request-timeout", "60"]
    for name, value in (("Cookie", browser.cookie), ("X-Ghostnote-CSRF", browser.csrf), ("Origin", box.address)):
        command += ["--header", f"{name}: {value}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=_LIMIT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert browser.ask("GET", "/api/session").status == 200
    assert "internal" not in (box.folder / "panel.err").read_text()
