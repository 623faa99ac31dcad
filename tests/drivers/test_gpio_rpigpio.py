"""The RPi.GPIO factory: gpiozero's own, unchanged, upon registers in memory where RPi.GPIO itself has no Pi."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from appliance.drivers.gpio_bridge import wire
from appliance.drivers.gpio_pins import Pins, open_pins
from appliance.drivers.wiring import PinSettings
from appliance.errors import MotorFault, SettingsError
from appliance.settings import load_settings
from appliance.strike.bridge_wiring import InIn, InInEnable
from appliance.strike.motor import COAST, Inputs

pytest.importorskip("gpiozero", reason="gpiozero comes with the extra `pi`")

PINS = load_settings().room("pins", PinSettings)
PI_4B = 0xC03115
ON_A_PI = Path("/dev/gpiomem").exists()


class Registers(ModuleType):
    """What gpiozero uses of RPi.GPIO 0.7.1; its software PWM is the duty it was told."""

    IN, OUT, BCM = 1, 0, 11
    I2C, SPI, HARD_PWM, SERIAL, UNKNOWN = 42, 41, 43, 40, -1
    PUD_OFF, PUD_UP, PUD_DOWN = 20, 22, 21
    RISING, FALLING, BOTH = 31, 32, 33

    def __init__(self) -> None:
        super().__init__("RPi.GPIO")
        self.direction: dict[int, int] = {}
        self.level: dict[int, float] = {23: 1}  # as a process that died left it
        self.log: list[tuple[int, float]] = []

    def setmode(self, mode: int) -> None: ...

    def setwarnings(self, said: bool) -> None: ...

    def setup(self, gpio: int, direction: int, pull: int = 20, initial: float | None = None) -> None:
        if initial is not None:
            self.output_level(gpio, initial)
        self.direction[gpio] = direction

    def gpio_function(self, gpio: int) -> int:
        return self.direction[gpio]

    def output(self, gpio: int, value: float) -> None:
        if self.direction.get(gpio) != self.OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        self.output_level(gpio, value)

    def output_level(self, gpio: int, value: float) -> None:
        self.level[gpio] = float(value)
        self.log.append((gpio, float(value)))

    def input(self, gpio: int) -> float:
        return self.level.get(gpio, 0.0)

    def cleanup(self, gpio: int | None = None) -> None:
        for number in list(self.direction) if gpio is None else [gpio]:
            self.direction[number] = self.IN

    def PWM(self, gpio: int, frequency: float) -> "SoftwarePwm":  # noqa: N802  its name there
        return SoftwarePwm(self, gpio)


class SoftwarePwm:
    def __init__(self, registers: Registers, gpio: int) -> None:
        self._registers, self._gpio = registers, gpio

    def start(self, duty: float) -> None:
        self.ChangeDutyCycle(duty)

    def ChangeDutyCycle(self, duty: float) -> None:  # noqa: N802  its name there
        self._registers.output(self._gpio, duty / 100)

    def stop(self) -> None: ...


@pytest.fixture
def registers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registers]:
    gpio, package = Registers(), ModuleType("RPi")
    package.GPIO = gpio  # type: ignore[attr-defined]
    package.__path__ = []
    monkeypatch.setitem(sys.modules, "RPi", package)
    monkeypatch.setitem(sys.modules, "RPi.GPIO", gpio)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.rpigpio", raising=False)
    yield gpio
    sys.modules.pop("gpiozero.pins.rpigpio", None)


@pytest.fixture
def pins(registers: Registers) -> Iterator[Any]:
    from gpiozero import GPIOZeroError
    from gpiozero.pins.rpigpio import RPiGPIOFactory

    class Pi4(RPiGPIOFactory):
        def _get_revision(self) -> int:
            return PI_4B

    factory = Pi4()
    yield Pins("rpigpio", factory, (GPIOZeroError, RuntimeError, ValueError))
    factory.close()  # gpiozero keeps the pins of all local factories in one place


def test_a_line_that_was_left_high_is_low_before_it_is_an_output(registers: Registers, pins: Pins) -> None:
    wire(msgspec.structs.replace(PINS, motors={"snare": InInEnable(23, 24)}), pins)
    assert registers.log[0] == (23, 0.0)
    assert registers.direction == {23: registers.OUT, 24: registers.OUT}


def test_a_stroke_reaches_the_registers_strength_first(registers: Registers, pins: Pins) -> None:
    bridge = wire(msgspec.structs.replace(PINS, motors={"snare": InInEnable(23, 24, 12)}), pins)
    registers.log.clear()
    bridge.write("snare", Inputs(1, 0, 0.8))
    bridge.write("snare", COAST)
    assert [entry for entry in registers.log if entry != (24, 0.0)] == [(12, 0.8), (23, 1.0), (23, 0.0), (12, 0.0)]


def test_a_guard_lowers_the_registers_itself(registers: Registers, pins: Pins) -> None:
    bridge = wire(msgspec.structs.replace(PINS, motors={"snare": InIn(23, 24)}), pins)
    bridge.write("snare", Inputs(0, 1, 0.5))
    assert [line.is_high() for line in bridge.guarded] == [False, True]
    for line in bridge.guarded:
        line.lower()
        assert line.files() == ()
    assert not any(registers.level.values())


def test_what_the_library_refuses_is_a_motor_fault(registers: Registers, pins: Pins) -> None:
    bridge = wire(msgspec.structs.replace(PINS, motors={"snare": InInEnable(23, 24)}), pins)
    registers.direction[23] = registers.IN
    with pytest.raises(MotorFault, match="the pins of motor 'snare' refuse"):
        bridge.write("snare", Inputs(1, 0, 1.0))
    registers.direction[23] = registers.OUT
    bridge.close()
    assert not any(registers.level.values())


@pytest.mark.skipif(ON_A_PI, reason="RPi.GPIO works on a Pi")
def test_without_a_pi_the_factory_says_so() -> None:
    with pytest.raises(SettingsError, match=r"RPi.GPIO (is not installed|does not work on this board)"):
        open_pins("rpigpio")


@pytest.mark.skipif(not ON_A_PI, reason="no Pi: RPi.GPIO finds no registers")
def test_on_a_pi_the_factory_opens() -> None:
    open_pins("rpigpio").close()
