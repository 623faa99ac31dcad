"""Keeps the beat when the player falls silent in mid-song: the last whole bar again and again, until it is back."""

import math
from collections.abc import Sequence

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.outbox import Outbox
from appliance.strike.outcome import Reason

# The number under which the striker reports strokes that no client asked for.
GROOVE_BATCH = -1

# How long (s) before its sound, over and above the slowest stick's way, a bar is the player's to send.
_PATIENCE = 0.05

# No machine runs for longer (s): thirty years. With instants below it no sum of seconds overflows.
LATEST = 1e9

# Strokes of two bars that are kept in mind: nine drums on every 64th of two bars of 7/4.
_KEPT = 2048

_ROUNDING = 1e-6  # s; of sums of float seconds, and far below what is heard


class Groove(msgspec.Struct, frozen=True, tag=True):
    """A song begins: a bar is so many steps, and the first one begins at `origin` (s).

    Strokes may lie half a step off their step: a bar, too, begins half a step before its line. Raises: ValueError for
    numbers that make no bar.
    """

    origin: float
    step_seconds: float
    steps_per_bar: int

    def __post_init__(self) -> None:
        if not abs(self.origin) <= LATEST:
            raise ValueError(f"a groove begins at a finite instant, not {self.origin}")
        # 1 ms to 10 s: any tempo that a person can play, and never a million bars a second.
        if not (1 <= self.steps_per_bar <= 256 and 0.001 <= self.step_seconds <= 10):
            raise ValueError(
                f"a bar is 1 to 256 steps of 1 ms to 10 s, not {self.steps_per_bar} of {self.step_seconds} s"
            )

    @property
    def bar_seconds(self) -> float:
        """How long a bar lasts."""
        return self.step_seconds * self.steps_per_bar

    def begin_of(self, bar: int) -> float:
        """When a bar begins to be heard."""
        return self.origin + bar * self.bar_seconds - self.step_seconds / 2

    def bar_at(self, instant: float) -> int:
        """The bar that is heard at an instant."""
        return math.floor((instant - self.begin_of(0) + _ROUNDING) / self.bar_seconds)

    def next_bar(self, instant: float) -> int:
        """The first bar that begins at or after an instant, but never one before the origin."""
        return max(0, math.ceil((instant - self.begin_of(0) - _ROUNDING) / self.bar_seconds))


class Passed(msgspec.Struct, frozen=True, gc=False):
    """What is to be filed now, each with its batch; before that, what was to sound from `cut` on is dropped."""

    strokes: tuple[tuple[int, Stroke], ...] = ()
    cut: float | None = None


_NOTHING = Passed()


class _Alone(msgspec.Struct):
    """The striker plays alone: the bar it repeats, where that bar lay, until when; and what the player sent since."""

    bar: int
    strokes: tuple[Stroke, ...]
    until: float
    sent: list[tuple[int, Stroke]]
    sent_from: float | None  # since when those are all; None: a new player has sent nothing yet
    sent_until: float
    groove: Groove


