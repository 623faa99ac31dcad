"""How exact strokes are at the pins of an Arduino, and how it comes through resets and unplugs.

    python -m bench.arduino_chain [--seconds 30] [--turns 4] [--rounds 1000] [--json FILE]

The striker's process, its socket, a pseudo-terminal, and the compiled firmware in simavr, which runs in real time: its
pins are read to the cycle of the simulated board, whose cycles follow CLOCK_MONOTONIC. First the whole chain plays:
`ghostnote run` hears the calls of the test stories, and its model's answers are beaten, by timed strokes and by plain
MIDI notes. Then both play one song that is sent to the striker's socket. Then the board is reset, unplugged, or its
supply cut, while a song plays, and each time it is measured how long it takes until a stroke is struck again: the
instant of that stroke. What simavr does not have is a USB controller between host and board, which adds up to 1 ms to
each message (a full-speed frame).
"""

import random
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from appliance.drivers.realtime import PLAYER_PRIORITY, become_prompt
from appliance.drivers.striker_link import StrikerLink
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.touch import profile_of
from appliance.strike.wire import Fault, Reply
from appliance.views.figures import percentile
from bench.report import Row, options, publish

REPOSITORY = Path(__file__).parents[1]
STORIES = REPOSITORY / "tests/stories"
HZ = 16e6
BOOTLOADER = 1_000_000  # us that a board does not hear behind a reset
TARGET, BACK = 0.001, 2.0  # s: a stroke's error (p99), and until a board plays again

# Three motors with their strength on a pin of their own, so that a direction's edge is the stroke's.
KIT = {"kick": "D2", "snare": "D5", "hi_hat": "B0"}
SETTINGS = """
[arduino]
role = "output"
port = "{port}"
protocol = "{protocol}"
driver = "pins"
[arduino.motors.kick]
kind = "in_in_enable"
in1 = 2
in2 = 3
enable = 4
[arduino.motors.snare]
kind = "in_in_enable"
in1 = 5
in2 = 6
enable = 7
[arduino.motors.hi_hat]
kind = "in_in_enable"
in1 = 8
in2 = 9
enable = 10
"""
GIVEN_UP = 15.0  # s
COUNTED = 0.15  # s behind a loss: a stroke that the board had already begun is none that it is back with
LATE = 0.030  # s within which an edge is that of a stroke


class Board:
    """A simulated board, and what its pins did."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "port"
        self._trace = folder / "trace"
        firmware = REPOSITORY / "hw/firmware"
        subprocess.run(["make", "--silent", "-C", str(firmware), f"OUT={folder}", "uno-pins"], check=True)
        program = folder / "avr_board"
        source = REPOSITORY / "tests/firmware/avr_board.c"
        libraries = ["-lsimavr", "-lsimavrparts", "-lelf"]
        subprocess.run(["cc", "-O2", str(source), "-o", str(program), *libraries], check=True)
        self._command = [
            str(program),
            "atmega328p",
            str(folder / "uno-pins.elf"),
            str(folder / "eeprom"),
            str(self.port),
        ]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """In real time, and before everything that it is to answer."""
        self._process = subprocess.Popen(
            [*self._command, str(BOOTLOADER)],
            stdin=subprocess.PIPE,
            stdout=self._trace.open("w"),
            text=True,
        )
        while not self.port.is_symlink():
            time.sleep(0.05)

    def say(self, command: str) -> None:
        """What happens to it."""
        stdin = self._stdin()
        stdin.write(f"{command}\n")
        stdin.flush()

    def stop(self) -> None:
        """The end."""
        assert self._process is not None, "it runs"
        self.say("end")
        self._process.wait(20)

    def edges(self, *pins: str) -> Iterator[tuple[float, str, int]]:
        """What these pins did, at instants (s) of the host's monotonic clock; after a reset all are low."""
        first, zero = 0.0, 0.0
        for line in self._trace.read_text().splitlines():
            words = line.split()
            if len(words) == 3 and words[1] == "M":
                first, zero = float(words[0]), int(words[2]) / 1e9
            at = zero + (float(words[0]) - first) / HZ if words and words[0].isdigit() else 0.0
            if len(words) == 3 and words[1] in pins:
                yield at, words[1], int(words[2])
            elif len(words) == 3 and words[1] == "R":
                yield from ((at, pin, 0) for pin in pins)

    def _stdin(self) -> IO[str]:
        assert self._process is not None, "it runs"
        assert self._process.stdin is not None, "it has a pipe"
        return self._process.stdin


