"""Follows the ticks of a MIDI clock: which tick each one is, and when the next are due.

Ticks come early, late, twice or not at all. Where the line of those before puts a tick is its number: so the song's
place is kept through a tick that was lost. When the clock has stepped, ticks are counted as they came from there on.
"""

import math
from collections import deque
from statistics import median

import msgspec

from appliance.tempo.line import MEMORY, Line, Tick, straightest, through
from appliance.tempo.numbering import likeliest
from appliance.tempo.recount import miscounted
from appliance.tempo.tempo_step import LATEST, step_since

PPQN = 24  # MIDI 1.0: timing clock, ticks a quarter

# Tempi (quarters a minute) between which a clock is believed.
SLOWEST, FASTEST = 15.0, 500.0
_LONGEST, _SHORTEST = 60.0 / SLOWEST / PPQN, 60.0 / FASTEST / PPQN

# Until there are so many ticks they are numbered by one another's distances; with fewer than `_FEW` they say no tempo.
_BEGINNING = 10
_FEW = 4

# A tick further from its place than so many standard deviations and so many seconds is not believed.
_ASTRAY = 4.0
_ASTRAY_SECONDS = 0.0005

# So many ticks in a row that nobody believes are not astray: the noise is greater than the first few let it seem,
# or the line is wrong. A clock with jitter of 1 ms looks like one of 0.3 ms once in some thousand songs.
_MISTAKEN = 8

# A step is counted again when there are so many ticks behind it, as they make a line. The line of before is that of so
# many ticks earlier, as none of the new tempo has bent it.
_COUNTED_AGAIN = (9, 12, 15, 18, 22, 26, 30)
_EARLIER = 2

# Of the ticks behind a step the first may be of the old tempo.
_BENT = 3

# Behind a silence of so many periods the line is begun anew, from where the clock should be.
_SILENCE = 12

# Noise (s) of a clock of which little is known, and the least it is taken for.
_NOISE, _LEAST_NOISE = 0.0015, 0.00005
_NOISE_KNOWN = 12  # second differences
_SECOND_DIFFERENCE = math.sqrt(6.0) * 0.6745  # their median, of a normal noise of 1


