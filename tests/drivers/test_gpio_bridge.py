"""What the pins of each wiring do, seen at gpiozero's mock pins; every level they take goes through the checker."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.drivers.gpio_bridge import GpioBridge, open_bridge, wire
from appliance.drivers.gpio_pins import Pins, SoftwarePwmLine, open_pins
from appliance.drivers.wiring import PinSettings, Wiring
from appliance.errors import MotorFault, SettingsError
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.bridge_wiring import InIn, InInEnable, PhaseEnable, Solenoid
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.striker import Striker
from tests.bridge_checker import BridgeChecker

mock = pytest.importorskip("gpiozero.pins.mock", reason="gpiozero comes with the extra `pi`")

SHIPPED = load_settings().room("strike", StrikeSettings)
PINS = load_settings().room("pins", PinSettings)
KINDS: dict[str, Wiring] = {
    "in_in_enable": InInEnable(23, 24, 12),
    "jumpered": InInEnable(23, 24),
    "in_in": InIn(23, 24),
    "phase_enable": PhaseEnable(23, 12),
    "solenoid": Solenoid(23),
}
FORWARD, BACK = Inputs(1, 0, 0.8), Inputs(0, 1, 0.5)


class Rack:
    """A bridge on mock pins that keeps every level, and what each motor's inputs are by them."""

    def __init__(self, wirings: dict[str, Wiring], frequency: int = 1000, enable: int = -1) -> None:
        self.clock = VirtualClock(1.0)
        self.levels: dict[int, float] = {}
        self.changes: list[tuple[int, float]] = []
        self.refuses: set[int] = set()
        self.wirings = wirings
        self.checker = BridgeChecker(SHIPPED.dead_time, SHIPPED.max_on)
        rack = self

        class SeenPin(mock.MockPWMPin):  # type: ignore[misc, name-defined]
            def _set_state(self, value: float) -> None:
                number = int(self.info.name.removeprefix("GPIO"))
                if number in rack.refuses and value:
                    raise OSError(5, "Input/output error")
                super()._set_state(value)
                rack.seen(number, float(value))

        factory = mock.MockFactory(pin_class=SeenPin)
        factory.reset()
        pins = Pins("mock", factory, (OSError,))
        self.settings = msgspec.structs.replace(
            PINS, factory="mock", motors=wirings, software_frequency=frequency, enable=enable
        )
        self.bridge: GpioBridge = wire(self.settings, pins)
        self.changes.clear()

    def seen(self, gpio: int, level: float) -> None:
        if self.levels.get(gpio, 0.0) == level:
            return
        self.levels[gpio] = level
        self.changes.append((gpio, level))
        for motor, wiring in self.wirings.items():
            self.checker.write(self.clock.now(), motor, self.inputs(wiring))

    def inputs(self, wiring: Wiring) -> Inputs:
        level = self.levels.get

        def high(gpio: int) -> int:
            return int(level(gpio, 0.0) > 0)

        match wiring:
            case InInEnable(in1, in2, enable):
                return Inputs(high(in1), high(in2), level(enable, 0.0) if enable is not None else high(in1) | high(in2))
            case InIn(in1, in2):
                return Inputs(high(in1), high(in2), max(level(in1, 0.0), level(in2, 0.0)))
            case PhaseEnable(phase, enable):
                on, back = high(enable), high(phase)
                return Inputs(on & ~back & 1, on & back, level(enable, 0.0))
            case Solenoid(line):
                return Inputs(high(line), 0, level(line, 0.0))


def levels_after(kind: str, *writes: Inputs, frequency: int = 1000) -> tuple[Rack, list[tuple[int, float]]]:
    rack = Rack({"snare": KINDS[kind]}, frequency)
    for at, inputs in enumerate(writes):
        rack.clock.set(1.0 + at * 0.02)
        rack.bridge.write("snare", inputs)
    return rack, rack.changes


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("in_in_enable", [(12, 0.8), (23, 1.0), (23, 0.0), (12, 0.0), (12, 0.5), (24, 1.0), (24, 0.0), (12, 0.0)]),
        ("jumpered", [(23, 1.0), (23, 0.0), (24, 1.0), (24, 0.0)]),
        ("in_in", [(23, 0.8), (23, 0.0), (24, 0.5), (24, 0.0)]),
        ("phase_enable", [(12, 0.8), (12, 0.0), (23, 1.0), (12, 0.5), (12, 0.0), (23, 0.0)]),
        ("solenoid", [(23, 0.8), (23, 0.0)]),
    ],
)
def test_a_stroke_has_its_strength_before_its_edge(kind: str, expected: list[tuple[int, float]]) -> None:
    rack, changes = levels_after(kind, FORWARD, COAST, BACK, COAST)
    assert changes == expected
    rack.checker.finish()


