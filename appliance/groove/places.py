"""Where in the latent space each bar of an answer lies, for every way to answer that a groove model has.

`place(bar)` reads what has to be read, a piece at a time, and gives z at the end.
"""

from collections.abc import Generator, Sequence
from typing import Protocol

from appliance.answer.answering import Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.groove.autoencoder import Autoencoder, Floats, Reading
from appliance.groove.cell import Cell
from appliance.groove.dice import dice
from appliance.groove.latent_space import anywhere, near, slerp, square
from appliance.groove.pattern import DrumClasses, rows_of
from appliance.groove.source import by_step
from appliance.notation.drum_track import DrumTrack

Placing = Generator[None, None, Floats]
_CORNERS = 4
_KEPT = 64  # bars of an endless answer that can be gone back to
# Throws that are no bar's: of a blend's missing corners.
_CORNER_THROW = 1 << 40


class Windows:
    """A track, cut into windows, each read when it is first asked for; a track has at least one bar."""

    def __init__(self, autoencoder: Autoencoder, track: DrumTrack, cell: Cell) -> None:
        self.bars = max(1, -(-track.length // cell.bar))
        self._autoencoder = autoencoder
        self._notes = by_step(track.notes)
        self._length = self.bars * cell.bar
        self._cell = cell
        self._read: dict[int, Floats] = {}

    def place(self, bar: int) -> Placing:
        """The z of the window in which bar `bar` of the track, counted round and round, lies.

        A window that reaches behind the track's end is filled up with its beginning: a call of one bar is heard twice.
        """
        window = bar % self.bars // self._cell.bars
        if window not in self._read:
            start, card = window * self._cell.steps, self._autoencoder.card
            # Fewer bars than a window: round and round. Else the last window goes on with the track's first bar.
            notes = {step: self._notes.get((start + step) % self._length, ()) for step in range(self._cell.steps)}
            groove = DrumClasses(card.drum_map).steps(notes, self._cell.steps)
            reading = Reading(self._autoencoder, rows_of(card, groove))
            yield from reading.pieces()
            self._read[window] = reading.z
        return self._read[window]

    def within(self, bar: int) -> int:
        """How many bars of its window lie before bar `bar`."""
        return bar % self.bars % self._cell.bars


class Places(Protocol):
    """The z of each bar of an answer, and which bar of a window it plays."""

    def place(self, bar: int, sampling: SamplingSettings, take: int) -> Placing:
        """The z of a bar."""
        ...

    def within(self, bar: int) -> int:
        """How many bars of its window lie before it."""
        ...


class AtCall:
    """Bar by bar where the call lies; a similar answer, near it."""

    def __init__(self, windows: Windows, question: Question, seed: int) -> None:
        self._windows = windows
        self._question = question
        self._seed = seed
        self.within = windows.within

    def place(self, bar: int, sampling: SamplingSettings, take: int) -> Placing:
        """The z of the call's window; of a similar answer, one that is thrown once a window."""
        z = yield from self._windows.place(bar)
        if sampling.way is not Way.SIMILAR:
            return z
        window = (bar - self.within(bar)) % self._windows.bars
        return near(z, sampling.similarity, dice(self._seed, self._question.answer, window, take))


class Between:
    """From the call before (the first bar) to this one (the last); without one before, from anywhere."""

    def __init__(self, windows: Sequence[Windows], question: Question, seed: int, bars: int) -> None:
        """`windows`: of the call before, if there was one, and of this one. `bars` of the whole answer."""
        self._windows = windows
        self._question = question
        self._seed = seed
        self._bars = bars
        self.within = windows[-1].within

    def place(self, bar: int, sampling: SamplingSettings, take: int) -> Placing:  # noqa: ARG002
        """The z of a bar on the great circle."""
        *before, last = self._windows
        end = yield from last.place(bar)
        if before:
            start = yield from before[0].place(bar)
        else:
            start = anywhere(len(end), dice(self._seed, self._question.answer, _CORNER_THROW, 0))
        share = min(1.0, bar / (self._bars - 1)) if self._bars > 1 else 0.5
        return slerp(start, end, share)


class InSquare:
    """Between four grooves, as Beat Blender has it; corners that nobody kept are the call, and places of chance."""

    def __init__(self, windows: Sequence[Windows], question: Question, seed: int, size: int) -> None:
        """`windows`: of the grooves that were kept, and of the call."""
        self._windows = windows[:_CORNERS]
        self._size = size
        self._dice = (seed, question.answer)
        self._bars = windows[-1]
        self.within = self._bars.within

    def place(self, bar: int, sampling: SamplingSettings, take: int) -> Placing:  # noqa: ARG002
        """The z at the place of the two knobs."""
        corners: list[Floats] = []
        for windows in self._windows:
            corners.append((yield from windows.place(bar)))  # noqa: PERF401  a comprehension cannot yield
        while len(corners) < _CORNERS:
            corners.append(anywhere(self._size, dice(*self._dice, _CORNER_THROW + len(corners), 0)))
        return square(corners, sampling.blend_x, sampling.blend_y)


class Wandering:
    """From the call away and on: each window lies near the one before, and its last bar's place is never left."""

    def __init__(self, windows: Windows, cell: Cell, question: Question, seed: int) -> None:
        self._windows = windows
        self._bars = cell.bars
        self._dice = (seed, question.answer)
        self._places: dict[int, Floats] = {}

    def place(self, bar: int, sampling: SamplingSettings, take: int) -> Placing:  # noqa: ARG002
        """The z of a window: a walk whose every place is distributed as the prior, once it has left the call."""
        window = bar // self._bars
        if window not in self._places:
            before = self._places.get(window - 1)
            if before is None:
                before = yield from self._windows.place(0)
            chance = dice(*self._dice, window, 0)
            self._places[window] = near(before, sampling.similarity, chance) if window else before
            self._places.pop(window - _KEPT, None)
        return self._places[window]

    def within(self, bar: int) -> int:
        """How many bars of its window lie before it."""
        return bar % self._bars


def places_of(autoencoder: Autoencoder, question: Question, way: Way, seed: int, cell: Cell) -> Places:
    """The places of a way's answer to a question."""
    call = Windows(autoencoder, question.call, cell)
    match way:
        case Way.BLEND:
            corners = [Windows(autoencoder, corner, cell) for corner in question.corners]
            return InSquare([*corners, call], question, seed, autoencoder.card.z)
        case Way.INTERPOLATE:
            before = [Windows(autoencoder, question.before, cell)] if question.before else []
            return Between([*before, call], question, seed, -(-question.length // cell.bar))
        case Way.ENDLESS:
            return Wandering(call, cell, question, seed)
    return AtCall(call, question, seed)
