"""The link to a board with Ghostnote's firmware: from an open port to strokes at their instants, and back after a loss.

Like the rooms, it is told what came and what time it is, and gives bytes to send.
"""

from collections.abc import Iterator, Sequence
from enum import Enum

from appliance.arduino.clock_fit import ClockFit
from appliance.arduino.image import TICK, duty
from appliance.arduino.incoming import Incoming
from appliance.arduino.messages import (
    ACTIVE_SENSING,
    IDENTITY_REQUEST,
    LONGEST_SEGMENT,
    MOST_SEGMENTS,
    PIECE,
    VERSION,
    Ask,
    ClockRead,
    Done,
    Hello,
    Reply,
    ResetCause,
    Words,
    WriteResult,
    Wrote,
    ask,
    ask_clock,
    ask_commit,
    ask_motion,
    ask_stroke,
    ask_write,
)
from appliance.arduino.outcome import Outcomes, Told, left_out
from appliance.arduino.seven_bits import crc16
from appliance.notation.hit import Stroke
from appliance.strike.outcome import Reason
from appliance.strike.sending import Sending

_BYTE = 10 / 115200  # s
_ASK_HELLO = 0.1  # s between two questions for a hello
_QUICK_CLOCK, _SLOW_CLOCK = 0.015, 0.1  # s between two questions for the clock, before and after it is known
_KNOWN = 24  # answers after which it is
_SENSE = 0.1  # s between two Active Sensings: MIDI allows 0.3
# s without a word until the port is opened anew. A bootloader says nothing for a second, and where an opened port
# resets the board once more, that second would begin again.
_SILENT = 1.4
_WORN = 5.0  # s between two tries from then on
_TORN = 3  # images that did not come whole, one after the other, until the crew is told
_PIECE_TIME = 0.5  # s that a piece may take: 24 bytes of 3.4 ms, and the wire
_QUESTION, _ANSWER = 7 * _BYTE, 12 * _BYTE + 0.0002  # s; the board thinks for 0.2 ms


class Standing(Enum):
    """How far the link has come."""

    AWAY = "away"  # no port
    ASKING = "asking"  # for a hello
    SETTING = "setting"  # the settings are sent
    FITTING = "fitting"  # the clock is read
    READY = "ready"
    REFUSED = "refused"  # a firmware of another version, or settings that it does not take


