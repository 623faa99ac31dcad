"""`ghostnote buzz DRUM`: ten soft strokes, to see that a motor lives and is the right one."""

import argparse

from appliance.commands.strike import add_drum, strike

_STROKES = 10
_VELOCITY = 24  # soft, and above where a motor out of adjustment falls short of its head
_EVERY = 0.3  # s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The drum."""
    add_drum(parser)


def run(args: argparse.Namespace) -> int:
    """0 when every stroke was struck, else 1. Raises: StrikerLost."""
    return strike(args.striker, args.drum, _VELOCITY, _STROKES, _EVERY)
