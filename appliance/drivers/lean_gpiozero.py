"""gpiozero without the devices that nobody asks for.

Its `__init__` loads every device that it has, from robots to tone scales: 1.5 MB, which a striker would lock in memory.
The pin factories and the devices of one kind load without it.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any


def gpiozero(module: str) -> Any:
    """A module of gpiozero, such as `pins.lgpio` or `exc`, and what it needs itself.

    Whoever asks the package for anything else, here or elsewhere in this process, gets it: it is then loaded whole.
    Raises: ModuleNotFoundError where gpiozero, or a library below it, is not installed.
    """
    if "gpiozero" not in sys.modules:
        _put_off()
    return import_module(f"gpiozero.{module}")


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
