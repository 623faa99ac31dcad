"""`ghostnote answerer`: the worker that holds the models; the player starts it, and it ends with the player."""

import argparse
import contextlib
import ctypes
import gc
import os
import signal
import socket
from functools import partial

from appliance.answer.answerer import Answerer
from appliance.answer.wire import Seat
from appliance.answer.workbench import Workbench
from appliance.drivers.answerer_door import AnswererDoor
from appliance.drivers.model_shelf import ModelShelf
from appliance.groove.groove_answerer import GrooveAnswerer

# <linux/prctl.h>: the signal that the kernel sends to a process whose parent has died.
_PR_SET_PDEATHSIG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the worker."""
    parser.add_argument("--fd", type=int, required=True, metavar="N", help="the socket to the player, by its number")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="niceness, -20 to 19")


def run(args: argparse.Namespace) -> int:
    """Work for the player until it is gone. Raises: OSError when the number is no socket's."""
    _die_with_parent()
    # Ctrl-C on a terminal goes to all its processes; when to end is the player's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, args.nice)
    with socket.socket(fileno=args.fd) as connection:
        shelf = ModelShelf()
        gc.freeze()
        AnswererDoor(connection).serve(Workbench(shelf, partial(_engage, shelf)))
    return 0


def _engage(shelf: ModelShelf, seat: Seat) -> GrooveAnswerer:
    answerer = Answerer(shelf.model, seat.model, seat.seed, seat.meter)
    return GrooveAnswerer(answerer, shelf.grooves(seat.grooves), seat.seed)


def _die_with_parent() -> None:
    """A worker that hangs in a model sees no hang-up: the kernel ends it when its player is no more (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0)
