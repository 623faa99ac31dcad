"""A drum pad or a piezo that speaks MIDI, as an ear: each note's arrival and velocity."""

from appliance.calibration.heard import Heard
from appliance.clock import Clock
from appliance.drivers.usb_midi import UsbPad
from appliance.notation.hit import Hit
from appliance.pad.midi import Pad, PadSettings


class MidiEar:
    """A MIDI input port by its name or a part of it; `delay` (s) that the ear is known to have is taken off."""

    def __init__(self, port: str, delay: float, clock: Clock) -> None:
        """Raises: PadLost when there is no such port."""
        self._pad = Pad(PadSettings(channel=0, keys={}))
        self._delay = delay
        self._port = UsbPad(port, clock)

    def heard(self) -> list[Heard]:
        """What came since the last time of asking."""
        hits = [self._pad.receive(time, message) for time, message in self._port.messages()]
        return [Heard(hit.time - self._delay, hit.velocity) for hit in hits if isinstance(hit, Hit)]

    def filenos(self) -> list[int]:
        """Readable when something has come."""
        return self._port.filenos()

    def close(self) -> None:
        """Let the port go."""
        self._port.close()
