"""Panic, footswitch and shutdown buttons on their pins, by gpiozero; its thread posts edges, the striker's acts."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from appliance.clock import Clock
from appliance.drivers.plain_pins import opened
from appliance.status.presses import Button, Edge, Press, Presses
from appliance.status.wiring import StatusSettings

# Seconds between two looks for edges: a panic is heard within that and the next gap between two edges of motors.
LOOK = 0.010

# A contact must keep its new state so long (s) before the kernel reports it: sparks of motors on a long cable do not.
STEADY = 0.003


class ButtonPins:
    """The buttons of the settings, between their GPIO and ground, pulled up by the Pi.

    Raises: SettingsError when a pin cannot be had.
    """

    def __init__(self, wired: Mapping[Button, int], factory: Any, clock: Clock) -> None:
        self._clock = clock
        self._edges: deque[Edge] = deque()
        self._devices = [self._open(button, gpio, factory) for button, gpio in wired.items()]

    def take(self) -> list[Edge]:
        """The edges since the last time of asking, in order."""
        edges = []
        while self._edges:
            edges.append(self._edges.popleft())
        return edges

    def close(self) -> None:
        """Let go of the pins."""
        for device in self._devices:
            device.close()

    def _open(self, button: Button, gpio: int, factory: Any) -> Any:
        # Not gpiozero's Button, which brings a thread of its own to tell how long it is held.
        device = opened(
            "input_devices",
            lambda zero: zero.DigitalInputDevice(gpio, pull_up=True, bounce_time=STEADY, pin_factory=factory),
            [gpio],
        )
        # In gpiozero's own thread: stamp and post, nothing else.
        device.when_activated = lambda: self._edges.append(Edge(button, True, self._clock.now()))
        device.when_deactivated = lambda: self._edges.append(Edge(button, False, self._clock.now()))
        return device


class Contacts(Protocol):
    """Where edges come from."""

    def take(self) -> list[Edge]:
        """The edges since the last time of asking."""
        ...


class Buttons:
    """An attendant of the striker that tells `act` what the crew wants."""

    def __init__(self, contacts: Contacts, act: Callable[[Press, float], None]) -> None:
        self._contacts = contacts
        self._act = act
        self._presses = Presses()
        self._deadline = 0.0

    def next_deadline(self) -> float:
        """The next look at the contacts."""
        return self._deadline

    def advance(self, now: float) -> None:
        """Do what was pressed."""
        self._deadline = now + LOOK
        for edge in self._contacts.take():
            for press in self._presses.receive(edge):
                self._act(press, edge.at)
        for press in self._presses.advance(now):
            self._act(press, now)


def open_buttons(settings: StatusSettings, factory: Callable[[], Any], clock: Clock) -> ButtonPins | None:
    """The buttons of the settings, or None when there are none. Raises: SettingsError when a pin cannot be had."""
    return ButtonPins(settings.buttons, factory(), clock) if settings.buttons else None
