"""A box that the page can be tested against alone: it speaks the panel's contract, and plays what was written down.

Sessions, CSRF, WebSocket and policy are as the real server has them; behind them is no player, so that a fault, a late
stroke or a lost connection can be had at will. The whole chain is tested in test_chain.py.
"""

import asyncio
import random
import threading
import time
from typing import Any

import tornado.httpserver
import tornado.netutil

from tests.panel_page import recorded
from tests.panel_page.served import Panel, routes

SILENCE = 0.6  # s after which a call is answered


class Box:
    """Runs in a thread of its own; `do` runs something there and waits for it."""

    def __init__(self) -> None:
        self.state = recorded.state()
        self.panels: set[Panel] = set()
        self.sessions: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []  # every message of every panel
        self.asked: list[tuple[str, str, Any]] = []  # every request that changes something
        self.seq = 0
        self.answers = 23
        self.restarts = True  # whether somebody does what the page may only ask for
        self.waiting: list[str] = []
        self.working = False
        self.looks = 0  # at what became of an update
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
        event = {
            "e": "hit",
            "duet": "left",
            "time": now,
            "key": key,
            "drum": recorded.NAMES.get(key, ""),
            "velocity": velocity,
            "port": "panel",
        }
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
            {
                "e": "stroke",
                "duet": "left",
                "answer": self.answers,
                "step": step,
                "time": origin + step * recorded.STEP,
                "key": key,
                "drum": recorded.NAMES[key],
                "velocity": velocity,
                "muted": False,
            }
            for step, key, velocity in notes
        ]
        told = {
            "e": "answer",
            "duet": "left",
            "answer": self.answers,
            "origin": origin,
            "steps": 32,
            "step_seconds": recorded.STEP,
        }
        answer = {
            "answer": self.answers,
            "origin": origin,
            "step_seconds": recorded.STEP,
            "steps_per_bar": 16,
            "steps_per_beat": 4,
            "steps": 32,
        }
        likely = {
            "answer": self.answers,
            "time": origin,
            "steps": 32,
            "fault": "",
            "log_likelihood": -32 * dice.uniform(0.7, 1.3),
        }
        all_likely = [*self.state["duets"]["left"]["likelihoods"], likely][-64:]
        self.change(
            {"duets": {"left": {"turn": "answering", "answer": answer, "call": None, "likelihoods": all_likely}}},
            [told, *strokes],
        )
        for stroke in strokes:
            struck = {
                "e": "struck",
                "time": stroke["time"],
                "key": stroke["key"],
                "drum": stroke["drum"],
                "velocity": stroke["velocity"],
                "lateness": 0.0001,
            }
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
        elif control in ("metronome", "meter"):
            self.change({"tempo": {control: value}})
        elif control == "scene":
            self.change({"scene": value})
        elif control in recorded.VALUES:
            names = [duet] if duet else list(self.state["duets"])
            self.change({"duets": {name: {"values": {control: value}} for name in names}})
        return ""

    def draw(self, message: dict[str, Any]) -> None:
        lines = {"inputs": message.get("inputs"), "outputs": message.get("outputs")}
        drawn = {"route": lines, "join": {**self.state["duets"]["left"], **lines}, "part": None}[message["t"]]
        self.change({"duets": {message["duet"]: drawn}})

    def told(self, message: dict[str, Any], panel: Panel) -> None:
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
            case "route" | "join" | "part":
                self.draw(message)
            case "learn":
                learning = (
                    {"control": message["control"], "duet": message.get("duet", "")} if message["control"] else None
                )
                self.change({"learning": learning})
            case "learn_pads":
                lesson = (
                    {"pad": message["pad"], "drum": "snare", "left": 5, "text": "Hit the snare"}
                    if message["pad"]
                    else None
                )
                self.change({"lesson": lesson})
            case "seen":
                self.change({"faults": [{**fault, "seen": True} for fault in self.state["faults"]]})
        if "id" in message:
            panel.send(
                {"t": "refused", "id": message["id"], "error": "bad_request", "text": refusal}
                if refusal
                else {"t": "ok", "id": message["id"]}
            )

    def _struck(self, answer: int, event: dict[str, Any]) -> None:
        if answer == self.answers:
            self.change({}, [event])

    def _over(self, answer: int) -> None:
        if answer == self.answers:
            self.change(
                {"duets": {"left": {"turn": "idle", "answer": None}}},
                [{"e": "over", "duet": "left", "time": time.monotonic()}],
            )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def begin() -> None:
            [door] = tornado.netutil.bind_sockets(0, "127.0.0.1")
            self.port = door.getsockname()[1]
            self.address = f"http://127.0.0.1:{self.port}"
            server = tornado.httpserver.HTTPServer(routes(self))
            server.add_sockets([door])
            self._ready.set()

        self._loop.run_until_complete(begin())
        self._loop.run_forever()


def _merge(tree: dict[str, Any], patch: dict[str, Any]) -> None:
    for key, value in patch.items():
        if value is None:
            tree.pop(key, None)
        elif isinstance(value, dict) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = value
