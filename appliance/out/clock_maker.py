"""The box as master: MIDI clock, start, stop, continue and song position out of a pulse.

Each tick's instant is computed from the pulse and the tick's own number, never from the tick before: nothing adds up.
"""

import math

from appliance.tempo.pulse import Pulse

# MIDI 1.0: timing clocks a quarter, and clocks to a song position's unit, a sixteenth.
PPQN = 24
_SIXTEENTH = 6
CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
_LAST_POSITION = 0x3FFF  # fourteen bits

# A receiver wants a moment (s) between start and the tick that it starts with.
_LEAD = 0.002

# A song that began so few ticks ago is started from its first; one that jumps further than that has to be told anew.
_JUST_BEGUN = 1.5

# Ticks that are overdue are sent at once, but not more of them than these: then the song's position is told instead.
_MOST_OVERDUE = 4

# Of another song, or another place in it, by so much in ticks that it is no correction.
_NEAR = 1e-6

Due = tuple[float, bytes]


class ClockMaker:
    """Told the pulse; gives each message with the instant at which it is due."""

    def __init__(self, *, always: bool) -> None:
        """`always`: ticks go on while no song plays, so that who listens knows the tempo."""
        self._always = always
        self._pulse: Pulse | None = None
        self._playing = False  # a start or a continue was sent
        self._from: int | None = None  # the tick with which the song is to go on
        self._next = 0  # the number of the next tick
        self._owed: list[Due] = []

    def follow(self, time: float, pulse: Pulse, *, playing: bool) -> None:
        """From `time` (s) on the quarters are where `pulse` has them."""
        place = pulse.quarter_at(time) * PPQN
        jumps = self._pulse is None or abs(place - self._pulse.quarter_at(time) * PPQN) > _JUST_BEGUN
        self._pulse = pulse
        if self._playing and (jumps or not playing):
            self._stop(time)
        if not playing:
            self._from = None
        elif not self._playing and (self._from is None or jumps):
            self._from = _entry(place)
        if not self._playing:
            self._next = math.ceil(place - _NEAR) if self._from is None else min(self._from, math.ceil(place - _NEAR))

    def next_deadline(self) -> float | None:
        """When the next message is due."""
        if self._owed:
            return self._owed[0][0]
        if self._pulse is None or not (self._always or self._playing or self._from is not None):
            return None
        tick = self._next if self._always or self._from is None else self._from
        return self._time_of(tick) - (_LEAD if tick == self._from else 0.0)

    def advance(self, now: float) -> list[Due]:
        """The messages due by now, each with the instant at which it was."""
        self._catch_up(now)
        due, self._owed = self._owed, []
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            if self._from is not None and (self._next >= self._from or not self._always):
                due += self._start(deadline)
            else:
                due.append((deadline, bytes((CLOCK,))))
                self._next += 1
        return due

    def _start(self, deadline: float) -> list[Due]:
        assert self._from is not None
        self._next, self._from, self._playing = self._from, None, True
        position = self._next // _SIXTEENTH
        if position == 0:
            return [(deadline, bytes((START,)))]
        told = bytes((SONG_POSITION, position & 0x7F, position >> 7)) if position <= _LAST_POSITION else None
        return [*([(deadline, told)] if told else []), (deadline, bytes((CONTINUE,)))]

    def _stop(self, time: float) -> None:
        self._playing = False
        self._owed.append((time, bytes((STOP,))))

    def _catch_up(self, now: float) -> None:
        """Whoever sends us stood still: no burst of ticks, but the song's place."""
        if self._pulse is None:
            return
        place = self._pulse.quarter_at(now) * PPQN
        if place - self._next <= _MOST_OVERDUE:
            return
        if self._playing:
            self._stop(now)
            self._from = _entry(place)
        self._next = math.ceil(place)

    def _time_of(self, tick: int) -> float:
        assert self._pulse is not None
        return self._pulse.time_of(tick / PPQN)


def _entry(place: float) -> int:
    """The tick with which a song that is at `place` can be entered: its first, or the next sixteenth's."""
    return 0 if place <= _JUST_BEGUN else math.ceil(place / _SIXTEENTH) * _SIXTEENTH