class Follower:
    """Told of ticks; `line` says where they are and will be."""

    def __init__(self, qpm: float) -> None:
        """`qpm`: the tempo that is believed until the ticks say one."""
        self._bends: deque[float] = deque(maxlen=MEMORY)  # second differences of ticks in a row, absolute
        self._widest = math.inf  # how far (s) from its place no tick before the step was
        self._around: list[float] = []  # ticks around a step, and how many are behind it
        self._behind = 0
        self._disbelieved = 0  # ticks in a row
        self.line = Line(-1, 0.0, 60.0 / qpm / PPQN)
        self.last: float | None = None  # when the latest tick came (s)
        self.restart()

    def restart(self) -> None:
        """Forget the ticks, but neither tempo nor noise; the next tick is number 0."""
        self._begin(Line(-1, 0.0, self.line.period))
        self._old: Line | None = None

    @property
    def noise(self) -> float:
        """The ticks' standard deviation, s; by second differences, which a change of tempo hardly touches."""
        if len(self._bends) < _NOISE_KNOWN:
            return _NOISE
        return max(median(self._bends) / _SECOND_DIFFERENCE, _LEAST_NOISE)

    def tick(self, time: float) -> int:
        """Take a tick that came at `time`; gives its number, as far as that is known by now."""
        if self.last is not None and time - self.last > _SILENCE * self.line.period:
            self._begin_anew(time)
        self.last = time
        if len(self._first) < _BEGINNING:
            self._number_as_likely(time)
        else:
            self._number_by_line(time)
        self._count_again(time)
        return max(round(self.line.number_at(time)), self.line.number)

    def _begin_anew(self, time: float) -> None:
        """From where the clock should be."""
        self._begin(Line(max(round(self.line.number_at(time)) - 1, self.line.number), time, self.line.period))
        self._old = None

    def _begin(self, line: Line) -> None:
        self.line = line
        self._number = line.number  # before the first tick's
        self._stepped = False
        self._disbelieved = 0
        self._first: list[float] = []  # when the first came
        self.last = None
        self._ticks: deque[Tick] = deque(maxlen=MEMORY)
        self._times: deque[float] = deque(maxlen=LATEST + _EARLIER)  # when the latest came, taken or not
        self._before: deque[Line] = deque(maxlen=LATEST + _EARLIER)  # and the line before each

    def _number_as_likely(self, time: float) -> None:
        self._first.append(time)
        number = self._number + 1
        ticks = likeliest(self._first, self.noise, stepped=self._stepped)
        self._ticks.clear()
        self._ticks.extend((number + of, at) for of, at in ticks)
        self._draw()

    def _number_by_line(self, time: float) -> None:
        self._before.append(self.line)
        self._times.append(time)
        since = step_since(list(self._before)[-LATEST:], list(self._times)[-LATEST:], self.noise)
        if since is not None and self._count(since):
            return
        number = round(self.line.number_at(time))
        if number > self.line.number and self._believes(number, time):
            self._disbelieved = 0
            self._ticks.append((number, time))
            self._note_bend()
            self._draw()
        else:
            self._doubt(time)

    def _doubt(self, time: float) -> None:
        """First the noise is held to be unknown again; if that does not help, the line is begun anew."""
        self._disbelieved += 1
        if self._disbelieved == _MISTAKEN:
            self._bends.clear()
        elif self._disbelieved > 2 * _MISTAKEN:
            self._begin_anew(time)
            self.last = time
            self._number_as_likely(time)

    def _believes(self, number: int, time: float) -> bool:
        return abs(time - self.line.time_of(number)) <= _ASTRAY * self.noise + _ASTRAY_SECONDS

    def _note_bend(self) -> None:
        (first, a), (second, b), (third, c) = self._ticks[-3], self._ticks[-2], self._ticks[-1]
        if third - second == second - first == 1:
            self._bends.append(abs(a - 2 * b + c))

    def _draw(self) -> None:
        line = straightest(self._ticks, self.noise) if len(self._ticks) >= _FEW else self._first_line()
        self.line = msgspec.structs.replace(line, period=min(max(line.period, _SHORTEST), _LONGEST))

    def _first_line(self) -> Line:
        number, time = self._ticks[-1]
        period = self.line.period
        if len(self._ticks) > 1:
            mean = (time - self._ticks[0][1]) / (number - self._ticks[0][0])
            # Too few to tell a tempo by; but if they are far from the one believed, that is not theirs.
            if abs(mean - period) > _ASTRAY * self.noise:
                period = mean
        return Line(number, sum(at + (number - of) * period for of, at in self._ticks) / len(self._ticks), period)

    def _count(self, since: int) -> bool:
        """Number so many of the latest ticks as they came; not if no clock is so slow or fast."""
        line, times = self._before[-since], list(self._times)[-since:]
        if self._old is None or self._behind > LATEST:  # else it is one step, that was seen in two
            self._old, self._around = self._before[max(-since - _EARLIER, -len(self._before))], list(self._times)[:-1]
            self._widest = self._furthest(self._old)
        if not _SHORTEST <= (times[-1] - line.time) / since <= _LONGEST:
            return False
        self._begin(Line(line.number - 1, line.time - line.period, (times[-1] - line.time) / since))
        self._stepped = True
        for time in (line.time, *times):
            self._number_as_likely(time)
        self.last = times[-1]
        self._behind = len(times) - 1
        return True

    def _count_again(self, time: float) -> None:
        """Behind a step: whether ticks were lost or doubled in it."""
        if self._old is None:
            return
        self._around.append(time)
        self._behind += 1
        if self._behind > _COUNTED_AGAIN[-1]:
            self._old = None
        if self._old is None or self._behind not in _COUNTED_AGAIN or len(self._ticks) < _BENT + 2:
            return
        new = through(list(self._ticks)[_BENT:])
        if not _SHORTEST <= new.period <= _LONGEST:
            return
        shift = miscounted(self._old, new, self._around, self.noise, self._widest)
        if shift:
            self._number += shift
            self._ticks = deque(((number + shift, at) for number, at in self._ticks), maxlen=MEMORY)
            self._before = deque((_renumbered(line, shift) for line in self._before), maxlen=self._before.maxlen)
            self.line = _renumbered(self.line, shift)

    def _furthest(self, line: Line) -> float:
        """How far (s) from a line the ticks are that it was drawn through."""
        first = line.number - line.ticks
        by = (abs(time - line.time_of(of)) for of, time in self._ticks if first < of <= line.number)
        return max(by, default=math.inf)


def _renumbered(line: Line, shift: int) -> Line:
    return msgspec.structs.replace(line, number=line.number + shift)
