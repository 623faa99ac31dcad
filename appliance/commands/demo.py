"""`ghostnote demo`: player and striker as in the box, dry motors, and all that happens on the terminal."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.live import Live

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

# What is handed on to the player as it was given.
_PLAYER_OPTIONS = ("pad", "story", "turns", "qpm", "model", "bars", "temperature", "top_k", "seed", "settings")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the demo."""
    add_pad_arguments(parser)
    add_answer_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Show the concert until its turns are over or Ctrl-C; the exit status of the process that failed, else 0."""
    load_settings(args.settings)  # a mistake in them is told once, here, and not by each process
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    if not args.pad:
        args.story = args.story or sorted(shipped(STORIES).glob("*.mid"))
        args.turns = _TURNS if args.turns is None else args.turns
    console = Console()
    with tempfile.TemporaryDirectory(prefix="ghostnote-", dir=_short_folder()) as folder:
        socket = Path(folder) / "striker.sock"
        striker = ["striker", "--dry", "--socket", str(socket), *_options(args, ("settings",))]
        player = ["run", "--striker", str(socket), "--journal", *_options(args, _PLAYER_OPTIONS)]
        with _process(striker, Path(folder)) as (_, strike), _process(player, Path(folder)) as (journal, play):
            figures = _show(journal, console)
    for process, name in ((strike, "striker"), (play, "player")):
        if process.returncode:
            console.print(f"the {name} ended with status {process.returncode}", style="red")
            return process.returncode
    console.print(figures)
    return 0


def _short_folder() -> str | None:
    """A socket's path has at most 108 bytes (unix(7)): a long TMPDIR has no room for ours."""
    return None if len(tempfile.gettempdir()) < _LONGEST_FOLDER else "/tmp"  # noqa: S108 - a folder of our own in it


def _environment() -> dict[str, str]:
    """Our own package first, and nothing from the folder we happen to be in: it may hold a mido.py."""
    home = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])}


def _options(args: argparse.Namespace, names: Sequence[str]) -> list[str]:
    words: list[str] = []
    for name in names:
        value = getattr(args, name)
        if value is not None:
            words += [f"--{name.replace('_', '-')}", *map(str, value if isinstance(value, list) else [value])]
    return words


@contextmanager
def _process(command: Sequence[str], folder: Path) -> Iterator[tuple[IO[bytes], subprocess.Popen[bytes]]]:
    """A process of ours and its output; it ends when its input does, so nothing outlives a demo that is killed.

    It has a session of its own: a Ctrl-C is for the demo alone, which then ends the others in order.
    """
    with (folder / f"{command[0]}.err").open("w+b") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program, its words as the user gave them, and no shell
            [sys.executable, "-P", "-m", "appliance", *command, "--until-eof"],
            env=_environment(),
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
