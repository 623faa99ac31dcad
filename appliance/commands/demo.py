"""`ghostnote demo`: all processes as in the box, dry motors, the page, and all that happens on the terminal."""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.live import Live

from appliance.commands.panel import INVITATION
from appliance.commands.rooms import add_answer_arguments
from appliance.commands.run import add_pad_arguments
from appliance.happenings import TurnTaken
from appliance.notation.timeline import Grid
from appliance.settings import load_settings
from appliance.shipped import STORIES, shipped
from appliance.turn import Turn
from appliance.views.concert_figures import ConcertFigures
from appliance.views.journal import Tuned, read_line
from appliance.views.turn_picture import TurnPicture

_TURNS = 6  # when nothing else is said, each bundled call once: under a minute
_LEAVE = 3.0  # seconds that a process may take to end after its input has
_FRAMES = 20  # pictures a second
_LONGEST_FOLDER = 60  # characters
_INVITATION = 24  # bytes of the token that stands for a password, once

# A process of ours and what it prints.
Running = tuple[IO[bytes], subprocess.Popen[bytes]]

# What is handed on to the player as it was given.
_PLAYER_OPTIONS = ("pad", "story", "turns", "qpm", "model", "bars", "temperature", "top_k", "seed", "settings")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the demo."""
    add_pad_arguments(parser)
    add_answer_arguments(parser)
    parser.add_argument("--port", type=int, default=0, metavar="N", help="of the page; none: any that is free")
    parser.add_argument("--no-browser", action="store_true", help="only say where the page is")
    parser.add_argument("--no-panel", action="store_true", help="on the terminal alone")


def run(args: argparse.Namespace) -> int:
    """Show the concert until its turns are over or Ctrl-C; the exit status of the process that failed, else 0."""
    load_settings(args.settings)  # a mistake in them is told once, here, and not by each process
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    by_itself = args.turns is not None or args.story is not None or args.no_panel
    if not args.pad and by_itself:
        args.story = args.story or sorted(shipped(STORIES).glob("*.mid"))
        args.turns = _TURNS if args.turns is None else args.turns
    console = Console()
    with tempfile.TemporaryDirectory(prefix="ghostnote-", dir=_short_folder()) as folder, ExitStack() as stack:
        processes = _start(args, Path(folder), stack)
        _invite(args, processes, console, alone=by_itself)
        figures = _show(processes["player"][0], console)
        stack.close()
    for name in ("striker", "player"):
        status = processes[name][1].returncode
        if status:
            console.print(f"the {name} ended with status {status}", style="red")
            return int(status)
    console.print(figures)
    return 0


def _start(args: argparse.Namespace, folder: Path, stack: ExitStack) -> dict[str, Running]:
    striker, control = folder / "striker.sock", folder / "control.sock"
    commands = {"striker": ["striker", "--dry", "--socket", str(striker), *_options(args, ("settings",))]}
    places = ["--striker", str(striker), "--control", str(control)]
    if not args.no_panel:
        commands["panel"] = ["panel", "--demo", *places, *_options(args, ("settings", "port"))]
    commands["player"] = ["run", "--panel-pads", "--journal", *places, *_options(args, _PLAYER_OPTIONS)]
    return {name: stack.enter_context(_process(command, folder)) for name, command in commands.items()}


def _invite(args: argparse.Namespace, processes: Mapping[str, Running], console: Console, *, alone: bool) -> None:
    """Say where the page is, and open it for who came to play."""
    if "panel" not in processes:
        return
    address = next((line[7:].decode().strip() for line in processes["panel"][0] if line.startswith(b"panel: ")), "")
    if not address:
        console.print("the page is not served; the music plays without it", style="red")
        return
    print(f"panel: {address}", flush=True)
    if alone:
        return
    console.print("Open it and play on the pads. It lets one browser in; Ctrl-C ends it all.")
    if not args.no_browser and sys.stdout.isatty() and any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY"))):
        webbrowser.open(address)


def _short_folder() -> str | None:
    """A socket's path has at most 108 bytes (unix(7)): a long TMPDIR has no room for ours."""
    return None if len(tempfile.gettempdir()) < _LONGEST_FOLDER else "/tmp"  # noqa: S108 - a folder of our own in it


def _environment(folder: Path) -> dict[str, str]:
    """Our own package first, and nothing from the folder we happen to be in: it may hold a mido.py.

    What is kept of the evening goes with it: as a service's state it lies in `folder` (systemd.exec(5)).
    """
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    invitation = {INVITATION: secrets.token_urlsafe(_INVITATION)}
    return {**os.environ, "PYTHONPATH": path, "STATE_DIRECTORY": str(folder), **invitation}


def _options(args: argparse.Namespace, names: Sequence[str]) -> list[str]:
    words: list[str] = []
    for name in names:
        value = getattr(args, name)
        if value is not None:
            words += [f"--{name.replace('_', '-')}", *map(str, value if isinstance(value, list) else [value])]
    return words


@contextmanager
def _process(command: Sequence[str], folder: Path) -> Iterator[Running]:
    """A process of ours and its output; it ends when its input does, so nothing outlives a demo that is killed.

    It has a session of its own: a Ctrl-C is for the demo alone, which then ends the others in order.
    """
    with (folder / f"{command[0]}.err").open("w+b") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program, its words as the user gave them, and no shell
            [sys.executable, "-P", "-m", "appliance", *command, "--until-eof"],
            env=_environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout, process
        finally:
            process.stdin.close()
            try:
                process.wait(_LEAVE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
            if process.returncode:
                errors.seek(0)
                sys.stderr.write(errors.read().decode(errors="replace"))


def _show(journal: IO[bytes], console: Console) -> ConcertFigures:
    """The pictures of all turns, one above the other, the last one moving."""
    figures = ConcertFigures()
    tuned = Tuned("", Grid())
    picture: TurnPicture | None = None
    with Live(console=console, refresh_per_second=_FRAMES) as live:
        try:
            for text in journal:
                entry = read_line(text)
                figures.see(entry)
                match entry.event:
                    case Tuned() as tuned:
                        continue
                    case TurnTaken(_, Turn.LISTENING):
                        if picture is not None:
                            console.print(picture)
                        picture = TurnPicture(tuned)
                        live.update(picture)
                if picture is not None:
                    picture.see(entry)
        except KeyboardInterrupt:
            console.print("stopped")
    if not console.is_terminal:
        console.print()  # the last picture was written without its line's end
    return figures
