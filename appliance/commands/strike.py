"""`ghostnote strike DRUM`: strokes of one velocity at even distances, to hear and see what a motor does."""

import argparse
import sys
from pathlib import Path

from appliance.clock import MonotonicClock
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import SettingsError
from appliance.notation.drums import KEYS, Drum
from appliance.notation.hit import LOUDEST, Stroke
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Fault, Panicked, Reply

SOCKET = Path("/run/ghostnote/striker.sock")

_STARTS = 2.0  # s that the striker may take to answer
_LEAD = 0.3  # s until the first stroke: longer than any lead time
_LATE = 1.0  # s after the last stroke by which every outcome is known


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The drum, and how it is to be struck."""
    add_drum(parser)
    parser.add_argument("--velocity", type=int, default=64, metavar="V", help="1 to 127 (64)")
    parser.add_argument("--count", type=int, default=8, metavar="N", help="how many (8)")
    parser.add_argument("--every", type=float, default=0.5, metavar="S", help="seconds between two of them (0.5)")


def add_drum(parser: argparse.ArgumentParser) -> None:
    """Which drum, and where its striker is."""
    labels = [drum.label for drum in Drum]
    parser.add_argument("drum", choices=labels, metavar="DRUM", help=", ".join(labels))
    parser.add_argument("--striker", type=Path, default=SOCKET, metavar="SOCKET", help=f"the striker's ({SOCKET})")


def run(args: argparse.Namespace) -> int:
    """0 when every stroke was struck, else 1. Raises: GhostnoteError."""
    if not 1 <= args.velocity <= LOUDEST:
        raise SettingsError(f"--velocity is 1 to {LOUDEST}, not {args.velocity}")
    if args.count < 1 or not 0 < args.every <= 60:
        raise SettingsError(f"--count is 1 or more and --every up to 60 s, not {args.count} and {args.every}")
    return strike(args.striker, args.drum, args.velocity, args.count, args.every)


def strike(socket: Path, label: str, velocity: int, count: int, every: float) -> int:
    """Send the strokes and print what became of each, until a panic. Raises: StrikerLost."""
    clock = MonotonicClock()
    key = KEYS[Drum[label.upper()]][0]
    with StrikerLink.connect(socket, _STARTS) as link:
        first = clock.now() + _LEAD
        mine = {Stroke(first + n * every, key, velocity) for n in range(count)}
        link.send(mine)
        struck = 0
        while mine and clock.now() < first + count * every + _LATE:
            replies = link.wait(0.1)
            for reply in replies:
                if isinstance(reply, Struck | LeftOut) and reply.stroke in mine:
                    mine.discard(reply.stroke)
                    struck += isinstance(reply, Struck)
                _tell(reply)
            if any(isinstance(reply, Panicked) for reply in replies):
                link.cancel(clock.now())  # of what was sent, the striker may have read the end behind the panic
                break
    print(f"{struck} of {count} struck")
    return int(struck < count)


def _tell(reply: Reply) -> None:
    match reply:
        case Struck(stroke, lateness):
            print(f"velocity {stroke.velocity}: struck, started {1e3 * lateness:.2f} ms late")
        case LeftOut(stroke, reason):
            print(f"velocity {stroke.velocity}: left out: {reason}")
        case Panicked():
            print("panic was pressed: no more is struck", file=sys.stderr)
        case Fault(text):
            print(f"ghostnote strike: {text}", file=sys.stderr)