@contextmanager
def striker(folder: Path, port: Path, protocol: str) -> Iterator[StrikerLink]:
    settings, socket = folder / f"{protocol}.toml", folder / "striker.sock"
    settings.write_text(SETTINGS.format(port=port, protocol=protocol))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "appliance",
            "striker",
            "--until-eof",
            "--socket",
            str(socket),
            "--settings",
            str(settings),
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
    )
    try:
        with StrikerLink.connect(socket, 30.0) as link:
            patience = time.monotonic() + (20.0 if protocol == "ghostnote" else 3.0)
            while time.monotonic() < patience and not any(
                isinstance(reply, Fault) and "is ready" in reply.text for reply in link.wait(0.5)
            ):
                pass
            yield link
    finally:
        process.communicate(timeout=60)


def song(begin: float, seconds: float, chance: random.Random) -> list[Stroke]:
    strokes = [
        Stroke(begin + n * 0.09 + chance.uniform(0, 0.008) + shift, key, chance.randint(20, 127))
        for key, shift in ((36, 0.0), (38, 0.011))
        for n in range(int(seconds / 0.09))
    ]
    return sorted(strokes, key=lambda stroke: stroke.time)


def perform(link: StrikerLink, strokes: list[Stroke]) -> list[Reply]:
    replies: list[Reply] = []
    waiting, unanswered = list(strokes), len(strokes)
    while unanswered > 0:
        horizon = time.monotonic() + 1.0
        due = [stroke for stroke in waiting if stroke.time <= horizon]
        waiting = waiting[len(due) :]
        link.send(due)
        for reply in link.wait(0.1):
            replies.append(reply)
            unanswered -= isinstance(reply, Struck | LeftOut)
    return replies


Play = Callable[[StrikerLink, Path], list[Reply]]


def answers(turns: int, link: StrikerLink, folder: Path) -> list[Reply]:
    """What becomes of all strokes of so many answers of `ghostnote run`."""
    stories = [str(story) for story in sorted(STORIES.glob("*.mid"))]
    words = [
        "run",
        "--striker",
        str(folder / "striker.sock"),
        "--turns",
        str(turns),
        "--seed",
        "1",
        "--story",
        *stories,
    ]
    player = subprocess.Popen([sys.executable, "-m", "appliance", *words], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    replies: list[Reply] = []
    while player.poll() is None:
        replies.extend(link.wait(0.1))
    if player.returncode:
        raise SystemExit(f"the player ended with {player.returncode}")
    return replies + list(link.wait(0.5))


def measure(folder: Path, protocol: str, whence: str, play: Play) -> tuple[Row, list[str]]:
    board = Board(folder)
    board.start()
    with striker(folder, board.port, protocol) as link:
        time.sleep(3.0)  # the clock is known by then, as it is long before a song
        replies = play(link, folder)
    board.stop()
    struck = {reply.stroke for reply in replies if isinstance(reply, Struck)}
    left_out = Counter(str(reply.reason) for reply in replies if isinstance(reply, LeftOut))
    errors, missed = compare(board, struck)
    what = f"{protocol}, from {whence}"
    row = _row(f"strokes at the pins, {what}", list(map(abs, errors)))
    told = ", ".join(f"{count} {reason}" for reason, count in left_out.items()) or "none"
    notes = [f"{what}: {len(struck)} struck, {missed} of them not at the pins; left out: {told}"]
    median = percentile(sorted(errors), 0.5)
    notes.append(f"{what}: the error's median is {1e6 * median:.0f} us, late is positive")
    return row, notes


PARTS = (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0))


def compare(board: Board, struck: set[Stroke]) -> tuple[list[float], int]:
    kit = load_settings().room("strike", StrikeSettings)
    motors = {motor.name: motor for motor in kit.motors}
    errors, missed = [], 0
    for name, pin in KIT.items():
        rises = [at for at, _, level in board.edges(pin) if level]
        for stroke in struck:
            if motors[name] not in kit.kit.motors_for(stroke.pitch):
                continue
            start = stroke.time - profile_of(motors[name], stroke.velocity).lead
            near = min(rises, key=lambda at: abs(at - start), default=float("inf"))
            if abs(near - start) > LATE:
                missed += 1
            else:
                errors.append(near - start)
    return errors, missed