def test_without_software_pwm_a_line_is_on_or_off() -> None:
    _, changes = levels_after("in_in_enable", FORWARD, COAST, frequency=0)
    assert changes == [(12, 1.0), (23, 1.0), (23, 0.0), (12, 0.0)]


def test_a_new_strength_in_the_same_direction_leaves_the_edge_alone() -> None:
    _, changes = levels_after("in_in_enable", FORWARD, Inputs(1, 0, 0.3), COAST)
    assert changes == [(12, 0.8), (23, 1.0), (12, 0.3), (23, 0.0), (12, 0.0)]


@pytest.mark.parametrize("kind", ["in_in_enable", "jumpered", "in_in", "phase_enable"])
def test_a_turn_without_a_coast_never_raises_both(kind: str) -> None:
    rack = Rack({"snare": KINDS[kind]})
    rack.checker = BridgeChecker(dead_time=0.0, max_on=SHIPPED.max_on)
    rack.bridge.write("snare", FORWARD)
    rack.bridge.write("snare", BACK)
    rack.bridge.write("snare", FORWARD)
    assert all(not (inputs.in1 and inputs.in2) for _, _, inputs in rack.checker.writes)


def test_all_lines_are_low_outputs_once_the_bridge_is_open() -> None:
    rack = Rack(dict(zip(("snare", "kick"), (InInEnable(23, 24, 12), Solenoid(17)), strict=True)), enable=25)
    factory = rack.bridge._pins._factory
    for gpio in (12, 17, 23, 24, 25):
        pin = factory.pin(f"GPIO{gpio}")
        assert (pin.function, pin.state) == ("output", 0)


def test_the_common_enable_line_is_high_only_after_a_first_drive() -> None:
    rack = Rack({"snare": KINDS["in_in_enable"]}, enable=25)
    rack.bridge.coast_all()
    rack.bridge.write("snare", COAST)
    assert rack.changes == []
    rack.bridge.write("snare", FORWARD)
    assert rack.changes == [(25, 1.0), (12, 0.8), (23, 1.0)]
    rack.bridge.coast_all()
    assert rack.changes[3:] == [(25, 0.0), (23, 0.0), (12, 0.0)]
    rack.checker.finish()


def test_a_motor_without_pins_is_a_fault() -> None:
    rack = Rack({"snare": KINDS["in_in"]})
    with pytest.raises(MotorFault, match="motor 'kick' has no pins: there are snare"):
        rack.bridge.write("kick", COAST)


def test_a_pin_that_refuses_is_a_fault_of_its_motor() -> None:
    rack = Rack({"snare": KINDS["in_in_enable"]})
    rack.refuses = {23}
    with pytest.raises(MotorFault, match=r"the pins of motor 'snare' refuse: .*Input/output error"):
        rack.bridge.write("snare", FORWARD)
    rack.bridge.write("snare", COAST)
    rack.checker.finish()


def test_a_line_that_cannot_be_lowered_keeps_no_other_one_high() -> None:
    rack = Rack({"snare": KINDS["in_in_enable"], "kick": Solenoid(17)})
    rack.bridge.write("snare", FORWARD)
    rack.bridge.write("kick", FORWARD)
    factory = rack.bridge._pins._factory
    pin = factory.pin("GPIO23")
    pin.function = "input"  # such a pin refuses to be set

    with pytest.raises(Exception, match="GPIO23"):
        rack.bridge._motors["snare"].write(COAST)
    assert (rack.levels[12], rack.levels[17]) == (0.0, 0.8)


