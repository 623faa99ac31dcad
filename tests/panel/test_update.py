"""Updates and restarts from the page: asked of root, refused where nobody listens, never a path or without bound."""

import socket
import time

import pytest

from appliance.drivers.spool import RELEASE
from tests.panel.box import Box, Browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A box whose panel may ask, and nobody who does what it asks."""
    box = Box(tmp_path_factory.mktemp("served"))
    (box.folder / "spool").mkdir()
    box.start("panel", options=("--spool", str(box.folder / "spool")))
    yield box
    box.close()


@pytest.fixture(scope="module")
def visitor(served):
    return Browser.invited(served)


def test_a_box_without_the_service_says_so_and_takes_nothing(box, browser):
    assert browser.ask("GET", "/api/session").json["restarts"] is False
    stand = browser.ask("GET", "/api/update").json
    assert (stand["able"], stand["waiting"], set(stand["kinds"])) == (False, [], {"application", "models", "settings"})
    assert browser.ask("PUT", "/api/update", b"a release", raw=True).error == (503, "no_spool")
    assert browser.ask("POST", "/api/restart", {}).error == (503, "no_spool")


def test_a_release_is_laid_down_for_root_as_it_came_and_once(served, visitor):
    content = bytes(range(256)) * 5000
    answer = visitor.ask("PUT", "/api/update", content, raw=True)
    assert (answer.status, answer.json) == (202, {"waiting": [RELEASE]})
    spool = served.folder / "spool"
    assert [path.name for path in spool.iterdir()] == [RELEASE]
    assert (spool / RELEASE).read_bytes() == content
    # Another does not take its place while root may be reading it.
    assert visitor.ask("PUT", "/api/update", b"another", raw=True).error == (409, "busy")
    assert (spool / RELEASE).read_bytes() == content
    assert [path.name for path in spool.iterdir()] == [RELEASE]
    (spool / RELEASE).unlink()
    assert visitor.ask("PUT", "/api/update", b"another", raw=True).status == 202
    (spool / RELEASE).unlink()


def test_a_restart_is_asked_once(served, visitor):
    assert visitor.ask("GET", "/api/session").json["restarts"] is True
    assert visitor.ask("POST", "/api/restart", {}).json == {"waiting": ["restart"]}
    assert visitor.ask("POST", "/api/restart", {}).error == (409, "busy")
    (served.folder / "spool/restart").unlink()


@pytest.mark.parametrize("kind", ["../../etc", "application\n", "", 7])
def test_what_goes_back_is_one_of_three_kinds(visitor, kind):
    assert visitor.ask("POST", "/api/update/rollback", {"kind": kind}).error == (400, "bad_request")


def test_nothing_goes_back_where_there_is_nothing(served, visitor):
    assert visitor.ask("POST", "/api/update/rollback", {"kind": "models"}).error == (409, "no_other_version")
    assert list((served.folder / "spool").iterdir()) == []


def test_a_release_beyond_every_bound_is_refused_before_it_comes(served, visitor):
    headers = {"Content-Length": str(1 << 40)}
    assert visitor.ask("PUT", "/api/update", b"x", headers, raw=True).error == (413, "too_large")
    assert list((served.folder / "spool").iterdir()) == []


@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/update"), ("POST", "/api/restart")])
def test_another_site_or_nobody_asks_for_nothing(served, visitor, method, path):
    assert visitor.ask(method, path, b"x", {"Origin": "http://evil.example"}, raw=True).error == (403, "csrf")
    assert visitor.ask(method, path, b"x", {"X-Ghostnote-CSRF": "x"}, raw=True).error == (403, "csrf")
    assert Browser(served).ask(method, path, b"x", raw=True).error == (401, "no_session")
    assert list((served.folder / "spool").iterdir()) == []


def test_a_browser_that_goes_in_the_middle_leaves_nothing_and_keeps_no_place(served, visitor):
    head = f"PUT /api/update HTTP/1.1\r\nHost: {served.host}\r\nCookie: {visitor.cookie}\r\n"
    head += f"X-Ghostnote-CSRF: {visitor.csrf}\r\nContent-Length: 1000000\r\n\r\n"
    with socket.create_connection(tuple(served.host.split(":"))) as caller:
        caller.sendall(head.encode() + b"x" * 1000)
        wait_for(lambda: any((served.folder / "spool").iterdir()))
        assert visitor.ask("PUT", "/api/update", b"another", raw=True).error == (409, "busy")
    wait_for(lambda: not any((served.folder / "spool").iterdir()))
    assert visitor.ask("PUT", "/api/update", b"another", raw=True).status == 202
    (served.folder / "spool" / RELEASE).unlink()


def wait_for(true):
    end = time.monotonic() + 20.0
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
