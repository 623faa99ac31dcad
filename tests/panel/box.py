"""A box without hardware: striker, player and panel as processes, and a browser that is none."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

LIMIT = 180.0  # s: far more than anything takes; what hangs fails
INVITATION = "an-invitation-of-the-tests"
PROGRAM = [sys.executable, "-P", "-m", "appliance"]
HOME = str(Path(__file__).parents[2])

SETTINGS = """
[duets.a]
inputs = ["pad", "panel"]
[duets.b]
inputs = ["a"]
outputs = []

[scenes.ballad]
tempo = 72
[scenes.finale]
temperature = 1.5

[call]
bars = 1

[controls]
bindings = [
  { control = "temperature", by = "cc 1", range = [0.5, 1.5], curve = 2.0 },
  { control = "loop", by = "note 20", press = "hold", channel = 3 },
]
"""


class Box:
    """Its processes live in `folder`; each can be ended and started again."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.settings = folder / "ghostnote.toml"
        self.settings.write_text(SETTINGS)
        self.processes = {}
        self.address = ""
        self.password = ""

    def start(self, *names, options=()):
        for name in names:
            self._start(name, options)

    def _start(self, name, options):
        sockets = ["--striker", str(self.folder / "striker.sock"), "--control", str(self.folder / "control.sock")]
        commands = {
            "striker": ["striker", "--dry", "--socket", str(self.folder / "striker.sock"), "--priority", "0"],
            "player": ["run", "--panel-pads", "--priority", "0", "--seed", "7", *sockets],
            "panel": ["panel", "--port", "0", *sockets],
        }
        environment = {
            **os.environ,
            "PYTHONPATH": HOME,
            "STATE_DIRECTORY": str(self.folder),
            "GHOSTNOTE_INVITATION": INVITATION,
        }
        with (self.folder / f"{name}.err").open("ab") as errors:
            process = subprocess.Popen(
                [*PROGRAM, *commands[name], "--settings", str(self.settings), "--until-eof", *options],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if name == "panel" else subprocess.DEVNULL,
                stderr=errors,
            )
        self.processes[name] = process
        if name == "panel":
            for line in process.stdout:
                if line.startswith(b"the panel's password is "):
                    self.password = line.split()[-1].decode()
                if line.startswith(b"panel: "):
                    self.address = re.match(r"panel: (\w+://[^/]+)/", line.decode())[1]
                    return
            raise AssertionError((self.folder / "panel.err").read_text())

    def end(self, name):
        process = self.processes.pop(name)
        process.stdin.close()
        assert process.wait(LIMIT) == 0, (self.folder / f"{name}.err").read_text()
        if process.stdout is not None:
            process.stdout.close()

    def close(self):
        for name in reversed(tuple(self.processes)):
            self.end(name)

    @property
    def host(self):
        return self.address.partition("//")[2]


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return (self.status, self.json["error"])


class Browser:
    """One session; `cookie` and `csrf` may be taken from another."""

    def __init__(self, box, cookie="", csrf=""):
        self.box = box
        self.cookie = cookie
        self.csrf = csrf

    @classmethod
    def invited(cls, box, token=INVITATION):
        browser = cls(box)
        assert browser.ask("GET", f"/login?token={token}").status == 303
        browser.csrf = browser.ask("GET", "/api/session").json["csrf"]
        return browser

    def ask(self, method, path, body=None, headers=None, raw=False):
        given = {"Cookie": self.cookie, "X-Ghostnote-CSRF": self.csrf, "Origin": self.box.address}
        given |= headers or {}
        data = body if raw or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.box.address + path, data, method=method)
        for name, value in given.items():
            if value:
                request.add_header(name, value)
        opener = urllib.request.build_opener(_Stay)
        with contextlib.closing(_open(opener, request)) as answer:
            cookie = answer.headers.get("Set-Cookie", "")
            if "ghostnote_session=" in cookie:
                self.cookie = cookie.partition(";")[0]
            return Answer(answer.status, answer.headers, answer.read())

    async def page(self, **headers):
        return await Page.open(self, **headers)


def live(act):
    """Run what opens pages, and close them all."""

    async def run():
        Page.opened = []
        try:
            return await act()
        finally:
            for page in Page.opened:
                await page.close()

    return asyncio.run(run())


class Page:
    """An open WebSocket."""

    opened: ClassVar = []

    def __init__(self, connection):
        self.connection = connection
        self.state = {}
        self.marks = []
        self.answers = []
        self.seq = None
        Page.opened.append(self)

    async def close(self):
        self.connection.close()
        with contextlib.suppress(asyncio.TimeoutError):
            while await asyncio.wait_for(self.connection.read_message(), 5.0) is not None:
                pass

    @classmethod
    async def open(cls, browser, **headers):
        given = {"Cookie": browser.cookie, "Origin": browser.box.address, **headers}
        url = browser.box.address.replace("http", "ws", 1) + "/api/live"
        return cls(await websocket_connect(HTTPRequest(url, headers={k: v for k, v in given.items() if v})))

    def say(self, **words):
        return self.connection.write_message(json.dumps(words))

    async def hear(self):
        """The next frame, taken in; None when it was closed."""
        text = await asyncio.wait_for(self.connection.read_message(), LIMIT)
        if text is None:
            return None
        frame = json.loads(text)
        if frame["t"] == "snapshot":
            self.state, self.seq = frame["state"], frame["seq"]
            self.marks += frame["events"]
        elif frame["t"] == "diff":
            assert frame["seq"] == self.seq + 1
            self.seq = frame["seq"]
            merge(self.state, frame["patch"])
            self.marks += frame["events"]
        else:
            self.answers.append(frame)
        return frame

    async def until(self, true):
        """Until something is so of this page."""
        end = time.monotonic() + LIMIT
        while not (found := true(self)):
            assert time.monotonic() < end, self.state
            assert await self.hear() is not None
        return found

    async def answer(self, number):
        return await self.until(lambda page: next((one for one in page.answers if one.get("id") == number), None))


def merge(tree, patch):
    """RFC 7396."""
    for key, value in patch.items():
        if value is None:
            tree.pop(key, None)
        elif isinstance(value, dict) and isinstance(tree.get(key), dict):
            merge(tree[key], value)
        else:
            tree[key] = value


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _open(opener, request):
    try:
        return opener.open(request, timeout=LIMIT)
    except urllib.error.HTTPError as error:
        return error