def test_closing_lowers_and_lets_go() -> None:
    rack = Rack({"snare": KINDS["in_in"]}, enable=25)
    rack.bridge.write("snare", FORWARD)
    rack.bridge.close()
    assert {gpio: level for gpio, level in rack.levels.items() if level} == {}
    rack.checker.finish()


def test_closing_leaves_a_lamp_of_the_same_factory_lit() -> None:
    rack = Rack({"snare": KINDS["in_in"]})
    lamp = rack.bridge._pins._factory.pin("GPIO5")
    lamp.output_with_state(True)
    rack.bridge.close()
    assert (lamp.function, lamp.state) == ("output", 1)


strokes = st.lists(
    st.builds(
        Stroke, time=st.floats(0, 2), pitch=st.sampled_from([36, 38, 42, 46, 45, 48, 50, 49, 51]),
        velocity=st.integers(1, 127),
    ),
    max_size=60,
)  # fmt: skip
WIRINGS: list[Wiring] = [
    InInEnable(9, 10, 11), InIn(12, 13), PhaseEnable(15, 16), Solenoid(17), InInEnable(18, 19), InIn(20, 21),
    PhaseEnable(22, 23), Solenoid(24),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(strokes)
def test_whatever_is_played_no_level_of_any_pin_burns_a_bridge(score: list[Stroke]) -> None:
    rack = Rack(dict(zip((motor.name for motor in SHIPPED.motors), WIRINGS, strict=True)), enable=25)
    striker = Striker(SHIPPED)
    striker.receive([msgspec.structs.replace(stroke, time=stroke.time + 1.1) for stroke in score], rack.clock.now())
    while (deadline := striker.next_deadline()) is not None:
        rack.clock.set(deadline)
        for write in striker.advance(deadline):
            rack.bridge.write(write.motor, write.inputs)
            striker.written(write, deadline)
    rack.bridge.coast_all()
    rack.checker.finish()


def test_the_mock_factory_is_opened_by_its_name() -> None:
    bridge = open_bridge(msgspec.structs.replace(PINS, factory="mock", motors={"snare": KINDS["in_in_enable"]}))
    assert (bridge.factory, bridge.guarded) == ("mock", ())
    bridge.write("snare", FORWARD)
    bridge.close()


def test_a_line_whose_library_refuses_is_lowered_by_the_kernel_even_so() -> None:
    class Torn(mock.MockPWMPin):  # type: ignore[misc, name-defined]
        torn = False

        def _set_state(self, value: float) -> None:
            if self.torn:
                raise OSError(5, "Input/output error")
            super()._set_state(value)

    class Kernel:
        lowered = 0

        def lower(self) -> None:
            self.lowered += 1

    factory = mock.MockFactory(pin_class=Torn)
    factory.reset()
    pin, kernel = factory.pin("GPIO12"), Kernel()
    pin.output_with_state(False)
    line = SoftwarePwmLine(pin, 1000, kernel)  # type: ignore[arg-type]
    pin.torn = True
    with pytest.raises(OSError, match="Input/output"):
        line.lower()
    assert kernel.lowered == 2  # when it was opened, and by the library's refusal
    factory.reset()


@pytest.mark.skipif(bool(list(Path("/dev").glob("gpiochip*"))), reason="this machine has GPIO lines")
def test_a_board_without_pins_is_said_so() -> None:
    with pytest.raises(SettingsError, match=r"finds no pins here|is not installed"):
        open_pins("")


def test_a_pin_in_use_is_refused_and_the_others_are_let_go() -> None:
    class Busy(mock.MockPWMPin):  # type: ignore[misc, name-defined]
        def _set_function(self, value: str) -> None:
            if value == "output" and self.info.name == "GPIO24":
                raise OSError(16, "Device or resource busy")
            super()._set_function(value)

    factory = mock.MockFactory(pin_class=Busy)
    factory.reset()
    pins: Any = Pins("mock", factory, (OSError,))
    with pytest.raises(SettingsError, match=r"GPIO 24 cannot be had: .*busy"):
        wire(msgspec.structs.replace(PINS, motors={"snare": InInEnable(23, 24)}), pins)
    assert factory.pins == {}
