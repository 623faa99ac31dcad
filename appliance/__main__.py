"""`ghostnote COMMAND`: each command is a file of `commands`, loaded only when it is asked for."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from appliance import __version__
from appliance.errors import GhostnoteError

COMMANDS = {
    "play": "answer a MIDI file, faster than real time",
    "demo": "hear it play by itself, without any hardware",
    "run": "the player: listens to a pad and sends its answers to the striker",
    "replay": "repeat an evening from its journal, and say whether every answer is the same",
    "export": "the calls and answers of an evening as MIDI files",
    "answerer": "the worker that holds the models; the player starts it",
    "panel": "the web page that shows and sets what the models do",
    "panel-work": "reads a model or a journal for the panel; the panel starts it",
    "out": "the sender: MIDI notes, clock and OSC, each at its instant",
    "striker": "the striker: beats strokes at their instants",
    "calibrate": "strike, listen, and set lead time and touch by what was heard",
    "buzz": "ten soft strokes on a drum",
    "strike": "strokes of one velocity on a drum",
    "ports": "which MIDI inputs there are, and what each is to this box",
    "learn": "hit the pads in turn, turn the knobs, and they are known",
    "doctor": "look the box over, and say what to do",
    "pins": "strokes go to the pins again, which had failed, and no more to the Arduino",
    "firmware": "the Arduino's firmware: build it, flash it, ask a board about it",
    "selftest": "play one call and its answer with dry motors, beside whatever plays",
    "status": "how the box is, on one screen",
    "update": "install a release on a box, go back, see what became of it",
    "lower-pins": "lower every line that a bridge hangs on",
}
_FAILED = 1
_USER_ERROR = 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status; an error is one sentence on stderr and status 2."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    _speak_any_alphabet()
    try:
        args = _parser(given).parse_args(given)
        status: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
    except GhostnoteError as error:
        return _complain(str(error), _USER_ERROR)
    except BrokenPipeError:
        # Whoever read the output has enough of it; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _FAILED
    except OSError as error:
        return _complain(f"{error.filename or 'standard output'}: {error.strerror}", _FAILED)
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Imports only the command that is asked for: the striker must not load numpy, and `play` is to start at once."""
    asked = next((word for word in given if not word.startswith("-")), None)
    parser = argparse.ArgumentParser("ghostnote", description="A drummer in a box.")
    parser.add_argument("--version", action="version", version=f"ghostnote {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name == asked:
            command = import_module(f"appliance.commands.{name.replace('-', '_')}")
            command.add_arguments(subparser)
            subparser.set_defaults(run=command.run)
    return parser


def _speak_any_alphabet() -> None:
    """A terminal that has no sign for a rest gets a question mark, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _complain(sentence: str, status: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"ghostnote: {sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
