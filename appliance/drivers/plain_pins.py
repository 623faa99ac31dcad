"""gpiozero's own devices, for what needs no exact instant: lamps and buttons.

gpiozero is optional (the extra `pi`); what is needed of it is loaded when a device is opened. Motors have pins of their
own, which a guard watches: a lamp that is lit must not look to it like a motor that is on.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from appliance.drivers.lean_gpiozero import gpiozero
from appliance.errors import SettingsError

# gpiozero's module and class, and where the library below it says its own error.
FACTORIES = {
    "lgpio": ("pins.lgpio", "LGPIOFactory", "lgpio"),
    "rpigpio": ("pins.rpigpio", "RPiGPIOFactory", ""),
    "mock": ("pins.mock", "MockFactory", ""),
}


def open_factory(name: str) -> Any:
    """A pin factory of gpiozero by its name; of lgpio and rpigpio the first that works when it is empty.

    Raises: SettingsError when a library is missing or finds no pins.
    """
    refusals = []
    for candidate in [name] if name else ["lgpio", "rpigpio"]:
        try:
            return _opened_factory(candidate)
        except SettingsError as refusal:
            refusals.append(str(refusal))
    raise SettingsError("; ".join(refusals))


def opened(module: str, make: Callable[[Any], Any], pins: Sequence[int]) -> Any:
    """What `make` makes of a module of gpiozero. Raises: SettingsError when a pin cannot be had."""
    try:
        return make(gpiozero(module))
    except (gpiozero("exc").GPIOZeroError, OSError) as error:
        raise SettingsError(f"GPIO {', '.join(map(str, pins))} cannot be had: {error}") from None


def _opened_factory(name: str) -> Any:
    module, factory, library = FACTORIES[name]
    try:
        make = getattr(gpiozero(module), factory)
        # lgpio's own error is derived from Exception alone.
        refusals = (import_module(library).error,) if library else ()
    except ModuleNotFoundError as error:
        raise SettingsError(f"{name}: {error.name} is not installed: `pip install 'ghostnote[pi]'`") from None
    except RuntimeError as error:
        # So says RPi.GPIO off a Pi, and on a Pi 5, when it is imported.
        raise SettingsError(f"{name} does not work on this board: {error}") from None
    try:
        return make()
    except (OSError, RuntimeError, gpiozero("exc").GPIOZeroError, *refusals) as error:
        raise SettingsError(f"{name} finds no pins here: {error}") from None
