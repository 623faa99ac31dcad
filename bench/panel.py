"""How quick the panel is, and what it costs: click to command, hit to page, lateness with pages and without.

    python -m bench.panel [--clicks 400] [--seconds 12] [--rounds 10] [--json FILE]

The first three rows: the real player, worker and panel, and an end of the striker's socket that looks at the clock; a
click is a WebSocket frame, stamped before it is sent. Beside it, in turn, the same hit goes to the player's own socket:
the difference is the panel's. Then the real striker on dry motors beats a loop, a process of the model's steps running
flat out beside it, in turn with no page and with ten that read all they are sent; a witness above all priorities says
when the machine itself stood still (bench/freeze_witness.py). And the panel's start and size.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from appliance.commands.panel import INVITATION
from appliance.controls.wire import Play
from appliance.views.figures import percentile
from bench.chain import as_striker, load
from bench.freeze_witness import light_witness, standstills
from bench.report import Row, options, publish
from bench.striker_lateness import WITNESS
from bench.thru import KEYS, StampingStriker

CLICK, SHOWN = 0.015, 0.100  # s: what a click may take at the 95th percentile, and a hit until a page has it
RATIO = 1.10  # of lateness with ten pages to that with none, at the 99.9th percentile
IMPORT, RESIDENT = 0.3, 60.0  # s, MB
PAGES = 10

SETTINGS = """
[pad]
debounce = 0.0
[tempo]
qpm = 280.0
[call]
bars = 1
[answer]
thru = {thru}
loop = {loop}
[sampling]
density = 0.5
"""

Seconds = list[float]


class Panel:
    """A panel that runs, and whoever is logged in there."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.control = folder / "control.sock"
        assert process.stdout is not None
        link = next(line[7:].decode().strip() for line in process.stdout if line.startswith(b"panel: "))
        self.address = link.partition("/login")[0]
        self.cookie = _cookie(link)

    async def page(self) -> WebSocketClientConnection:
        """Another page, on which the player is there."""
        url = self.address.replace("http", "ws", 1) + "/api/live"
        headers = {"Cookie": self.cookie, "Origin": self.address}
        page: WebSocketClientConnection = await websocket_connect(HTTPRequest(url, headers=headers))
        while '"here":true,"model"' not in str(await page.read_message()):
            pass
        return page

    @property
    def resident(self) -> float:
        """MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def running(folder: Path, *, thru: bool, loop: bool, priority: int) -> Iterator[Panel]:
    """Player and panel."""
    owner = folder / "mine.toml"
    owner.write_text(SETTINGS.format(thru=str(thru).lower(), loop=str(loop).lower()))
    sockets = ["--striker", str(folder / "striker.sock"), "--control", str(folder / "control.sock")]
    words = ["--settings", str(owner), "--until-eof"]
    with (
        process("run", "--panel-pads", "--priority", str(priority), *sockets, *words),
        process("panel", "--port", "0", "--folder", str(folder / "panel"), *sockets, *words) as panel,
    ):
        yield Panel(panel, folder)


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """`ghostnote` with these words, until the block ends."""
    environment = {**os.environ, INVITATION: "bench"}
    started = subprocess.Popen(
        [sys.executable, "-m", "appliance", *words],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        assert started.stdin is not None
        started.stdin.close()
        started.wait(10.0)


async def clicks(panel: Panel, striker: StampingStriker, count: int) -> tuple[Seconds, Seconds, Seconds]:
    """Seconds from click to command, from the player's socket to command, and from a hit to the page that shows it."""
    page = await panel.page()
    straight = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    straight.connect(str(panel.control))
    shown = Seconds()
    reading = asyncio.create_task(_read(page, shown))
    through, without = Seconds(), Seconds()
    loop = asyncio.get_running_loop()
    for number in range(count):
        await asyncio.sleep(0.05)
        key = KEYS[number % len(KEYS)]
        by_panel = number % 2 == 0
        came = loop.run_in_executor(None, striker.await_thru, key)
        await asyncio.sleep(0.002)  # it waits in its thread
        since = time.monotonic()
        if by_panel:
            await page.write_message(f'{{"t":"hit","key":{key},"velocity":100}}')
        else:
            straight.send(msgspec.json.encode(Play((0x99, key, 100))))
        arrived = await came
        if arrived is None:
            raise SystemExit(f"click {number} never came through")
        (through if by_panel else without).append(arrived - since)
    await asyncio.sleep(0.3)
    reading.cancel()
    return through, without, shown


async def _read(page: WebSocketClientConnection, late: Seconds) -> None:
    while (text := await page.read_message()) is not None:
        now = time.monotonic()
        frame = json.loads(text)
        if frame["t"] == "diff":  # a snapshot shows again what was shown before
            late += [now - mark["time"] for mark in frame["events"] if mark["e"] == "hit"]


