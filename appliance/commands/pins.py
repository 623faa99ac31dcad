"""`ghostnote pins`: the pins are mended, strokes go there again."""

import argparse
from pathlib import Path

from appliance.commands.strike import SOCKET
from appliance.drivers.striker_link import StrikerLink

_PATIENCE = 2.0  # s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the striker is."""
    parser.add_argument("--striker", type=Path, default=SOCKET, metavar="SOCKET", help=f"the striker's ({SOCKET})")


def run(args: argparse.Namespace) -> int:
    """Ask the striker for it. Raises: StrikerLost."""
    path: Path = args.striker
    with StrikerLink.connect(path, _PATIENCE) as link:
        link.use_pins()
    return 0
