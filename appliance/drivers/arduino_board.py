"""The motors of an Arduino for the striker's loop: a link, and the port that it speaks through."""

from collections.abc import Sequence

from appliance.arduino.hairless import HairlessLink
from appliance.arduino.image import image_of
from appliance.arduino.link import BoardLink
from appliance.arduino.outcome import Told
from appliance.arduino.wiring import ArduinoSettings
from appliance.clock import Clock
from appliance.drivers.arduino_port import ArduinoPort
from appliance.strike.kit import StrikeSettings
from appliance.strike.sending import Sending

_AGAIN = 0.1  # s between two tries to open the port


class ArduinoBoard:
    """A Board of the striker's loop. The port is opened in the loop's spare time, and again whenever it was lost."""

    def __init__(self, link: BoardLink | HairlessLink, port: ArduinoPort, motors: frozenset[str], clock: Clock) -> None:
        self._link = link
        self._port = port
        self._clock = clock
        self._again = 0.0
        self.motors = motors

    @property
    def ahead(self) -> float:
        """How long (s) before its start a motion is sent."""
        return self._link.ahead

    @property
    def freely(self) -> bool:
        """Whether any motion can be sent, or plain notes alone."""
        return self._link.freely

    @property
    def ready(self) -> bool:
        """Whether motions can be sent."""
        return self._link.ready

    def filenos(self) -> list[int]:
        """Readable when the board said something, or is gone."""
        return [self._port.fileno()] if self._port.is_open else []

    def next_deadline(self) -> float | None:
        """When the link has something to say, or the port is tried again."""
        return self._link.next_deadline() if self._port.is_open else self._again

    def advance(self, now: float) -> None:
        """Say what is due; open the port when there is none."""
        if not self._port.is_open:
            self._again = now + _AGAIN
            if self._port.open():
                self._say(self._link.opened(now))
            return
        self._say(self._link.advance(now))
        if self._port.is_open and self._link.lost(now):
            self._lose()

    def send(self, sending: Sending) -> None:
        """Hand over a motion."""
        self._say(self._link.send(sending))

    def panic(self) -> None:
        """Every motor coasts now."""
        if self._port.is_open:
            self._say(self._link.panic())

    def look(self) -> None:
        """Take in what the board said."""
        if not self._port.is_open:
            return
        try:
            data = self._port.read()
        except OSError:
            self._lose()
            return
        if data:
            self._say(self._link.receive(data, self._clock.now()))

    def take_told(self) -> Sequence[Told]:
        """What became of motions."""
        return self._link.take_told()

    def take_words(self) -> Sequence[str]:
        """What the crew should know."""
        return self._link.take_words()

    def close(self) -> None:
        """Every motor coasts, and the port is let go."""
        self.panic()
        self._port.close()

    def _say(self, data: bytes) -> None:
        if not data or not self._port.is_open:
            return
        try:
            self._port.write(data)
        except OSError:
            self._lose()

    def _lose(self) -> None:
        self._port.close()
        self._link.closed()
        self._again = self._clock.now()


def open_board(strike: StrikeSettings, arduino: ArduinoSettings, clock: Clock) -> ArduinoBoard:
    """The board of the settings; it is reached when the loop runs. Raises: SettingsError for what it cannot hold."""
    wired = arduino.wired(strike)
    names = [motor.name for motor in wired.motors]
    link: BoardLink | HairlessLink
    if arduino.protocol == "hairless":
        link = HairlessLink(arduino.channel)
    else:
        link = BoardLink(image_of(strike, arduino), names, arduino.ahead)
    return ArduinoBoard(link, ArduinoPort(arduino.port), frozenset(names), clock)
