"""Who is let in, by a real server on loopback."""

import json
import stat
import subprocess

import pytest

from appliance.panel.api import OPERATIONS
from tests.panel.box import LIMIT, PROGRAM, Box, Browser

EXAMPLES = {"model": "x", "story": "rock", "drum": "snare", "kind": "call", "evening": "1", "number": "1"}


def example(path):
    for part, value in EXAMPLES.items():
        path = path.replace("{" + part + "}", value)
    return path


@pytest.fixture
def alone(tmp_path):
    """A panel whose player and striker are away."""
    box = Box(tmp_path)
    box.start("panel")
    yield box
    box.close()


@pytest.mark.parametrize("one", [one for one in OPERATIONS if not one.open], ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_refuses_without_a_session(box, one):
    for cookie in ("", "ghostnote_session=", "ghostnote_session=" + "x" * 43):
        answer = Browser(box, cookie).ask(one.method, example(one.path), {})
        assert answer.error == (401, "no_session")


def test_so_does_every_other_path(box):
    nobody = Browser(box)
    for path in ("/page/panel.js", "/page/../panel.js", "/nothing", "/api/nothing", "/api/", "/api/live", "/%00"):
        assert nobody.ask("GET", path).error == (401, "no_session")
    assert nobody.ask("GET", "/").headers["Location"] == "/login"


def test_every_answer_has_the_headers_that_keep_strangers_out(box, browser):
    for asking, path in (
        (browser, "/api/session"),
        (browser, "/nothing"),
        (Browser(box), "/"),
        (Browser(box), "/api/x"),
    ):
        headers = asking.ask("GET", path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_password_that_was_printed_lets_in_by_a_cookie_that_no_script_reads(alone):
    assert len(alone.password) == 14
    browser = Browser(alone)
    answer = browser.ask("POST", "/api/login", {"password": alone.password})
    assert answer.status == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert browser.ask("GET", "/api/session").json["csrf"] == answer.json["csrf"]


def test_it_is_kept_as_a_hash_where_nobody_else_reads_it(alone):
    path = alone.folder / "panel" / "password.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text())
    assert kept["first"] == alone.password
    browser = Browser(alone)
    browser.csrf = browser.ask("POST", "/api/login", {"password": alone.password}).json["csrf"]
    other = Browser(alone)
    other.ask("POST", "/api/login", {"password": alone.password})
    change = {"old": alone.password, "new": "a word of ours"}
    assert browser.ask("POST", "/api/password", change).status == 204
    text = path.read_text()
    assert "a word of ours" not in text
    assert alone.password not in text
    assert browser.ask("GET", "/api/session").json["initial_password"] is False
    assert other.ask("GET", "/api/session").error == (401, "no_session")
    assert Browser(alone).ask("POST", "/api/login", {"password": "a word of ours"}).status == 200
    assert Browser(alone).ask("POST", "/api/login", {"password": alone.password}).error == (401, "wrong_password")


def test_a_short_password_is_refused(alone):
    browser = Browser(alone)
    browser.csrf = browser.ask("POST", "/api/login", {"password": alone.password}).json["csrf"]
    answer = browser.ask("POST", "/api/password", {"old": alone.password, "new": "short"})
    assert answer.error == (400, "weak_password")


def test_who_guesses_has_to_wait_and_keeps_nobody_else_out(alone):
    inside = Browser(alone)
    inside.ask("POST", "/api/login", {"password": alone.password})
    guesses = [Browser(alone).ask("POST", "/api/login", {"password": f"guess {n}"}).status for n in range(8)]
    assert guesses == [401] * 5 + [429] * 3
    answer = Browser(alone).ask("POST", "/api/login", {"password": alone.password})
    assert answer.error == (429, "too_many_tries")
    assert int(answer.headers["Retry-After"]) > 20
    assert inside.ask("GET", "/api/session").status == 200


def test_a_session_ends_with_the_logout_and_outlives_the_panel(alone):
    browser = Browser(alone)
    browser.csrf = browser.ask("POST", "/api/login", {"password": alone.password}).json["csrf"]
    alone.end("panel")
    alone.start("panel")
    assert browser.ask("GET", "/api/session").status == 200
    assert browser.ask("POST", "/api/logout", {}).status == 204
    assert browser.ask("GET", "/api/session").error == (401, "no_session")


def test_an_invitation_lets_one_in_once(alone):
    Browser.invited(alone)
    answer = Browser(alone).ask("GET", "/login?token=an-invitation-of-the-tests")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-Ghostnote-CSRF": ""},
        {"X-Ghostnote-CSRF": "0" * 64},
        {"X-Ghostnote-CSRF": "é"},
    ],
)
def test_another_site_changes_nothing(box, browser, headers):
    for method, path in (("POST", "/api/logout"), ("PATCH", "/api/settings"), ("PUT", "/api/models/evil")):
        assert browser.ask(method, path, {"changes": {"tempo.qpm": 50}}, headers).error == (403, "csrf")
    assert browser.ask("GET", "/api/session").status == 200
    assert "tempo" not in box.settings.read_text().partition("[scenes")[0]