class GrooveKeeper:
    """A song's strokes go through it; what is silent by intent (a rest, a cancel, a panic) stays silent.

    The player says with its strokes until when they are all of them. Where it says nothing more, in time for the
    slowest stick, the last whole bar goes on, on the beat and from the very step; for `bars` whole bars (0: never).
    The player that comes back, or a new one, has the first bar line from which it knows its strokes. What it sent for
    the time before is left out, and in `outbox`.
    """

    def __init__(self, bars: int, lead: float) -> None:
        self._bars = bars
        self._ahead = lead + _PATIENCE
        self._groove: Groove | None = None
        self._known: float | None = None  # until when the strokes are known, whoever made them
        self._heard: list[Stroke] = []  # those of the latest two bars
        self._alone: _Alone | None = None
        self.outbox = Outbox()

    @property
    def alone(self) -> bool:
        """Whether the striker plays without the player."""
        return self._alone is not None

    @property
    def until(self) -> float | None:
        """When it will rest if nobody comes back; None while it does not play alone."""
        return None if self._alone is None else self._alone.until

    def begin(self, groove: Groove) -> None:
        """A song begins; one that has not rested goes on until the new one's strokes are there.

        That is a player that was started again in mid-song, before it was missed.
        """
        if self._alone is None and self._repeats() and self._groove is not None and self._known is not None:
            self._alone = self._take_over(self._groove, self._known)
        if self._alone is None:
            self._forget()
            self._groove = groove
        else:
            self._drop_sent(Reason.GROOVE)
            self._alone.groove = groove
            self._alone.sent_from, self._alone.sent_until = None, -math.inf

    def receive(self, strokes: Sequence[Stroke], until: float, batch: int, now: float) -> Passed:
        """Strokes of the song; there will be no others of it before `until`."""
        sent = [(batch, stroke) for stroke in strokes]
        if self._alone is not None:
            if self._alone.sent_from is None:
                # It did not play before: it knows the step that it begins with, and none before it.
                self._alone.sent_from = until - self._alone.groove.step_seconds
            self._alone.sent.extend(sent)
            self._alone.sent_until = max(self._alone.sent_until, until)
            return self._hand_over(self._alone, now)
        if self._groove is not None:
            self._hear(strokes, until)
        return Passed(tuple(sent))

    def rest(self, now: float) -> Passed:
        """The song is over with what was sent; a groove that is held ends at the next bar line."""
        alone, groove = self._alone, self._groove
        if alone is None or groove is None:
            self._forget()
            return _NOTHING
        line = groove.begin_of(groove.next_bar(now + self._ahead))
        self._drop_sent(Reason.GROOVE)
        if self._known is not None and line < self._known:
            self._forget()
            return Passed(cut=line)
        alone.until = min(alone.until, line)
        return _NOTHING

    def stop(self, reason: Reason) -> None:
        """Silence by intent: there is no song any more."""
        self._drop_sent(reason)
        self._forget()

    def next_deadline(self) -> float | None:
        """When the next stretch is played alone, unless strokes come before."""
        if self._known is None or self._groove is None or not (self._alone or self._repeats()):
            return None
        return self._known - self._ahead

    def advance(self, now: float) -> Passed:
        """The strokes of the next stretch, up to a bar line, when the player has not sent them in time."""
        deadline, groove, known = self.next_deadline(), self._groove, self._known
        if deadline is None or groove is None or known is None or now < deadline:
            return _NOTHING
        alone = self._alone = self._alone or self._take_over(groove, known)
        if known >= alone.until - _ROUNDING:
            self._drop_sent(Reason.GROOVE)
            self._forget()
            return _NOTHING
        end = min(groove.begin_of(groove.bar_at(known) + 1), alone.until)
        return Passed(self._repeat(groove, alone, end))

    def _hear(self, strokes: Sequence[Stroke], until: float) -> None:
        groove = self._groove
        self._known = until if self._known is None else max(self._known, until)
        self._heard.extend(strokes)
        del self._heard[:-_KEPT]
        if groove is not None and self._heard and self._heard[0].time < self._known - 3 * groove.bar_seconds:
            oldest = self._known - 2 * groove.bar_seconds
            self._heard = [stroke for stroke in self._heard if stroke.time >= oldest]

    def _repeats(self) -> bool:
        """Whether there is a whole bar to repeat."""
        groove, known = self._groove, self._known
        return self._bars > 0 and groove is not None and known is not None and groove.bar_at(known) >= 1

    def _take_over(self, groove: Groove, known: float) -> _Alone:
        bar = groove.bar_at(known) - 1
        begin, end = groove.begin_of(bar), groove.begin_of(bar + 1)
        strokes = tuple(stroke for stroke in self._heard if begin <= stroke.time < end)
        until = groove.begin_of(groove.next_bar(known) + self._bars)
        return _Alone(bar, strokes, until, [], -math.inf, -math.inf, groove)

    def _repeat(self, groove: Groove, alone: _Alone, end: float) -> tuple[tuple[int, Stroke], ...]:
        """The held bar's strokes from what is known up to `end`; then that much is known."""
        begin = self._known
        if begin is None or begin >= end:
            return ()
        repeated: list[Stroke] = []
        for bar in range(groove.bar_at(begin), groove.bar_at(end) + 1):
            later = (bar - alone.bar) * groove.bar_seconds
            moved = [Stroke(stroke.time + later, stroke.pitch, stroke.velocity) for stroke in alone.strokes]
            repeated += [stroke for stroke in moved if begin <= stroke.time < end]
        self._hear(repeated, end)
        return tuple((GROOVE_BATCH, stroke) for stroke in repeated)

    def _hand_over(self, alone: _Alone, now: float) -> Passed:
        groove, known = self._groove, self._known
        since = now + self._ahead if alone.sent_from is None else max(now + self._ahead, alone.sent_from)
        line = alone.groove.begin_of(alone.groove.next_bar(since))
        if groove is None or known is None or alone.sent_until <= line:
            return _NOTHING
        fill = self._repeat(groove, alone, min(line, alone.until))
        mine = tuple((batch, stroke) for batch, stroke in alone.sent if stroke.time >= line)
        for batch, stroke in alone.sent:
            if stroke.time < line:
                self.outbox.leave_out(stroke, Reason.GROOVE, batch)
        self._alone = None
        self._heard = [stroke for stroke in self._heard if stroke.time < line] if alone.groove == groove else []
        self._groove, self._known = alone.groove, None
        self._hear([stroke for _, stroke in mine], alone.sent_until)
        return Passed((*fill, *mine), cut=line if line < known else None)

    def _drop_sent(self, reason: Reason) -> None:
        if self._alone is not None:
            for batch, stroke in self._alone.sent:
                self.outbox.leave_out(stroke, reason, batch)
            self._alone.sent.clear()

    def _forget(self) -> None:
        self._groove = self._known = self._alone = None
        self._heard.clear()
