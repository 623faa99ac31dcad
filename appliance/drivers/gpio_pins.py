"""Output lines by gpiozero's pin factories: lgpio on every Pi, RPi.GPIO on a Pi 4 or older, mock without any.

gpiozero is optional (the extra `pi`) and loaded here alone, when pins are opened.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from appliance.drivers.gpio_line import KernelLine, line_files
from appliance.drivers.lean_gpiozero import gpiozero
from appliance.errors import MotorFault, SettingsError

_MISSING = "gpiozero is not installed: install Ghostnote's extra for a Pi, `pip install 'ghostnote[pi]'`"


class Guarded(Protocol):
    """What a guard can lower from a forked process."""

    def lower(self) -> None:
        """Set it low now. Raises: OSError when it refuses."""
        ...

    def is_high(self) -> bool:
        """Whether it may drive something. Raises: OSError when it cannot be told."""
        ...

    def files(self) -> tuple[int, ...]:
        """The files that it works by, which must stay open."""
        ...


class Line(Protocol):
    """An output line; both verbs are real-time safe and done when they return, unless said otherwise."""

    def drive(self, duty: float) -> None:
        """High for that share of the time, 0 to 1; a line without PWM is high for every share above 0."""
        ...

    def lower(self) -> None:
        """Low now, and it stays so until it is driven."""
        ...


class PlainLine:
    """A line that is on or off."""

    def __init__(self, pin: Any) -> None:
        self._pin = pin

    def drive(self, duty: float) -> None:
        """High for any duty above 0."""
        self._pin.state = duty > 0

    def lower(self) -> None:
        """Low now."""
        self._pin.state = False


class SoftwarePwmLine:
    """A line that the library switches in a thread of its own; a new duty counts from its next period on.

    The PWM is never stopped while the line is in use: lgpio starts one up to 20 ms late (lgPthTx.c looks for new ones
    fifty times a second), and stopping it leaves the line as it happens to be.
    """

    def __init__(self, pin: Any, frequency: int, kernel: KernelLine | None) -> None:
        self._pin = pin
        self._kernel = kernel
        pin.frequency = frequency
        self.lower()

    def drive(self, duty: float) -> None:
        """High for that share of each period, from the next period on."""
        self._pin.state = duty

    def lower(self) -> None:
        """Low now where the line is the kernel's (lgpio), else at the end of the period.

        With a duty of 0 lgpio raises the line no more, but would leave it high for the rest of a pulse; the write that
        follows ends the pulse, also when lgpio's thread does not run.
        """
        try:
            self._pin.state = 0.0
        finally:
            if self._kernel is not None:
                self._kernel.lower()


class _RegisterLine:
    """A line that RPi.GPIO switches in the chip's registers, which a forked process has in its memory too."""

    def __init__(self, gpio: Any, number: int) -> None:
        self._gpio = gpio
        self._number = number

    def lower(self) -> None:
        self._gpio.output(self._number, 0)

    def is_high(self) -> bool:
        return bool(self._gpio.input(self._number))

    def files(self) -> tuple[int, ...]:
        return ()  # the registers stay mapped when /dev/gpiomem is closed