def test_another_site_cannot_log_anybody_in(box):
    headers = {"Origin": "http://evil.example"}
    assert Browser(box).ask("POST", "/api/login", {"password": "x"}, headers).error == (403, "csrf")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", "localhost.evil:80", ""])
def test_a_name_that_is_not_ours_is_refused(browser, host):
    answer = browser.ask("GET", "/api/session", headers={"Host": host or "x"})
    assert answer.error == (400, "bad_request")


@pytest.mark.parametrize(
    "path",
    [
        "/page/../../pyproject.toml",
        "/page/%2e%2e/%2e%2e/pyproject.toml",
        "/page/..%2f..%2fpyproject.toml",
        "/page//etc/passwd",
        "/open/../index.html/../../../settings.py",
        "/open/..%5c..%5cfacts.py",
        "/api/models/..%2f..%2fetc",
        "/api/concerts/..%2f1",
        "/api/favourites/%2e%2e",
        "/api/stories/../../etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_page(browser, path):
    for method in ("GET", "DELETE", "PUT"):
        assert browser.ask(method, path, {} if method == "PUT" else None).status in (404, 405)


def test_requests_that_are_none_are_told_so(browser):
    for body in (b"", b"{", b"[]", b'{"password": 1}', b'{"old":"x","new":"y","more":1}', b"[" * 2000, b"\xff\xfe"):
        answer = browser.ask("POST", "/api/password", body, raw=True)
        assert answer.error == (400, "bad_request")
    try:
        status = browser.ask("POST", "/api/models/compare", b"x" * 100_000, raw=True).status
    except ConnectionError:  # it hangs up before all of it was sent
        status = 413
    assert status in (400, 413)


def said(box, *words, given=None):
    command = [*PROGRAM, "panel", "password", "--folder", str(box.folder / "panel"), *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=LIMIT)


def test_the_console_shows_the_first_password_and_changes_it(alone):
    assert alone.password in said(alone).stdout
    assert said(alone, "--change", given="short\n").returncode == 2
    inside = Browser(alone)
    inside.ask("POST", "/api/login", {"password": alone.password})
    assert said(alone, "--change", given="a word of the crew\n").returncode == 0
    shown = said(alone)
    assert (shown.returncode, "a word of the crew" in shown.stdout) == (1, False)
    assert Browser(alone).ask("POST", "/api/login", {"password": "a word of the crew"}).status == 200


def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    command = [*PROGRAM, "panel", "--folder", str(tmp_path / "file" / "panel")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 2
    assert "cannot use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told_in_a_sentence(alone, tmp_path):
    port = alone.host.partition(":")[2]
    command = [*PROGRAM, "panel", "--folder", str(tmp_path / "other"), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 2
    assert "cannot listen at 127.0.0.1" in done.stderr
