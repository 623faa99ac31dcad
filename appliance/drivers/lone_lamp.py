"""A lamp that says one thing until it is told to stop: for a striker whose settings cannot be used."""

import select
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from appliance.clock import Clock
from appliance.drivers.plain_pins import FACTORIES
from appliance.drivers.status_led import Lamp, NoLamp, open_lamp
from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.status.blink import Blinker
from appliance.status.codes import MEANINGS, Code
from appliance.status.wiring import StatusSettings


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


def lamp_of_faulty(owner: Path | None, open_factory: Callable[[str], Any]) -> Lamp:
    """The lamp by as much of the owner's settings as can be read; none where that cannot be told."""
    tables = _tables(owner)
    pins = tables.get("pins")
    # Of [pins], which may be what is wrong, one key is wanted.
    factory = pins.get("factory") if isinstance(pins, dict) else None
    name = factory if factory in FACTORIES else ""
    try:
        return open_lamp(_wiring(tables.get("status")), lambda: open_factory(name))
    except SettingsError:
        # The fault that led here is told anyway; without pins it is told in words alone.
        return NoLamp()


def _tables(owner: Path | None) -> dict[str, Any]:
    try:
        return {} if owner is None else tomllib.loads(owner.read_text("utf-8"))
    except (OSError, ValueError):
        # What cannot be read or is no TOML; tomllib's errors are ValueErrors.
        return {}


def _wiring(said: object) -> StatusSettings:
    shipped = load_settings().room("status", StatusSettings)
    known = {key: getattr(shipped, key) for key in shipped.__struct_fields__}
    try:
        return msgspec.convert({**known, **said} if isinstance(said, dict) else known, StatusSettings)
    except msgspec.ValidationError:
        return shipped
