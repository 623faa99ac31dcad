"""The striker's own command, on mock pins whose lamp is written to standard output: one line `instant pin level` each.

Run by the tests as a process of its own, with the options of `ghostnote striker`.
"""

import argparse
import sys
import time
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from appliance.commands import striker
from appliance.errors import GhostnoteError


class ToldPin(MockPin):
    """A pin that says when its output changes."""

    def _change_state(self, value: bool) -> bool:
        changed: bool = super()._change_state(value)
        if changed and self.function == "output":
            sys.stdout.write(f"{time.monotonic():.6f} {self.info.name} {int(value)}\n")
            sys.stdout.flush()
        return changed


def told(name: str) -> Any:
    assert name == "mock"
    return MockFactory(pin_class=ToldPin)


parser = argparse.ArgumentParser()
striker.add_arguments(parser)
try:
    sys.exit(striker.run(parser.parse_args(), told))
except GhostnoteError as error:
    sys.stderr.write(f"ghostnote: {error}\n")
    sys.exit(2)
