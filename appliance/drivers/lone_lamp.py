"""A lamp that says one thing until it is told to stop: for a striker whose settings cannot be used."""

import select
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.clock import Clock
from appliance.drivers.status_led import Lamp, NoLamp, open_lamp
from appliance.drivers.wiring import PinSettings
from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.status.blink import Blinker
from appliance.status.codes import MEANINGS, Code
from appliance.status.wiring import StatusSettings

Table = TypeVar("Table", bound=msgspec.Struct)


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
    pins = _readable(owner, "pins", PinSettings)
    try:
        return open_lamp(_readable(owner, "status", StatusSettings), lambda: open_factory(pins.factory))
    except SettingsError:
        # The fault that led here is told anyway; without pins it is told in words alone.
        return NoLamp()


def _readable(owner: Path | None, table: str, kind: type[Table]) -> Table:
    shipped = load_settings().room(table, kind)
    known = {key: getattr(shipped, key) for key in shipped.__struct_fields__}
    try:
        said = {} if owner is None else tomllib.loads(owner.read_text("utf-8")).get(table, {})
        return msgspec.convert({**known, **said}, kind, str_keys=True)
    except (OSError, ValueError, TypeError):
        # tomllib's and msgspec's errors are ValueErrors; a table that is none is a TypeError.
        return shipped
