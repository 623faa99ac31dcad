"""A MIDI clock as a song: ticks, start, stop, continue and song position in; where its quarters are, out."""

from collections.abc import Sequence

from appliance.tempo.follower import PPQN, Follower
from appliance.tempo.pulse import Beating, ClockCame, ClockLost, ClockStarted, ClockStopped, Pulse

# MIDI 1.0, system real time and common messages.
CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
SIXTEENTH = 0.25  # quarters: a song position counts sixteenths

# A clock that says nothing for so long (s) is gone: twelve ticks at 60 quarters a minute.
SILENCE = 0.5

# So many ticks in a row are a clock.
_CAME = 4


class ClockReader:
    """Told of messages and of the time; `pulse` is where the song's quarters are."""

    def __init__(self, qpm: float) -> None:
        """`qpm`: believed until the clock says its tempo."""
        self._follower = Follower(qpm)
        self._zero = 0.0  # the number of the tick on quarter 0
        self._position = 0.0  # the quarter from which the song goes on
        self._awaited = False  # the next tick is the song's first
        self._ticks = 0  # in a row
        self._playing = False

    @property
    def alive(self) -> bool:
        """Whether a clock is there to be followed."""
        return self._ticks >= _CAME

    @property
    def plays(self) -> bool:
        """Whether its song goes on, and it says so."""
        return self._playing and self._ticks > 0

    @property
    def pulse(self) -> Pulse:
        """Where the quarters are, as far as is known by now."""
        line = self._follower.line
        return Pulse(line.time_of(self._zero), 60.0 / (line.period * PPQN))

    def anchor(self, time: float) -> None:
        """Quarter 0 is here; for a clock that only says a tempo, and no song."""
        if not self._playing:
            self._zero = self._follower.line.number_at(time)

    def receive(self, time: float, message: Sequence[int]) -> list[Beating]:
        """What a message that came at `time` led to; one that is no clock's leads to nothing."""
        match list(message):
            case [status] if status == CLOCK:
                return self._tick(time)
            case [status] if status == START:
                return self._await(time, 0.0)
            case [status] if status == CONTINUE:
                return self._await(time, self._position)
            case [status] if status == STOP:
                return self._stop(time)
            case [status, low, high] if status == SONG_POSITION:
                # The standard sends it to a song that stands; one that plays goes there with its next tick.
                self._position = (low | high << 7) * SIXTEENTH
                self._awaited = self._awaited or self._playing
        return []

    def next_deadline(self) -> float | None:
        """When a clock that says nothing more will be gone."""
        last = self._follower.last
        return last + SILENCE if self._ticks and last is not None else None

    def advance(self, now: float) -> list[Beating]:
        """A clock that has been silent for too long is lost; its song goes on where it would be."""
        due = self.next_deadline()
        if due is None or now < due:
            return []
        was, self._ticks = self.alive, 0
        return [ClockLost(now)] if was else []

    def _tick(self, time: float) -> list[Beating]:
        if not self._ticks and not self._playing:
            # No song depends on the ticks of before: their count need not go on.
            self._follower.restart()
        number = self._follower.tick(time)
        self._ticks += 1
        said: list[Beating] = [ClockCame(time)] if self._ticks == _CAME else []
        if self._awaited:
            self._awaited, self._playing = False, True
            self._zero = number - self._position * PPQN
            said.append(ClockStarted(time, self._position))
        return said

    def _await(self, time: float, quarter: float) -> list[Beating]:
        said: list[Beating] = self._stop(time) if self._playing else []
        self._position, self._awaited = quarter, True
        return said

    def _stop(self, time: float) -> list[Beating]:
        self._awaited = False
        if not self._playing:
            return []
        self._playing = False
        # The tick behind the latest is the one that a continue goes on with.
        self._position = max(self._follower.line.number + 1 - self._zero, 0.0) / PPQN
        return [ClockStopped(time)]
