"""gpiozero loads without its set of devices, and whoever asks for one of them gets it even so."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("gpiozero", reason="gpiozero comes with the extra `pi`")

REPOSITORY = Path(__file__).parents[2]


def said(code: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-W", "error", "-c", "import sys\n" + code]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout.strip()


def test_a_pin_factory_comes_without_the_devices() -> None:
    code = """
from appliance.drivers.lean_gpiozero import gpiozero
factory = gpiozero("pins.mock").MockFactory()
lamp = gpiozero("output_devices").LED(5, pin_factory=factory)
lamp.on()
print(factory.pin("GPIO5").state, "gpiozero.boards" in sys.modules)
"""
    assert said(code) == "True False"


def test_the_public_way_stays_open_behind_it_and_before_it() -> None:
    code = """
from appliance.drivers.lean_gpiozero import gpiozero
lean = gpiozero("output_devices").LED
import gpiozero as whole
print(whole.LED is lean, whole.Robot.__name__, whole.pins.mock.__name__ if hasattr(whole.pins, "mock") else "no mock")
print(gpiozero("pins.mock").MockFactory is __import__("gpiozero.pins.mock").pins.mock.MockFactory)
"""
    assert said(code) == "True Robot no mock\nTrue"
    first = "import gpiozero as whole\nfrom appliance.drivers.lean_gpiozero import gpiozero\n"
    assert said(first + "print(gpiozero('output_devices').LED is whole.LED)") == "True"


def test_what_looks_for_further_factories_is_loaded_when_it_is_asked_for() -> None:
    code = """
from appliance.drivers.lean_gpiozero import gpiozero
gpiozero("pins.mock")
devices = gpiozero("devices")
print("importlib.metadata" in sys.modules)
found = devices.entry_points(group="gpiozero_pin_factories")
import importlib.metadata
print("mock" in {one.name for one in found}, importlib.metadata.version("gpiozero") > "2")
"""
    assert said(code) == "False\nTrue True"


def test_a_name_that_gpiozero_has_not_is_said_so() -> None:
    code = """
from appliance.drivers.lean_gpiozero import gpiozero
gpiozero("exc")
import gpiozero as whole
try:
    whole.Gong
except AttributeError as error:
    print(error)
"""
    assert said(code) == "module 'gpiozero' has no attribute 'Gong'"


def test_where_it_is_not_installed_that_is_what_is_said() -> None:
    code = """
from importlib.machinery import PathFinder
from appliance.drivers.gpio_pins import open_pins
sys.meta_path = [finder for finder in sys.meta_path if finder is not PathFinder]
from appliance.errors import SettingsError
try:
    open_pins("mock")
except SettingsError as error:
    print(error)
"""
    assert "gpiozero is not installed" in said(code)
