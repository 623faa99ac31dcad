"""A lamp that says one thing until it is told to stop: for a striker whose settings cannot be used."""

import select
from collections.abc import Sequence

from appliance.clock import Clock
from appliance.drivers.status_led import Lamp
from appliance.status.blink import Blinker
from appliance.status.codes import MEANINGS, Code


def show_alone(code: Code, lamp: Lamp, stops: Sequence[int], clock: Clock) -> None:
    """Blink the code until one of the files `stops` becomes readable; the lamp is dark then."""
    meaning = MEANINGS[code]
    blinker = Blinker()
    blinker.show([meaning.blinks()], 0, clock.now())
    while True:
        lamp.light(meaning.colour if blinker.lit else None)
        deadline = blinker.next_deadline()
        assert deadline is not None, "a blinker with a pattern has a deadline"
        if select.select(stops, (), (), max(deadline - clock.now(), 0.0))[0]:
            lamp.light(None)
            return
        blinker.advance(clock.now())
