"""A player without ears for the fault campaign: sixteen strokes a second, for ever, on the grid it is given.

    python -m bench.campaign_player SOCKET ORIGIN [FILE]

FILE is made when it has sent its first strokes. It begins at the next step there is time for, keeps the striker a
second and a half ahead, and comes back when it loses the striker. Every bar is the same, so that whoever plays a bar
can be told by its batch alone.
"""

import math
import sys
import time
from pathlib import Path

from appliance.drivers.striker_link import StrikerLink
from appliance.errors import StrikerLost
from appliance.notation.hit import Stroke
from appliance.strike.groove import Groove

STEP = 1 / 16  # s
STEPS_A_BAR = 16
BAR = STEP * STEPS_A_BAR
KEYS = (36, 42, 38, 51)  # kick, closed hi-hat, snare, ride: each motor has a stroke every 250 ms
KNOWN_AHEAD = 1.5  # s
IN_TIME = 0.15  # s before its sound a step is sent at the latest
LOOK = 0.02  # s between two looks at the clock


def stroke_at(step: int, origin: float) -> Stroke:
    """The one stroke of a step."""
    return Stroke(origin + step * STEP, KEYS[step % len(KEYS)], 100)


def perform(link: StrikerLink, origin: float, plays: Path | None = None) -> None:
    """Play for ever. Raises: StrikerLost."""
    link.introduce()
    link.begin(Groove(origin, STEP, STEPS_A_BAR))
    step = max(0, math.ceil((time.monotonic() + IN_TIME - origin) / STEP))
    while True:
        while origin + step * STEP < time.monotonic() + KNOWN_AHEAD:
            link.send([stroke_at(step, origin)], batch=1, until=origin + (step + 0.5) * STEP)
            step += 1
        if plays is not None:
            plays.touch()
        link.receive()
        time.sleep(LOOK)


def main() -> None:
    path, origin = Path(sys.argv[1]), float(sys.argv[2])
    plays = Path(sys.argv[3]) if sys.argv[3:] else None
    while True:
        try:
            with StrikerLink.connect(path, timeout=30.0) as link:
                perform(link, origin, plays)
        except StrikerLost:
            continue


if __name__ == "__main__":
    main()