def campaign(folder: Path, rounds: int) -> tuple[list[Row], list[str]]:
    """Resets, unplugs and cuts of power in a song; each is over when the next stroke is struck."""
    chance = random.Random(2)
    board = Board(folder)
    board.start()
    gone: dict[str, list[float]] = {"reset": [], "brown-out": [], "unplugged": [], "power cut": []}
    commands = {"reset": "reset 2", "brown-out": "reset 4", "unplugged": "unplug 300000", "power cut": "power"}
    replies: list[Reply] = []
    with striker(folder, board.port, "ghostnote") as link:
        latest = time.monotonic()
        for count in range(rounds):
            what = chance.choice(list(commands))
            latest = keep_playing(link, latest, time.monotonic() + chance.uniform(0.25, 0.45), replies)
            after = len(replies)
            began = time.monotonic()
            board.say(commands[what])
            back: list[float] = []
            while not back and time.monotonic() - began < GIVEN_UP:
                latest = keep_playing(link, latest, time.monotonic() + 0.05, replies)
                told = (reply for reply in replies[after:] if isinstance(reply, Struck))
                back = [reply.stroke.time for reply in told if reply.stroke.time > began + COUNTED]
            took = min(back, default=time.monotonic()) - began
            gone[what].append(took)
            if took > BACK:
                said = [reply.text for reply in replies[after:] if isinstance(reply, Fault)]
                sys.stderr.write(f"{count}: {what}, back after {took:.2f} s: {said}\n")
            elif count % 50 == 49:
                sys.stderr.write(
                    f"{count + 1} losses, the longest {max(max(times, default=0) for times in gone.values()):.2f} s\n"
                )
        keep_playing(link, latest, time.monotonic() + 1.0, replies)
    board.stop()
    rows = [_row(f"back after {what}", times) for what, times in gone.items() if times]
    return rows, verdict(board, replies, gone)


def _row(what: str, seconds: list[float]) -> Row:
    row: Row = {"what": what, "samples": len(seconds)}
    for name, part in PARTS:
        row[f"{name} us"] = round(1e6 * percentile(sorted(seconds), part), 1)
    return row


def keep_playing(link: StrikerLink, latest: float, until: float, replies: list[Reply]) -> float:
    """Strokes of a beat, half a second ahead; returns the instant of the last that was sent."""
    while time.monotonic() < until:
        horizon = time.monotonic() + 0.5
        strokes: list[Stroke] = []
        while latest < horizon:
            latest = max(latest + 0.1, time.monotonic() + 0.1)
            strokes.append(Stroke(latest, 36 if len(strokes) % 2 else 38, 90))
        if strokes:
            link.send(strokes)
        replies.extend(link.wait(0.02))
    return latest


def verdict(board: Board, replies: list[Reply], gone: dict[str, list[float]]) -> list[str]:
    kit = load_settings().room("strike", StrikeSettings)
    longest, rises = 0.0, Counter[str]()
    since: dict[str, float] = {}
    for at, pin, level in board.edges("D2", "D3", "D5", "D6", "B0", "B1"):
        if level:
            since[pin] = at
            rises[pin] += 1
        elif pin in since:
            longest = max(longest, at - since.pop(pin))
    struck = Counter(reply.stroke for reply in replies if isinstance(reply, Struck))
    told = Counter(reply.stroke for reply in replies if isinstance(reply, Struck | LeftOut))
    times = [seconds for found in gone.values() for seconds in found]
    pushes = rises["D2"] + rises["D5"] + rises["B0"]
    return [
        f"{len(times)} losses in mid-song, the longest until a stroke was struck {max(times):.2f} s, target {BACK} s: "
        f"{'met' if max(times) <= BACK else 'MISSED'}",
        f"{sum(struck.values())} strokes struck, {pushes} pushes at the pins; told twice: "
        f"{sum(count > 1 for count in told.values())}; pins left high: {len(since)}",
        f"the longest that a direction was high: {1e3 * longest:.2f} ms, max_on is {1e3 * kit.max_on:.0f} ms",
    ]


def main() -> int:
    args = _arguments()
    if not become_prompt(PLAYER_PRIORITY):  # who is to send a stroke every 0.1 s must come to the processor
        sys.stderr.write("no real-time priority: a busy machine makes a board's way back look longer\n")
    rows: list[Row] = []
    notes: list[str] = []
    plays: dict[str, Play] = {
        "`ghostnote run`": partial(answers, args.turns),
        "a socket": lambda link, _: perform(link, song(time.monotonic() + 0.5, args.seconds, random.Random(1))),
    }
    with tempfile.TemporaryDirectory() as folder:
        for protocol in ("ghostnote", "hairless"):
            # The second finds the settings of the first in the EEPROM: plain MIDI brings none.
            for whence, play in plays.items():
                row, said = measure(Path(folder), protocol, whence, play)
                rows.append(row)
                notes += said
    exact = all(float(row["p99 us"]) <= 1e6 * TARGET for row in rows[: len(plays)])
    notes.append(f"target: timed strokes within 1 ms of their deadlines, p99: {'met' if exact else 'MISSED'}")
    if args.rounds:
        with tempfile.TemporaryDirectory() as folder:
            more, said = campaign(Path(folder), args.rounds)
        rows += more
        notes += said
    publish("Through the whole chain to an Arduino's pins (simavr)", rows, notes, args.json)
    return int(not exact)


def _arguments() -> Namespace:
    parser = options(__doc__.splitlines()[0], "arduino_chain")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each song")
    parser.add_argument("--turns", type=int, default=6, help="answers of `ghostnote run`")
    parser.add_argument("--rounds", type=int, default=1000, help="resets, unplugs and power cuts; 0: none")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
