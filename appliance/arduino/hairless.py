"""The link to any sketch that hears MIDI notes on a serial line, in the framing of hairless-midiserial.

There is no clock and no answer: a note is sent when its push is to begin, and counts as struck when it was sent.
"""

from appliance.arduino.incoming import Incoming
from appliance.arduino.messages import ACTIVE_SENSING, ALL_SOUND_OFF, Words, note_on
from appliance.arduino.outcome import Told, left_out
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.hit import Stroke
from appliance.strike.outcome import Reason, begun, dropped
from appliance.strike.sending import Sending

_SENSE = 0.1  # s between two Active Sensings: MIDI allows 0.3


class HairlessLink:
    """A sketch as the striker has it. `channel` is the one its notes go to, from 1; 0 for percussion's."""

    ahead = 0.0005  # s: three bytes, and a frame on the USB
    freely = False

    def __init__(self, channel: int) -> None:
        self._channel = channel or PERCUSSION_CHANNEL + 1
        self._incoming = Incoming()
        self._sense = 0.0
        self._told: list[Told] = []
        self._words: list[str] = []
        self.ready = False

    def opened(self, now: float) -> bytes:
        """A port is open."""
        self.ready = True
        self._incoming = Incoming()
        self._sense = now
        self._words.append("the Arduino's port is open")
        return b""

    def closed(self) -> None:
        """The port is gone."""
        if self.ready:
            self._words.append("the Arduino is gone: its strokes are left out until it is back")
        self.ready = False

    def receive(self, data: bytes, now: float) -> bytes:
        """Bytes that came: what a sketch says in debug frames is passed on, everything else over."""
        del now
        for reply in self._incoming.receive(data):
            if isinstance(reply, Words):
                self._words.append(f"the Arduino says: {reply.text}")
        return b""

    def next_deadline(self) -> float | None:
        """When the next Active Sensing is due."""
        return self._sense if self.ready else None

    def advance(self, now: float) -> bytes:
        """The Active Sensing, if it is time."""
        if not self.ready or now < self._sense:
            return b""
        self._sense = now + _SENSE
        return ACTIVE_SENSING

    def lost(self, now: float) -> bool:
        """Never: a sketch need not say anything."""
        del now
        return False

    def send(self, sending: Sending) -> bytes:
        """The notes of a motion; none when they cannot be sent, which is then told."""
        (first, batch), *others = sending.asked
        if not self.ready or not isinstance(first, Stroke):
            # A try is given in numbers, which no note has.
            self._told.extend(left_out(sending, Reason.LIMIT if self.ready else Reason.FAULT))
            return b""
        if sending.fetches:
            # It was planned for the pins: its start is the pull's, which no note asks for.
            self._told.extend(left_out(sending, Reason.RECOVERY))
            return b""
        self._told.append(begun(first, 0.0, batch))
        # A double is one motion, which no note asks for.
        self._told.extend(dropped(other, Reason.RECOVERY, batch) for other, batch in others)
        return note_on(self._channel, first.pitch, first.velocity)

    def panic(self) -> bytes:
        """Everything off, now: all sound off, on the one channel."""
        status, *rest = ALL_SOUND_OFF
        return bytes((status | self._channel - 1, *rest))

    def take_told(self) -> list[Told]:
        """What became of strokes since the last time of asking."""
        told, self._told = self._told, []
        return told

    def take_words(self) -> list[str]:
        """What the crew should know, since the last time of asking."""
        words, self._words = self._words, []
        return words
