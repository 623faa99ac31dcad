"""`ghostnote selftest`: a striker and a player of its own play one story with dry motors; nothing else is touched."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from appliance.clock import MonotonicClock
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import SettingsError, StrikerLost
from appliance.notation.hit import Stroke
from appliance.release.settings import UpdateSettings
from appliance.settings import load_settings
from appliance.shipped import DELIVERED_VARIABLE, STORIES, shipped
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Struck
from appliance.views.journal import read_line
from appliance.views.played import Played

# The shortest of the bundled calls: 2.6 s, and an answer as long.
_STORY = "six_eight.mid"

# Whoever plays a concert meanwhile goes first (nice(2)).
_NICE = 10

_STARTS = 15.0  # seconds that a striker may take to be there
_AHEAD = 1.0  # seconds from the first stroke's sending to its instant
# One that is executed is enough: without real-time priority, beside a concert, some are late and left out.
_STROKES, _BETWEEN = 12, 0.25
_PATIENCE = 20.0  # seconds for the player: a Pi 3 needs some six to start, and the music is five
_LOOK = 0.1
_NOTICE = "ghostnote striker: "
_LEAVE = 3.0  # seconds that a striker may take to end after its input has


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the test."""
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="models by name: from here, before all others")


def run(args: argparse.Namespace) -> int:
    """Play; 0 when a stroke was executed and the model answered, else 1 and a sentence. Raises: SettingsError."""
    if args.models is not None:
        os.environ[DELIVERED_VARIABLE] = str(args.models)
    settings = load_settings(args.settings)
    kit, pace = settings.room("strike", StrikeSettings).kit, settings.room("update", UpdateSettings).pace
    os.nice(_NICE)
    with tempfile.TemporaryDirectory(prefix="ghostnote-") as folder:
        key = next(key for key in range(128) if kit.motors_for(key))
        wrong = _play(Path(folder), args.settings, key, pace)
    if wrong:
        print(f"ghostnote selftest: {wrong}", file=sys.stderr)
        return 1
    print("ghostnote selftest: a dry stroke was executed, and the model answered")
    return 0


def _play(folder: Path, settings: Path | None, key: int, pace: float) -> str:
    """Empty, or what was wrong."""
    socket = folder / "striker.sock"
    owner = ["--settings", str(settings)] if settings is not None else []
    striker = ["striker", "--dry", "--socket", str(socket), *owner]
    # Nowhere a sender, nowhere a panel: what the box plays meanwhile is not disturbed.
    player = ["run", "--striker", str(socket), "--out", str(folder / "out.sock"), "--keep", str(folder / "journal")]
    player += ["--journal", "--story", str(shipped(STORIES) / _STORY), "--turns", "1", "--seed", "1", *owner]
    with ExitStack() as stack, (folder / "errors").open("w+b") as errors:
        strike = stack.enter_context(_started(striker, errors.fileno(), subprocess.DEVNULL))
        stack.callback(_end, strike)
        if wrong := _strike(socket, key, pace):
            return _last_words(errors) or wrong
        journal = stack.enter_context((folder / "journal.json").open("w+b"))
        reading = stack.enter_context((folder / "journal.json").open("rb"))
        play = stack.enter_context(_started(player, errors.fileno(), journal.fileno()))
        stack.callback(play.kill)
        played, ends = Played(), MonotonicClock().now() + _PATIENCE * pace
        while play.poll() is None and not played.fault:
            if MonotonicClock().now() > ends:
                return played.wrong() + f" within {_PATIENCE * pace:.0f} s"
            time.sleep(_LOOK)
            _read(reading, played)
        _read(reading, played)
        if play.returncode and not played.fault:
            return _last_words(errors) or f"the player ended with status {play.returncode}"
        return played.wrong()


def _strike(socket: Path, key: int, pace: float) -> str:
    """Some strokes, some time ahead; empty when one was executed."""
    clock = MonotonicClock()
    try:
        with StrikerLink.connect(socket, _STARTS * pace) as link:
            first, reasons = clock.now() + _AHEAD, list[str]()
            link.send([Stroke(first + _BETWEEN * number, key, 100) for number in range(_STROKES)], os.getpid())
            end = first + _BETWEEN * _STROKES + _STARTS * pace
            while clock.now() < end and len(reasons) < _STROKES:
                for reply in link.wait(end - clock.now()):
                    match reply:
                        case Struck():
                            return ""
                        case LeftOut(_, reason):
                            reasons.append(reason)
            if reasons:
                return f"{len(reasons)} dry strokes were left out: {reasons[-1]}"
    except StrikerLost as lost:
        return str(lost)
    return "nobody said what became of a dry stroke"


def _read(journal: IO[bytes], played: Played) -> None:
    """What the player has written since; it writes whole lines, but they may come in halves."""
    while line := journal.readline():
        if not line.endswith(b"\n"):
            journal.seek(-len(line), os.SEEK_CUR)
            return
        played.see(read_line(line))


def _last_words(errors: IO[bytes]) -> str:
    """The last complaint, or the last line of a traceback; what a striker says of itself is neither."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    said = [line for line in lines if line.strip() and not line.startswith(_NOTICE)]
    return said[-1].removeprefix("ghostnote: ") if said else ""


def _started(words: Sequence[str], errors: int, output: int) -> subprocess.Popen[bytes]:
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    # No unit's word for systemd, and no state of a unit's, is this test's.
    kept = {name: value for name, value in os.environ.items() if name not in ("NOTIFY_SOCKET", "STATE_DIRECTORY")}
    try:
        return subprocess.Popen(  # noqa: S603 - our own program, and no shell
            [sys.executable, "-P", "-m", "appliance", *words, "--priority=0", "--until-eof"],
            env={**kept, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
        )
    except OSError as error:
        raise SettingsError(f"no process can be started: {error.strerror}") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_LEAVE)
    except subprocess.TimeoutExpired:
        process.kill()
