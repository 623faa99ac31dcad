"""A drum pad or a piezo that speaks MIDI, as an ear: each note's arrival and velocity."""

from appliance.calibration.heard import Heard
from appliance.clock import Clock
from appliance.drivers.midi_ports import open_ports
from appliance.errors import PadLost
from appliance.notation.hit import Hit
from appliance.pad.midi import Pad, PadSettings
from appliance.pad.ports import PortsSettings, Search, Wanted
from appliance.pad.presence import PortLost

_ANY = PortsSettings(prefer=(), never=(), inputs={})


class MidiEar:
    """A MIDI input port by its name or a part of it; `delay` (s) that the ear is known to have is taken off."""

    def __init__(self, port: str, delay: float, clock: Clock) -> None:
        """Raises: PadLost, with the ports that are there, when none has the name."""
        self._pad = Pad(PadSettings(channel=0, keys={}))
        self._delay = delay
        ear = (Wanted("ear", port, pad=False),)
        self._ports = open_ports(ear, Search(ear, _ANY), clock)
        for change in self._ports.changes():
            if isinstance(change, PortLost):
                self._ports.close()
                raise PadLost(change.text)

    def heard(self) -> list[Heard]:
        """What came since the last time of asking."""
        hits = [self._pad.receive(time, message) for _, time, message in self._ports.messages()]
        return [Heard(hit.time - self._delay, hit.velocity) for hit in hits if isinstance(hit, Hit)]

    def filenos(self) -> list[int]:
        """Readable when something has come."""
        return self._ports.filenos()

    def close(self) -> None:
        """Let the port go."""
        self._ports.close()
