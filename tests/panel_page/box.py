"""A box that the page can be tested against alone: it speaks the panel's contract, and plays what was written down.

Sessions, CSRF, WebSocket and policy are as the real server has them; behind them is no player, so that a fault, a late
stroke or a lost connection can be had at will. The whole chain is tested in test_chain.py.
"""

import asyncio
import json
import random
import secrets

import threading
import time
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from tests.panel_page import recorded

PAGE = Path(__file__).parents[2] / "appliance" / "panel" / "page"
PASSWORD = "three sharp knocks"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
SILENCE = 0.6  # s after which a call is answered


class Box:
    """Runs in a thread of its own; `do` runs something there and waits for it."""

    def __init__(self) -> None:
        self.state = recorded.state()
        self.panels: set[Live] = set()
        self.sessions: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []  # every message of every panel
        self.asked: list[tuple[str, str, Any]] = []  # every request that changes something
        self.seq = 0
        self.answers = 100
        self._silence: asyncio.TimerHandle | None = None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def do(self, deed: Any, *arguments: Any) -> Any:
        async def done() -> Any:
            return deed(*arguments)

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    def change(self, patch: dict[str, Any], events: list[dict[str, Any]] | None = None) -> None:
        """Merge a patch into the state and send it with events to every panel."""
        _merge(self.state, patch)
        self.seq += 1
        message = {"t": "diff", "seq": self.seq, "now": time.monotonic(), "patch": patch, "events": events or []}
        for panel in list(self.panels):
            panel.send(message)

    def hit(self, key: int, velocity: int) -> None:
        now = time.monotonic()
        event = {"e": "hit", "duet": "left", "time": now, "key": key, "drum": recorded.NAMES.get(key, ""), "velocity": velocity, "port": "panel"}  # fmt: skip
        duet = self.state["duets"]["left"]
        patch: dict[str, Any] = {}
        if duet["turn"] != "listening":
            call = {"origin": now, "step_seconds": recorded.STEP, "steps_per_bar": 16, "steps_per_beat": 4}
            patch = {"duets": {"left": {"turn": "listening", "since": now, "call": call, "answer": None}}}
        self.change(patch, [event])
        if self._silence:
            self._silence.cancel()
        self._silence = self._loop.call_later(SILENCE, self.answer)

    def answer(self) -> None:
        """A call is over: two bars of strokes, from a quarter of a second ahead on."""
        origin = time.monotonic() + 0.25
        self.answers += 1
        dice = random.Random(self.answers)
        notes = recorded.phrase("answer", self.answers)["notes"]
        strokes = [
            {"e": "stroke", "duet": "left", "answer": self.answers, "step": step, "time": origin + step * recorded.STEP, "key": key,
             "drum": recorded.NAMES[key], "velocity": velocity, "muted": False}
            for step, key, velocity in notes
        ]  # fmt: skip
        told = {"e": "answer", "duet": "left", "answer": self.answers, "origin": origin, "steps": 32, "step_seconds": recorded.STEP}
        answer = {"answer": self.answers, "origin": origin, "step_seconds": recorded.STEP, "steps_per_bar": 16, "steps_per_beat": 4, "steps": 32}  # fmt: skip
        likely = {"answer": self.answers, "time": origin, "steps": 32, "fault": "", "log_likelihood": -32 * dice.uniform(0.7, 1.3)}
        all_likely = [*self.state["duets"]["left"]["likelihoods"], likely][-64:]
        self.change({"duets": {"left": {"turn": "answering", "answer": answer, "call": None, "likelihoods": all_likely}}}, [told, *strokes])
        for stroke in strokes:
            struck = {"e": "struck", "time": stroke["time"], "key": stroke["key"], "drum": stroke["drum"], "velocity": stroke["velocity"], "lateness": 0.0001}  # fmt: skip
            self._loop.call_later(stroke["time"] - time.monotonic(), self._struck, self.answers, struck)
        self._loop.call_later(0.25 + 32 * recorded.STEP, self._over, self.answers)

    def panic(self) -> None:
        self.answers += 1
        silent = {name: {"turn": "idle", "answer": None, "call": None} for name in self.state["duets"]}
        self.change({"duets": silent}, [{"e": "silence", "time": time.monotonic()}])

    def turn(self, message: dict[str, Any]) -> str:
        control, value, duet = message["control"], message.get("value"), message.get("duet", "")
        span = recorded.SPANS.get(control)
        if span and not span[0] <= value <= span[1]:
            return f"{control} is {span[0]} to {span[1]}, not {value}"
        if control == "tempo":
            self.change({"tempo": {"qpm": value}})
        elif control == "metronome":
            self.change({"tempo": {"metronome": value}})
        elif control == "scene":
            self.change({"scene": value})
        elif control in recorded.VALUES:
            names = [duet] if duet else list(self.state["duets"])
            self.change({"duets": {name: {"values": {control: value}} for name in names}})
        return ""

    def told(self, message: dict[str, Any], panel: "Live") -> None:
        self.heard.append(message)
        refusal = ""
        match message["t"]:
            case "time":
                panel.send({"t": "time", "client": message["client"], "server": time.monotonic()})
            case "hit":
                self.hit(message["key"], message["velocity"])
            case "turn":
                refusal = self.turn(message)
            case "panic":
                self.panic()
            case "route":
                self.change({"duets": {message["duet"]: {"inputs": message["inputs"], "outputs": message["outputs"]}}})
            case "learn":
                learning = {"control": message["control"], "duet": message.get("duet", "")} if message["control"] else None
                self.change({"learning": learning})
            case "learn_pads":
                lesson = {"pad": message["pad"], "drum": "snare", "left": 5, "text": "Hit the snare"} if message["pad"] else None
                self.change({"lesson": lesson})
            case "seen":
                self.change({"faults": [{**fault, "seen": True} for fault in self.state["faults"]]})
        if "id" in message:
            panel.send({"t": "refused", "id": message["id"], "error": "bad_request", "text": refusal} if refusal else {"t": "ok", "id": message["id"]})

    def _struck(self, answer: int, event: dict[str, Any]) -> None:
        if answer == self.answers:
            self.change({}, [event])

    def _over(self, answer: int) -> None:
        if answer == self.answers:
            self.change({"duets": {"left": {"turn": "idle", "answer": None}}}, [{"e": "over", "duet": "left", "time": time.monotonic()}])

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def begin() -> None:
            [door] = tornado.netutil.bind_sockets(0, "127.0.0.1")
            self.port = door.getsockname()[1]
            self.address = f"http://127.0.0.1:{self.port}"
            server = tornado.httpserver.HTTPServer(_routes(self))
            server.add_sockets([door])
            self._ready.set()

        self._loop.run_until_complete(begin())
        self._loop.run_forever()


