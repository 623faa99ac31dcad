"""A bar of rock, and the moves of a duet's player: what the tests of modes and of controls share."""

from appliance.controls.control import Turned
from appliance.happenings import (
    TurnTaken,
)
from tests.rooms import (
    KICK,
    ONLY,
    SNARE,
    STEP,
    happened,
    note_on,
    run_until,
)

BAR = 16 * STEP
ROCK = [
    (0.0, note_on(KICK, 110)),
    (4 * STEP, note_on(SNARE, 90)),
    (8 * STEP, note_on(KICK, 80)),
    (12 * STEP, note_on(SNARE, 100)),
]


def at(bar, messages=ROCK):
    return [(time + bar * BAR, message) for time, message in messages]


def turn_of(band):
    return band.duets[ONLY].turn


def turn(band, time, control, value=None):
    return run_until(band, time) + band.turn(Turned(time, control, value))


def rock_at(bar):
    return [(16 * bar, KICK), (16 * bar + 4, SNARE), (16 * bar + 8, KICK), (16 * bar + 12, SNARE)]


def bars_taken(told):
    """(bar, turn) of each change of turn."""
    return [(round(one.time / BAR, 1), one.turn) for one in happened(told) if isinstance(one, TurnTaken)]
