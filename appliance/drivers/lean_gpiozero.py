"""gpiozero without the devices that nobody asks for, and without what only looks for further pin factories.

Its `__init__` loads every device that it has, from robots to tone scales: 1.5 MB, which a striker would lock in memory.
The pin factories and the devices of one kind load without it. They in turn load importlib.metadata, and with it
Python's mail and archives, 4 MB, for a search by a name that we never make.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_METADATA = "importlib.metadata"


def gpiozero(module: str) -> Any:
    """A module of gpiozero, such as `pins.lgpio` or `exc`, and what it needs itself.

    Whoever asks the package for anything else, here or elsewhere in this process, gets it: it is then loaded whole.
    Raises: ModuleNotFoundError where gpiozero, or a library below it, is not installed.
    """
    if "gpiozero" not in sys.modules:
        _put_off()
    with _metadata_put_off():
        return import_module(f"gpiozero.{module}")


@contextmanager
def _metadata_put_off() -> Iterator[None]:
    """Who imports `entry_points` meanwhile gets one that loads importlib.metadata when it is called."""
    if _METADATA in sys.modules:
        yield
        return
    standing_in = ModuleType(_METADATA)

    def entry_points(**group: Any) -> Any:
        return import_module(_METADATA).entry_points(**group)

    standing_in.__dict__["entry_points"] = entry_points
    sys.modules[_METADATA] = standing_in
    try:
        yield
    finally:
        del sys.modules[_METADATA]
        importlib.__dict__.pop("metadata", None)  # where an import of it from the package has left it


def _put_off() -> None:
    spec = find_spec("gpiozero")
    if spec is None or spec.loader is None:
        return
    package, loader = module_from_spec(spec), spec.loader

    def load(name: str) -> Any:
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, name)

    # PEP 562: a module's own __getattr__ is asked for what the module has not.
    package.__dict__["__getattr__"] = load
    sys.modules["gpiozero"] = package
