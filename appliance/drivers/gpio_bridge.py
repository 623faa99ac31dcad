"""Real motors: H-bridges and MOSFETs on the board's pins. It implements MotorDriver.

The duty is set on the PWM input before the direction's edge, and edges are immediate writes: queued ones (lgpio's
tx_pulse, tx_wave) start up to 20 ms late.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from appliance.drivers.gpio_pins import Guarded, Line, Pins, open_pins
from appliance.drivers.hardware_pwm import SYSFS, HardwarePwmLine, find_channel
from appliance.drivers.wiring import PinSettings, Wiring
from appliance.errors import GhostnoteError, MotorFault
from appliance.strike.bridge_wiring import InIn, InInEnable, PhaseEnable, Solenoid
from appliance.strike.motor import COAST, Inputs


class _Wired(Protocol):
    """A motor's bridge as it is wired."""

    def write(self, inputs: Inputs) -> None:
        """Set the inputs now; whatever goes wrong on the way, never both directions."""
        ...


class _TwoAndEnable:
    """Two direction lines, and the strength on a third if there is one."""

    def __init__(self, in1: Line, in2: Line, enable: Line | None) -> None:
        self._in1 = in1
        self._in2 = in2
        self._enable = enable

    def write(self, inputs: Inputs) -> None:
        if not inputs.driven:
            _lower_all(self._in1, self._in2, self._enable)
            return
        chosen, other = (self._in1, self._in2) if inputs.driven > 0 else (self._in2, self._in1)
        other.lower()
        if self._enable is not None:
            self._enable.drive(inputs.duty)
        chosen.drive(1.0)


class _TwoPwm:
    """A line with the strength on it for each direction: the duty is the edge."""

    def __init__(self, in1: Line, in2: Line) -> None:
        self._in1 = in1
        self._in2 = in2

    def write(self, inputs: Inputs) -> None:
        if not inputs.driven:
            _lower_all(self._in1, self._in2)
            return
        chosen, other = (self._in1, self._in2) if inputs.driven > 0 else (self._in2, self._in1)
        other.lower()
        chosen.drive(inputs.duty)


class _PhaseAndEnable:
    """The way on one line, the strength on another, which is the edge; both are low in a coast."""

    def __init__(self, phase: Line, enable: Line) -> None:
        self._phase = phase
        self._enable = enable
        self._way = 0

    def write(self, inputs: Inputs) -> None:
        if not inputs.driven:
            _lower_all(self._enable, self._phase)
        else:
            if self._way == -inputs.driven:
                self._enable.lower()  # the way is never changed under power
            (self._phase.lower if inputs.driven > 0 else self._raise_phase)()
            self._enable.drive(inputs.duty)
        self._way = inputs.driven

    def _raise_phase(self) -> None:
        self._phase.drive(1.0)


class _OneLine:
    """A solenoid: its spring is the way back, so a pull back is a coast."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def write(self, inputs: Inputs) -> None:
        if inputs.driven > 0:
            self._line.drive(inputs.duty)
        else:
            self._line.lower()


class GpioBridge:
    """A rack of bridges on pins; it implements MotorDriver and offers its lines to a guard."""

    def __init__(self, pins: Pins, motors: Mapping[str, _Wired], enable: Line | None, pwm: tuple[HardwarePwmLine, ...]):
        self._pins = pins
        self._motors = dict(motors)
        self._enable = enable
        self._enabled = False
        self._pwm = pwm

    @property
    def factory(self) -> str:
        """The pin factory in use: lgpio, rpigpio or mock."""
        return self._pins.name

    @property
    def guarded(self) -> tuple[Guarded, ...]:
        """Every line, for a guard."""
        return (*self._pins.guarded, *self._pwm)

    def write(self, motor: str, inputs: Inputs) -> None:
        """Set a motor's inputs now. Raises: MotorFault for a motor that is not there or whose pins refuse."""
        wired = self._motors.get(motor)
        if wired is None:
            raise MotorFault(f"motor {motor!r} has no pins: there are {', '.join(self._motors)}")
        try:
            if inputs.driven and self._enable is not None and not self._enabled:
                self._enable.drive(1.0)
                self._enabled = True
            wired.write(inputs)
        except self._pins.refusals as refusal:
            raise MotorFault(f"the pins of motor {motor!r} refuse: {refusal}") from refusal

    def coast_all(self) -> None:
        """Lower every line now, the common enable line first. Raises: MotorFault, after all were tried."""
        refused = []
        if self._enable is not None:
            try:
                self._enable.lower()
                self._enabled = False
            except self._pins.refusals as refusal:
                refused.append(f"the enable line refuses: {refusal}")
        for motor in self._motors:
            try:
                self.write(motor, COAST)
            except MotorFault as fault:
                refused.append(str(fault))
        if refused:
            raise MotorFault("; ".join(refused))

    def close(self) -> None:
        """Lower everything and let go of the pins; a guard must have been dismissed before. Raises: MotorFault."""
        refused = []
        for step in (self.coast_all, *(line.close for line in self._pwm), self._pins.close):
            try:
                step()
            except MotorFault as fault:
                refused.append(str(fault))
        if refused:
            raise MotorFault("; ".join(refused))


def open_bridge(settings: PinSettings, sysfs: Path = SYSFS) -> GpioBridge:
    """The motors of the [pins] table, all at rest. Raises: SettingsError when a line cannot be had."""
    return wire(settings, open_pins(settings.factory), sysfs)


def wire(settings: PinSettings, pins: Pins, sysfs: Path = SYSFS) -> GpioBridge:
    """The motors on pins that are open; those are closed when a line cannot be had. Raises: SettingsError."""
    hardware: list[HardwarePwmLine] = []

    def strength(gpio: int) -> Line:
        if gpio in settings.hardware_pwm:
            hardware.append(HardwarePwmLine(find_channel(gpio, sysfs), settings.hardware_frequency))
            return hardware[-1]
        return pins.software_pwm(gpio, settings.software_frequency) if settings.software_frequency else pins.plain(gpio)

    try:
        motors = {name: _wired(wiring, pins.plain, strength) for name, wiring in settings.motors.items()}
        enable = pins.plain(settings.enable) if settings.enable >= 0 else None
    except GhostnoteError:
        pins.close()
        raise
    return GpioBridge(pins, motors, enable, tuple(hardware))


def _wired(wiring: Wiring, plain: Callable[[int], Line], strength: Callable[[int], Line]) -> _Wired:
    match wiring:
        case InInEnable(in1, in2, enable):
            # The strength first: it is low before a direction can be claimed.
            pwm = None if enable is None else strength(enable)
            return _TwoAndEnable(plain(in1), plain(in2), pwm)
        case InIn(in1, in2):
            return _TwoPwm(strength(in1), strength(in2))
        case PhaseEnable(phase, enable):
            pwm = strength(enable)
            return _PhaseAndEnable(plain(phase), pwm)
        case Solenoid(line):
            return _OneLine(strength(line))


def _lower_all(*lines: Line | None) -> None:
    """Lower each, also when one before it refused; the first refusal is raised at the end."""
    refusal: Exception | None = None
    for line in lines:
        if line is not None:
            try:
                line.lower()
            except Exception as error:  # noqa: BLE001  it is raised below
                refusal = refusal or error
    if refusal is not None:
        raise refusal
