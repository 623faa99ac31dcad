"""What the tests' box serves: the page's files, the API's answers and the live connection, with the real policy."""

import json
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tornado.web
import tornado.websocket

from tests.panel_page import recorded

if TYPE_CHECKING:
    from tests.panel_page.box import Box

PAGE = Path(__file__).parents[2] / "appliance" / "panel" / "page"
PASSWORD = "three sharp knocks"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class Answering(tornado.web.RequestHandler):
    box: "Box"

    def initialize(self, box: "Box") -> None:
        self.box = box

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-cache")

    @property
    def csrf(self) -> str | None:
        return self.box.sessions.get(self.get_cookie("ghostnote_session", "") or "")

    def say(self, answer: Any, status: int = 200) -> None:
        self.set_status(status)
        if answer is not None:
            self.finish(json.dumps(answer))

    def refuse(self, status: int, error: str, text: str = "") -> None:
        self.say({"error": error, "text": text or error}, status)


class Files(Answering):
    def get(self, name: str = "") -> None:
        if self.request.path == "/login":
            return self.redirect("/") if self.csrf else self._file("login.html")
        if self.request.path.startswith("/open/"):
            return self._file(f"open/{name}")
        if not self.csrf:
            return self.redirect("/login", status=303) if self.request.path == "/" else self.refuse(401, "no_session")
        return self._file(name or "index.html")

    def _file(self, name: str) -> None:
        file = (PAGE / name).resolve()
        if not file.is_relative_to(PAGE) or not file.is_file():
            return self.refuse(404, "not_found")
        kinds = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
        self.set_header("Content-Type", f"{kinds[file.suffix]}; charset=utf-8")
        self.finish(file.read_bytes())
        return None


class Api(Answering):
    def get(self, path: str) -> None:
        if not self.csrf:
            return self.refuse(401, "no_session")
        if path == "session":
            return self.say(
                {
                    "csrf": self.csrf,
                    "version": "0.1.0",
                    "initial_password": True,
                    "demo": False,
                    "tls": False,
                    "restarts": self.box.restarts,
                }
            )
        if path == "logs":
            return self.say(
                {
                    "unit": self.get_query_argument("unit"),
                    "lines": ["19:00:01 began", "19:00:04 <b>a call</b>"],
                }
            )
        if path == "update":
            self.box.looks += 1
            stand = {"able": self.box.restarts, "waiting": self.box.waiting, "working": self.box.working}
            return self.say({**stand, "kinds": recorded.versions()})
        if path in recorded.READS:
            return self.say(recorded.READS[path]())
        return self.refuse(404, "not_found")

    def post(self, path: str) -> None:
        if path == "login":
            return self._login()
        if not self._allowed(path):
            return None
        if path in ("calibration", "restart", "update/rollback"):
            return self.say({}, 202)
        match path.split("/"):
            case ["logout"]:
                self.box.sessions.clear()
                return self.say(None, 204)
            case ["password"]:
                new = json.loads(self.request.body)["new"]
                return self.say(None, 204) if len(new) >= 8 else self.refuse(400, "weak_password")
            case ["models", "compare"]:
                names = json.loads(self.request.body)["models"]
                answers = [
                    {
                        "model": name,
                        "phrase": recorded.phrase("answer", n, 9),
                        "log_likelihood": -30.1,
                        "nats_per_step": -0.94,
                        "ms_per_step": 0.8,
                        "fault": "",
                    }
                    for n, name in enumerate(names)
                ]
                return self.say({"call": recorded.phrase("call", 1), "answers": answers})
            case ["drums", _, "buzz"]:
                return self.say({"strokes": 10}, 202)
            case ["concerts", _, "replay"]:
                return self.say({"same": True, "text": ""})
            case ["concerts", _, "phrases", _, "keep"]:
                return self.say({"favourite": 8}, 201)
        return self.refuse(404, "not_found")

    def put(self, path: str) -> None:
        if self._allowed(path):
            if path == "update":
                self.box.waiting = ["install.release"]
                return self.say({"waiting": self.box.waiting}, 202)
            if self.request.body.startswith(b"no model"):
                return self.refuse(400, "model_refused", "it is no TFLite file")
            return self.say({**recorded.model(path.split("/")[1]), "check": {"seconds": 1.0, "ms_per_step": 0.71}}, 201)
        return None

    def patch(self, path: str) -> None:
        if self._allowed(path):
            self.say({"tables": recorded.READS["settings"]()["tables"], "restart": True})

    def delete(self, path: str) -> None:
        if self._allowed(path):
            self.say(None, 204)

    def _allowed(self, path: str) -> bool:
        if not self.csrf:
            self.refuse(401, "no_session")
        elif self.request.headers.get("X-Ghostnote-CSRF") != self.csrf:
            self.refuse(403, "csrf")
        else:
            body = self.request.body if self.request.method == "PUT" else json.loads(self.request.body or b"{}")
            self.box.asked.append((str(self.request.method), path, body))
            return True
        return False

    def _login(self) -> None:
        if json.loads(self.request.body)["password"] != PASSWORD:
            return self.refuse(401, "wrong_password")
        name, csrf = secrets.token_urlsafe(), secrets.token_urlsafe()
        self.box.sessions[name] = csrf
        self.set_cookie("ghostnote_session", name, httponly=True, samesite="Strict")
        return self.say({"csrf": csrf})


class Panel(tornado.websocket.WebSocketHandler):
    def initialize(self, box: "Box") -> None:
        self.box = box

    def open(self, *_: str, **__: str) -> None:
        if self.get_cookie("ghostnote_session", "") not in self.box.sessions:
            self.close(4401)
            return
        self.box.panels.add(self)
        self.send(
            {"t": "snapshot", "seq": self.box.seq, "now": time.monotonic(), "state": self.box.state, "events": []}
        )

    def on_message(self, message: str | bytes) -> None:
        self.box.told(json.loads(message), self)

    def on_close(self) -> None:
        self.box.panels.discard(self)

    def send(self, message: dict[str, Any]) -> None:
        self.write_message(json.dumps(message))


def routes(box: "Box") -> tornado.web.Application:
    own = {"box": box}
    return tornado.web.Application(
        [
            (r"/api/live", Panel, own),
            (r"/api/(.*)", Api, own),
            (r"/(?:open|page)/(.*)", Files, own),
            (r"/(?:login)?", Files, own),
        ],
        log_function=lambda handler: None,
    )
