"""`ghostnote COMMAND`: each command is a file of `commands`, loaded only when it is asked for."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from appliance import __version__
from appliance.errors import GhostnoteError

COMMANDS = {
    "play": "answer a MIDI file, faster than real time",
    "demo": "hear it play by itself, without any hardware",
    "run": "the player: listens to a pad and sends its answers to the striker",
    "striker": "the striker: beats strokes at their instants",
}
_USER_ERROR = 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status; an error is one sentence on stderr and status 2."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    # Only the command that is asked for is imported: the striker must not load numpy, and `play` is to start at once.
    asked = next((word for word in given if not word.startswith("-")), None)
    parser = argparse.ArgumentParser("ghostnote", description="A drummer in a box.")
    parser.add_argument("--version", action="version", version=f"ghostnote {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name == asked:
            command = import_module(f"appliance.commands.{name}")
            command.add_arguments(subparser)
            subparser.set_defaults(run=command.run)
    args = parser.parse_args(given)
    try:
        status: int = args.run(args)
    except GhostnoteError as error:
        sys.stderr.write(f"ghostnote: {error}\n")
        return _USER_ERROR
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


if __name__ == "__main__":
    sys.exit(main())
