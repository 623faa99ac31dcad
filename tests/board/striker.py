"""A striker on the emulated board's pins: `python -m tests.board.striker play|hold|unguarded|half`."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from appliance.drivers.gpio_bridge import GpioBridge, open_bridge
from appliance.drivers.guard import Guard, post_guard
from appliance.drivers.realtime import PunctualClock, become_punctual, hasten_threads
from appliance.drivers.striker import StrikerLoop
from appliance.drivers.wiring import PinSettings
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import Inputs
from appliance.strike.outcome import Struck
from appliance.strike.striker import Striker
from appliance.strike.wire import Reply, Request, Strokes

SETTINGS = load_settings(Path(__file__).with_name("wired.toml"))
PINS = SETTINGS.room("pins", PinSettings)
STRIKE = PINS.wired(SETTINGS.room("strike", StrikeSettings))
PRIORITY = 50
KICK, SNARE, CRASH = 36, 38, 49
STROKES = 12


class ScoreDoor:
    """One batch of strokes, two a second on each of three drums, and then the end."""

    player = True

    def __init__(self, start: float) -> None:
        strokes = tuple(
            Stroke(start + 0.5 * beat + 0.05 * number, pitch, 40 + 20 * beat)
            for beat in range(STROKES // 3)
            for number, pitch in enumerate((KICK, SNARE, CRASH))
        )
        self._requests: list[Request] = [Strokes(1, strokes)]
        self._end = strokes[-1].time + 0.3
        self.replies: list[Reply] = []

    @property
    def stopped(self) -> bool:
        return time.monotonic() > self._end

    def wait(self, until: float | None) -> Sequence[Request]:
        requests, self._requests = self._requests, []
        if not requests:
            time.sleep(max(0.0, min(self._end, until or self._end) - time.monotonic()))
        return requests

    def send(self, replies: Sequence[Reply]) -> None:
        self.replies.extend(replies)


def play(bridge: GpioBridge, guard: Guard | None) -> None:
    clock = PunctualClock()
    door = ScoreDoor(clock.now() + 0.5)
    loop = StrikerLoop(Striker(STRIKE), bridge, door, clock)
    if guard is not None:
        loop.employ(guard)
    loop.run()
    struck = [reply for reply in door.replies if isinstance(reply, Struck)]
    others = [reply for reply in door.replies if not isinstance(reply, Struck)]
    late = sorted(loop.record.edges())
    snare = sum(reply.stroke.pitch == SNARE for reply in struck)
    lateness = f"edge lateness ms {1e3 * late[len(late) // 2]:.3f} median {1e3 * late[-1]:.3f} max"
    print(f"strokes {len(struck)} snare {snare} others {others} {lateness}")


def hold(bridge: GpioBridge, guard: Guard | None, duty: float = 1.0) -> None:
    if guard is not None:
        guard.advance(time.monotonic())  # as the loop does before its first stroke
    for motor in ("snare", "kick", "crash"):
        bridge.write(motor, Inputs(1, 0, duty))
    print("held", flush=True)
    while True:
        if guard is not None:
            guard.advance(time.monotonic())
        time.sleep(0.005)


def main(behaviour: str) -> None:
    bridge = open_bridge(PINS)
    become_punctual(PRIORITY)
    guard = None if behaviour == "unguarded" else post_guard(bridge.guarded, PINS.guard, PunctualClock(), PRIORITY + 1)
    hasten_threads(PRIORITY - 1)
    print("ready", flush=True)
    if behaviour == "play":
        play(bridge, guard)
    else:
        hold(bridge, guard, 0.5 if behaviour == "half" else 1.0)
    if guard is not None:
        guard.dismiss()
    bridge.close()


if __name__ == "__main__":
    main(sys.argv[1])
