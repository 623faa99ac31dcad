"""The one owner of the beat: all duets of a box, its metronome and its clock play by what it says."""

import math
from collections import deque
from collections.abc import Sequence

from appliance.notation.timeline import Meter
from appliance.tempo.bars import Bars
from appliance.tempo.clock_reader import ClockReader
from appliance.tempo.pulse import BeatFell, Beating, ClockStarted, CountedIn, GridRests, GridRuns, Pulse, Retimed
from appliance.tempo.settings import Source, TempoSettings, read_meter
from appliance.tempo.tap import CountingHits, Even, Taps

# A beat is said this long (s) behind its time at the latest: the first hit is a beat, and is known when it has come.
_LATE = 0.05

# A clock's ticks move the pulse a little each. It is said anew when it is so far (s) from where they have it, here or
# `_SOON` (s) ahead: a drummer's own spread is five times as much.
_FAR = 0.0005
_SOON = 0.25

# The names by which the conductor's own metronome and count-in hold the grid.
_METRONOME = "metronome"
_COUNT_IN = "count-in"


class Conductor:
    """Told hits, taps, controls and clock messages; says where the quarters are, and each beat ahead of its time.

    What a verb leads to is said by the next `advance`, which is due at once.
    """

    def __init__(self, settings: TempoSettings, ahead: float, *, clock_input: str = "", count_bars: int = 1) -> None:
        """`ahead`: how many seconds before its time a beat is said.

        `clock_input`: the port whose clock is followed; empty: every one. `count_bars`: how long a count-in is.
        """
        self.pulse = Pulse(0.0, settings.qpm)
        self._bars = Bars(read_meter(settings.meter))
        self._ahead = ahead
        self._source = settings.source
        self._clock_input = clock_input
        self._count_bars = count_bars
        self._clock = ClockReader(settings.qpm)
        self._taps = Taps()
        self._counting = CountingHits()
        self._holders: set[str] = set()
        self._said: deque[Beating] = deque()
        self._ran = False  # whether it was running when that was last said
        self._now = 0.0  # the latest instant that it was told
        self._coming: Bars | None = None  # of another meter, from their quarter on
        self._next_beat = 0.0  # the quarter it is on: exact, as a beat is a power of two of quarters
        self._counts: tuple[float, float] | None = None  # the quarters from which, and until which, it counts in

    @property
    def meter(self) -> Meter:
        """The meter that is in force, or comes at the next bar line."""
        return (self._coming or self._bars).meter

    @property
    def meters(self) -> tuple[Meter, ...]:
        """The meter in force, and the one that comes at a bar line."""
        return (self._bars.meter,) if self._coming is None else (self._bars.meter, self._coming.meter)

    @property
    def running(self) -> bool:
        """Whether the grid is anchored: somebody needs it to go on, or a clock plays."""
        return bool(self._holders) or self._clock.plays

    def bar_line(self, quarter: float) -> float:
        """The quarter of the bar line at or before a quarter."""
        return self._bars_at(quarter).line_at(quarter)

    def next_bar_line(self, quarter: float) -> float:
        """The quarter of the bar line at or after a quarter."""
        return self._bars_at(quarter).next_line(quarter)

    def hold(self, name: str) -> None:
        """Somebody needs the grid to go on."""
        self._holders.add(name)

    def release(self, name: str) -> None:
        """They need it no more; when nobody does, the next hit anchors it anew."""
        self._holders.discard(name)

    def anchor(self, time: float) -> None:
        """Quarter 0 is here, unless the grid is running."""
        if not self.running:
            self._begin(time, time)

    @property
    def led(self) -> bool:
        """Whether a clock from outside leads, which has the last word on the tempo."""
        return self._clock.alive

    @property
    def metronome(self) -> bool:
        """Whether beats click."""
        return _METRONOME in self._holders

    @property
    def taps(self) -> bool:
        """Whether a foot may tap the tempo."""
        return self._source is Source.TAP

    def set_tempo(self, time: float, qpm: float) -> None:
        """Another tempo from here on; a clock that is followed has the last word. Raises: ValueError unless above 0."""
        pulse = self.pulse.at_tempo(time, qpm)
        if not self._clock.alive:
            self._retime(time, pulse)

    def meter_at(self, quarter: float) -> Meter:
        """The meter of the bar that a quarter is in."""
        return self._bars_at(quarter).meter

    def set_meter(self, time: float, meter: Meter, soonest: float = -math.inf) -> None:
        """Another meter: at once, or while the grid is running from its next bar line on, or that behind a quarter."""
        if self.running:
            # What is said of is settled: the line is one whose beat has not been said.
            self._coming = self._bars.changed(max(self._next_beat, self.pulse.quarter_at(time), soonest), meter)
        else:
            self._bars, self._coming = Bars(meter), None

    def set_metronome(self, time: float, *, on: bool) -> None:
        """Beats click from the next one on, or no more; a metronome keeps the grid running."""
        if on:
            self.anchor(time)
            self.hold(_METRONOME)
        else:
            self.release(_METRONOME)

    def count_in(self, time: float) -> None:
        """Click some bars, then a call begins; on a running grid from its next bar line on."""
        length = self._count_bars * self._bars.bar_quarters
        if self.running:
            begin = self.next_bar_line(max(self._next_beat, self.pulse.quarter_at(time)))
        else:
            # The first click can sound no sooner than it can be sent.
            self._begin(time, time + self._ahead + length * 60.0 / self.pulse.qpm)
            begin = self._next_beat = -length
        self._counts = (begin, begin + length)
        self.hold(_COUNT_IN)
        self._said.append(CountedIn(time, begin + length))

    def silence(self) -> None:
        """Nothing clicks any more, and nobody is counted in: a panic."""
        self._counts = None
        self._said = deque(said for said in self._said if not isinstance(said, CountedIn))
        self.release(_METRONOME)
        self.release(_COUNT_IN)

    def hit(self, time: float) -> None:
        """A pad was struck; four even hits behind a pause count in, where the settings say so."""
        if self._source is not Source.HITS or (count := self._counting.hit(time)) is None:
            return
        self._set_beat(count)
        self._begin(time, count.time + count.period)
        self._counts = (-float("inf"), 0.0)
        self.hold(_COUNT_IN)
        self._said.append(CountedIn(time, 0.0))

    def tap(self, time: float) -> None:
        """A foot tapped the beat: from the second tap on it gives the tempo, and moves the nearest beat to itself."""
        if self._source is not Source.TAP or (beat := self._taps.tap(time)) is None:
            return
        nearest = round(self.pulse.quarter_at(beat.time) / self._tapped) * self._tapped if self.running else 0.0
        self._set_beat(beat)
        self._retime(time, Pulse(beat.time - nearest * 60.0 / self.pulse.qpm, self.pulse.qpm))

    def receive(self, time: float, message: Sequence[int], port: str = "") -> None:
        """A MIDI message came by a port; followed where the settings say so."""
        if self._source is not Source.CLOCK or self._clock_input not in ("", port):
            return
        for said in self._clock.receive(time, message):
            self._said.append(said)
            if isinstance(said, ClockStarted):
                self._bars, self._coming = Bars(self.meter), None
                self._next_beat = self._bars.beat_at_or_after(said.quarter)
                self._retime(time, self._clock.pulse)
        self._follow(time)

    def next_deadline(self) -> float | None:
        """When `advance` has something to say, or None."""
        if self._said:
            return self._said[0].time
        if self.running != self._ran:
            return self._now
        beat = self.pulse.time_of(self._next_beat) - self._ahead if self.running else None
        return min((due for due in (beat, self._clock.next_deadline()) if due is not None), default=None)

    def advance(self, now: float) -> list[Beating]:
        """What was led to, and the beats that are near by now."""
        self._now = now
        said = [*self._said, *self._clock.advance(now)]
        self._said.clear()
        said += self._turn_to_running(now)
        if not self.running:
            return said
        self._next_beat = max(self._next_beat, self._bars.beat_at_or_after(self.pulse.quarter_at(now - _LATE)))
        while self.pulse.time_of(self._next_beat) - self._ahead <= now:
            said.append(self._beat())
        self._end_count_in(now)
        return said + self._turn_to_running(now)

    def _turn_to_running(self, now: float) -> list[Beating]:
        if self.running == self._ran:
            return []
        self._ran = self.running
        return [GridRuns(now, self.pulse) if self._ran else GridRests(now)]

    def _beat(self) -> BeatFell:
        quarter = self._next_beat
        if self._coming is not None and quarter >= self._coming.quarter:
            self._bars, self._coming = self._coming, None
        bar, beat = self._bars.place(quarter)
        self._next_beat = quarter + self._bars.beat_quarters
        counts = self._counts is not None and self._counts[0] <= quarter < self._counts[1]
        return BeatFell(self.pulse.time_of(quarter), bar, beat, counts or _METRONOME in self._holders, counts)

    def _bars_at(self, quarter: float) -> Bars:
        coming = self._coming
        return coming if coming is not None and quarter >= coming.quarter else self._bars

    def _end_count_in(self, now: float) -> None:
        # The player comes in on the line or a little behind it: the grid waits for a bar before it is given up.
        if self._counts is not None and self._counts[1] + self._bars.bar_quarters <= self.pulse.quarter_at(now):
            self._counts = None
            self.release(_COUNT_IN)

    def _begin(self, time: float, origin: float) -> None:
        self._bars, self._coming = Bars(self.meter), None
        self._next_beat = 0.0
        self._clock.anchor(origin)
        self._retime(time, Pulse(origin, self.pulse.qpm))

    @property
    def _tapped(self) -> float:
        """The quarters between two taps: a foot takes three eighths of 6/8 at once, and no eighths of 7/8."""
        meter = self.meter
        if meter.denominator == 8 and meter.numerator % 3 == 0:
            return 1.5
        return max(1.0, 4.0 / meter.denominator)

    def _set_beat(self, beat: Even) -> None:
        self.pulse = Pulse(beat.time, 60.0 / beat.period * self._tapped)

    def _follow(self, time: float) -> None:
        if not self._clock.alive:
            return
        pulse = self._clock.pulse
        if any(abs(pulse.time_of(self.pulse.quarter_at(at)) - at) > _FAR for at in (time, time + _SOON)):
            self._retime(time, pulse)

    def _retime(self, time: float, pulse: Pulse) -> None:
        self.pulse = pulse
        self._now = max(self._now, time)
        self._said.append(Retimed(time, pulse))