def lateness(seconds: float, rounds: int, priority: int) -> tuple[list[tuple[Seconds, ...]], float]:
    """How late edges were with no page and with ten, in turn; and the panel's size with ten (MB).

    All edges, and those that no standstill of the machine held up.
    """
    spans: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    with tempfile.TemporaryDirectory(prefix="ghostnote-") as name, ExitStack() as stack:
        folder = Path(name)
        edges = folder / "edges.json"
        still = folder / "standstills"
        witness = light_witness(still, *WITNESS, folder)
        stack.callback(witness.wait)
        stack.callback(witness.kill)
        words = ["--socket", str(folder / "striker.sock"), "--lateness", str(edges), "--until-eof"]
        with process("striker", "--dry", *words), running(folder, thru=False, loop=True, priority=priority) as panel:
            asyncio.run(_call(panel))
            stack.enter_context(load(1))
            for _ in range(rounds):
                spans[False].append(_span(seconds))
                pages = subprocess.Popen(
                    [sys.executable, "-m", "bench.panel_pages", panel.address, panel.cookie, str(PAGES)],
                    stdout=subprocess.PIPE,
                )
                assert pages.stdout is not None
                pages.stdout.readline()
                spans[True].append(_span(seconds))
                resident = panel.resident
                pages.kill()
                pages.wait()
                pages.stdout.close()
            stack.close()
        timed = [(at, abs(late)) for at, late in json.loads(edges.read_bytes())]
        frozen = standstills(still)
    moved = [(at, late) for at, late in timed if not _within(at, frozen) and not _within(at + late, frozen)]
    kinds = [timed, moved]
    return [tuple(_late(kind, spans[open_]) for open_ in (False, True)) for kind in kinds], resident


def _late(edges: Sequence[tuple[float, float]], spans: Sequence[tuple[float, float]]) -> Seconds:
    return [late for at, late in edges if _within(at, spans)]


def _within(at: float, spans: Sequence[tuple[float, float]]) -> bool:
    return any(since <= at < until for since, until in spans)


async def _call(panel: Panel) -> None:
    """A bar, which is answered and then goes round."""
    page = await panel.page()
    for key in (36, 42, 38, 42):
        await page.write_message(f'{{"t":"hit","key":{key},"velocity":100}}')
        await asyncio.sleep(0.3)
    while '"struck"' not in str(await page.read_message()):
        pass
    page.close()


def _span(seconds: float) -> tuple[float, float]:
    since = time.monotonic() + 1.0
    time.sleep(seconds + 1.0)
    return since, time.monotonic()


def start() -> float:
    """Seconds of processor that the panel's modules take to import, the median of five."""
    code = "import time; t = time.process_time(); import appliance.commands.panel_rooms; print(time.process_time() - t)"
    taken = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    return sorted(taken)[2]


def row(what: str, seconds: Sequence[float], share: float, target: float) -> Row:
    """A row of milliseconds."""
    found = percentile(seconds, share)
    shown: dict[str, Any] = {
        "what": what,
        "count": len(seconds),
        "p50 ms": 1e3 * percentile(seconds, 0.5),
        "p95 ms": 1e3 * percentile(seconds, 0.95),
        "p99.9 ms": 1e3 * percentile(seconds, 0.999),
        "max ms": 1e3 * max(seconds),
        "target ms": 1e3 * target if target else "",
        "kept": "" if not target else "yes" if found <= target else "no",
    }
    return shown


def _cookie(link: str) -> str:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(link)
    except urllib.error.HTTPError as answer:
        cookies = SimpleCookie(answer.headers["Set-Cookie"])
        answer.close()
        return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    raise SystemExit("the invitation was not taken")


def main() -> None:
    """Print and write the figures."""
    parser = options(__doc__.partition("\n")[0], "panel")
    parser.add_argument("--clicks", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=12.0, help="of each span with or without pages")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--priority", type=int, default=40, help="the player's")
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="ghostnote-") as name:
        striker = StampingStriker(Path(name) / "striker.sock")
        with running(Path(name), thru=True, loop=False, priority=args.priority) as panel:
            striker.accept()
            alone = panel.resident
            through, without, shown = asyncio.run(clicks(panel, striker, args.clicks))
        striker.close()
    rows.append(row("click on a page to the stroke's command", through, 0.95, CLICK))
    rows.append(row("the same hit at the player's own socket", without, 0.95, 0.0))
    rows.append(row("hit until a page has it", shown, 0.95, SHOWN))
    as_striker(1)
    kinds, resident = lateness(args.seconds, args.rounds, args.priority)
    times = []
    for kind, (none, ten) in zip(("all edges", "outside standstills"), kinds, strict=True):
        rows.append(row(f"lateness, no page, {kind}", none, 0.999, 0.0))
        rows.append(row(f"lateness, {PAGES} pages, {kind}", ten, 0.999, RATIO * percentile(none, 0.999)))
        times.append(percentile(ten, 0.999) / percentile(none, 0.999))
    imported = start()
    notes = [
        f"the p99.9 of lateness with {PAGES} pages is {times[0]:.2f} times that with none",
        f"outside standstills of the machine it is {times[1]:.2f} times that with none",
        f"the panel's modules take {imported:.3f} s of processor to import (target {IMPORT})",
        f"the panel has {alone:.0f} MB resident, with {PAGES} pages {resident:.0f} MB (target {RESIDENT:.0f})",
    ]
    publish("The panel beside a concert", rows, notes, args.json)


if __name__ == "__main__":
    main()