class Answering(tornado.web.RequestHandler):
    box: Box

    def initialize(self, box: Box) -> None:
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
            return self.say({"csrf": self.csrf, "version": "0.1.0", "initial_password": True, "demo": False, "tls": False})
        if path == "logs":
            return self.say({"unit": self.get_query_argument("unit"), "lines": ["19:00:01 the evening began", "19:00:04 <b>a call</b>"]})
        if path in recorded.READS:
            return self.say(recorded.READS[path]())
        return self.refuse(404, "not_found")

    def post(self, path: str) -> None:
        if path == "login":
            return self._login()
        if not self._allowed(path):
            return None
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
                    {"model": name, "phrase": recorded.phrase("answer", n, 9), "log_likelihood": -30.1, "nats_per_step": -0.94, "ms_per_step": 0.8, "fault": ""}
                    for n, name in enumerate(names)
                ]  # fmt: skip
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


class Live(tornado.websocket.WebSocketHandler):
    def initialize(self, box: Box) -> None:
        self.box = box

    def open(self, *_: str, **__: str) -> None:
        if self.get_cookie("ghostnote_session", "") not in self.box.sessions:
            self.close(4401)
            return
        self.box.panels.add(self)
        self.send({"t": "snapshot", "seq": self.box.seq, "now": time.monotonic(), "state": self.box.state, "events": []})

    def on_message(self, message: str | bytes) -> None:
        self.box.told(json.loads(message), self)

    def on_close(self) -> None:
        self.box.panels.discard(self)

    def send(self, message: dict[str, Any]) -> None:
        self.write_message(json.dumps(message))


def _routes(box: Box) -> tornado.web.Application:
    own = {"box": box}
    return tornado.web.Application(
        [(r"/api/live", Live, own), (r"/api/(.*)", Api, own), (r"/(?:open|page)/(.*)", Files, own), (r"/(?:login)?", Files, own)],
        log_function=lambda handler: None,
    )


def _merge(tree: dict[str, Any], patch: dict[str, Any]) -> None:
    for key, value in patch.items():
        if value is None:
            tree.pop(key, None)
        elif isinstance(value, dict) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = value