class Pins:
    """An open pin factory; the lines claimed from it start low."""

    def __init__(self, name: str, factory: Any, refusals: tuple[type[Exception], ...]) -> None:
        self.name = name
        self.refusals = refusals  # what a pin raises when it refuses
        self._factory = factory
        self._claimed: list[Any] = []
        self._guarded: list[Guarded] = []

    def plain(self, gpio: int) -> PlainLine:
        """A line to be switched on and off. Raises: SettingsError when it cannot be had."""
        pin, _ = self._claim(gpio)
        return PlainLine(pin)

    def software_pwm(self, gpio: int, frequency: int) -> SoftwarePwmLine:
        """A line with software PWM (Hz). Raises: SettingsError when it cannot be had."""
        pin, kernel = self._claim(gpio)
        return SoftwarePwmLine(pin, frequency, kernel)

    @property
    def guarded(self) -> tuple[Guarded, ...]:
        """The claimed lines, for a guard; mock pins are in one process's memory and have none."""
        return tuple(self._guarded)

    def close(self) -> None:
        """Stop PWM, lower every line and let go of them, which makes them inputs; nothing may be shared with a guard.

        Raises: MotorFault when a line refused; the others are let go of even so.
        """
        refused = []
        for pin in self._claimed:
            try:
                pin.frequency = None
                pin.state = False
            except self.refusals as refusal:
                refused.append(f"{pin}: {refusal}")
        self._let_go()
        if refused:
            raise MotorFault(f"pins refused to be lowered: {'; '.join(refused)}")

    def _let_go(self) -> None:
        # gpiozero keeps the pins of all local factories in one dict, and closing a factory would close the lamp's too.
        shared = self._factory.pins
        own = {info: pin for info, pin in shared.items() if pin in self._claimed}
        for info in own:
            del shared[info]
        self._factory.pins = own
        self._factory.close()
        self._claimed.clear()
        self._guarded.clear()

    def _claim(self, gpio: int) -> tuple[Any, KernelLine | None]:
        before = line_files()
        try:
            pin = self._factory.pin(f"GPIO{gpio}")
            pin.output_with_state(False)
        except self.refusals as refusal:
            raise SettingsError(f"GPIO {gpio} cannot be had: {refusal}") from None
        self._claimed.append(pin)
        # A claim by lgpio is one line request, and so one file that was not there before.
        files = sorted(line_files() - before)
        kernel = KernelLine(files[-1]) if files else None
        if kernel is not None:
            self._guarded.append(kernel)
        elif self.name == "rpigpio":
            self._guarded.append(_RegisterLine(import_module("RPi.GPIO"), gpio))
        return pin, kernel


def open_pins(name: str) -> Pins:
    """The pins by lgpio, rpigpio or mock; by the first of lgpio and rpigpio that works when `name` is empty.

    Raises: SettingsError when a library is missing or finds no pins.
    """
    if name:
        return _OPENERS[name]()
    refusals = []
    for opener in (_open_lgpio, _open_rpigpio):
        try:
            return opener()
        except SettingsError as refusal:
            refusals.append(str(refusal))
    raise SettingsError("; ".join(dict.fromkeys(refusals)))


def _open_lgpio() -> Pins:
    module = _load("pins.lgpio", "lgpio", "lgpio")
    lgpio = import_module("lgpio")
    return _opened("lgpio", module.LGPIOFactory, (lgpio.error,))


def _open_rpigpio() -> Pins:
    # RPi.GPIO off a Pi, and on a Pi 5, says RuntimeError when it is imported.
    module = _load("pins.rpigpio", "RPi.GPIO", "RPi")
    return _opened("rpigpio", module.RPiGPIOFactory, (RuntimeError, ValueError))


def _open_mock() -> Pins:
    module = _load("pins.mock", "gpiozero", "gpiozero")
    return _opened("mock", lambda: module.MockFactory(pin_class=module.MockPWMPin), (AssertionError,))


_OPENERS: dict[str, Callable[[], Pins]] = {"lgpio": _open_lgpio, "rpigpio": _open_rpigpio, "mock": _open_mock}


def _load(module: str, library: str, package: str) -> Any:
    try:
        return gpiozero(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] == "gpiozero":
            raise SettingsError(_MISSING) from None
        if error.name is not None and error.name.split(".")[0] == package:
            raise SettingsError(f"{library} is not installed: `pip install {library}`, or set pins.factory") from None
        raise
    except RuntimeError as error:
        raise SettingsError(f"{library} does not work on this board: {error}") from None


def _opened(name: str, factory: Callable[[], Any], refusals: tuple[type[Exception], ...]) -> Pins:
    said = gpiozero("exc")
    expected = (said.GPIOZeroError, OSError, *refusals)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", said.GPIOZeroWarning)
        try:
            return Pins(name, factory(), expected)
        except expected as refusal:
            raise SettingsError(f"{name} finds no pins here: {refusal}") from None