class BoardLink:
    """A board as the striker has it. `motors` are the names in the order of the image."""

    freely = True

    def __init__(self, image: bytes, motors: Sequence[str], ahead: float) -> None:
        self.ahead = ahead
        self.standing = Standing.AWAY
        self._image = image
        self._checksum = crc16(image)
        self._numbers = {name: number for number, name in enumerate(motors)}
        self._incoming = Incoming()
        self._clock = ClockFit()
        self._outcomes = Outcomes()
        self._answers = 0
        self._asked: dict[int, float] = {}
        self._sequence = 0
        self._piece = 0
        self._torn = 0
        self._deadline = 0.0
        self._sense = 0.0
        self._heard = 0.0
        self._told: list[Told] = []
        self._words: list[str] = []

    @property
    def ready(self) -> bool:
        """Whether a stroke can be sent."""
        return self.standing is Standing.READY

    def opened(self, now: float) -> bytes:
        """A port is open: what to say first."""
        self._incoming = Incoming()
        self._heard = now
        self._enter(Standing.ASKING, now)
        return b""

    def closed(self) -> None:
        """The port is gone."""
        if self.standing in (Standing.READY, Standing.FITTING):
            self._words.append("the Arduino is gone: its strokes are left out until it is back")
        self._told.extend(self._outcomes.lose())
        self.standing = Standing.AWAY

    def receive(self, data: bytes, now: float) -> bytes:
        """Bytes that came; the answer to them."""
        return b"".join(self._hear(reply, now) for reply in self._incoming.receive(data))

    def next_deadline(self) -> float | None:
        """When to be advanced."""
        if self.standing is Standing.AWAY:
            return None
        due = min(self._deadline, self._sense)
        awaited = self._outcomes.next_deadline()
        return due if awaited is None else min(due, awaited)

    def advance(self, now: float) -> bytes:
        """What is to be said now."""
        self._told.extend(self._outcomes.advance(now))
        said = b""
        if now >= self._deadline and self.standing is not Standing.AWAY:
            said = self._ask(now)
        if now >= self._sense:
            self._sense = now + _SENSE
            if self.standing in (Standing.FITTING, Standing.READY):
                said += ACTIVE_SENSING
        return said

    def lost(self, now: float) -> bool:
        """Whether the board is silent for so long that its port must be opened anew."""
        return self.standing is not Standing.AWAY and now - self._heard > _SILENT

    def send(self, sending: Sending) -> bytes:
        """The bytes of a motion; none when it cannot be sent, which is then told as left out."""
        number = self._numbers.get(sending.motor)
        if not self.ready or number is None:
            self._told.extend(left_out(sending, Reason.FAULT))
            return b""
        start = self._clock.ticks_at(sending.start)
        asked = sending.asked[0][0]
        if len(sending.asked) == 1 and isinstance(asked, Stroke) and not sending.fetches:
            return ask_stroke(self._outcomes.number(sending), number, asked.velocity, start)
        segments = list(_segments(sending))
        if len(segments) > MOST_SEGMENTS or any(ticks > LONGEST_SEGMENT for ticks, _ in segments):
            self._told.extend(left_out(sending, Reason.LIMIT))
            return b""
        return ask_motion(self._outcomes.number(sending), number, start, segments)

    def panic(self) -> bytes:
        """Everything off, now."""
        return ask(Ask.PANIC)

    def take_told(self) -> list[Told]:
        """What became of motions since the last time of asking."""
        told, self._told = self._told, []
        return told

    def take_words(self) -> list[str]:
        """What the crew should know, since the last time of asking."""
        words, self._words = self._words, []
        return words

    def _enter(self, standing: Standing, now: float) -> None:
        self.standing = standing
        self._deadline = now

    def _ask(self, now: float) -> bytes:
        match self.standing:
            case Standing.ASKING:
                self._deadline = now + _ASK_HELLO
                return b"\xf7" + IDENTITY_REQUEST + ask(Ask.HELLO)
            case Standing.SETTING:
                self._deadline = now + _PIECE_TIME
                return self._next_piece()
            case Standing.FITTING | Standing.READY:
                self._deadline = now + (_QUICK_CLOCK if self._answers < _KNOWN else _SLOW_CLOCK)
                self._sequence = (self._sequence + 1) % 128
                self._asked[self._sequence] = now
                return ask_clock(self._sequence)
            case _:
                self._deadline = now + _ASK_HELLO
                return ask(Ask.HELLO)

    def _next_piece(self) -> bytes:
        if self._piece >= len(self._image):
            return ask_commit(len(self._image), self._checksum)
        return ask_write(self._piece, self._image[self._piece : self._piece + PIECE])

    def _hear(self, reply: Reply, now: float) -> bytes:
        self._heard = now
        match reply:
            case Hello():
                self._welcome(reply, now)
            case ClockRead(sequence, ticks) if sequence in self._asked:
                self._read_clock(self._asked.pop(sequence), ticks, now)
            case Done():
                self._told.extend(self._outcomes.told(reply))
            case Wrote():
                self._note_write(reply, now)
            case Words(text) if text != "Ghostnote":
                self._words.append(f"the Arduino says: {text}")
            case _:
                pass
        return self.advance(now) if now >= self._deadline else b""

    def _welcome(self, hello: Hello, now: float) -> None:
        if self.standing is Standing.REFUSED or (hello.asked and self.standing is not Standing.ASKING):
            return
        if self.standing is not Standing.ASKING:
            # It has just started, and knows nothing of what it was sent.
            self._words.append(f"the Arduino has started again: {_why(hello.cause)}")
        self._told.extend(self._outcomes.lose())
        self._clock, self._answers, self._asked = ClockFit(), 0, {}
        if hello.version != VERSION:
            self._refuse(f"the Arduino's firmware speaks version {hello.version}, this Ghostnote {VERSION}", now)
        elif hello.checksum == self._checksum:
            self._enter(Standing.FITTING, now)
        else:
            self._piece = self._torn = 0
            self._enter(Standing.SETTING, now)

    def _note_write(self, wrote: Wrote, now: float) -> None:
        if self.standing is not Standing.SETTING:
            return
        if wrote.result is WriteResult.COMMITTED:
            self._words.append("the Arduino has the settings")
            self._enter(Standing.FITTING, now)
        elif wrote.result is WriteResult.WRITTEN and wrote.offset == self._piece:
            self._piece += PIECE
            self._deadline = now
        elif wrote.result is WriteResult.CORRUPT:
            self._begin_again(now)

    def _begin_again(self, now: float) -> None:
        self._piece = 0
        self._torn += 1
        # A memory that is worn out is not written without a pause.
        self._deadline = now if self._torn < _TORN else now + _WORN
        if self._torn == _TORN:
            self._words.append("the Arduino does not keep the settings: its memory is worn out, or its line is noisy")

    def _refuse(self, why: str, now: float) -> None:
        self._words.append(f"{why}: run `ghostnote firmware flash`")
        self._enter(Standing.REFUSED, now)

    def _read_clock(self, asked: float, ticks: int, now: float) -> None:
        self._answers += self._clock.add(asked, now, ticks, _QUESTION, _ANSWER)
        if self._clock.broken:
            # It has started again, and its hello was lost.
            self._told.extend(self._outcomes.lose())
            self._enter(Standing.ASKING, now)
            return
        if self.standing is Standing.FITTING and self._clock.ready:
            self.standing = Standing.READY
            self._words.append("the Arduino is ready")


def _segments(sending: Sending) -> Iterator[tuple[int, int]]:
    for (at, share), (until, _) in zip(sending.edges, sending.edges[1:], strict=False):
        size = duty(abs(share))
        yield round((until - at) / TICK), -size if share < 0 else size


def _why(cause: ResetCause) -> str:
    reasons = {
        ResetCause.BROWN_OUT: "its supply broke down (brown-out)",
        ResetCause.WATCHDOG: "its program hung (watchdog)",
        ResetCause.EXTERNAL: "its reset line was pulled",
        ResetCause.POWER_ON: "it got power",
    }
    return " and ".join(words for flag, words in reasons.items() if flag in cause) or "it does not know why"
