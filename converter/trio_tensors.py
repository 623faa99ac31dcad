"""Melody, bass and drums as MusicVAE's trios see them: a number a sixteenth for each.

A melody's number is 0 where nothing happens, 1 where a note ends, and 2 and up where one begins, 2 being MIDI pitch 21
(OneHotMelodyConverter, magenta/models/music_vae/data.py); the drums' has a bit for each of nine drums. A window is
taken where all three play: none rests for longer than four bars, and at the ends of a piece not all need to have begun
(TrioConverter there, gap_bars 2).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from converter.piece import Notes, Role

Line = npt.NDArray[np.int16]
Span = tuple[int, int, int, int]  # which melody, which bass, which drums, and the first bar
BAR, BARS = 16, 16  # sixteenths in a bar, bars in a window
GAP = 2  # bars
STEPS_PER_QUARTER = 4
NOTE_OFF, FIRST_NOTE = 1, 2
LOWEST, HIGHEST = 21, 108  # MIDI pitches of the first and the last note class


def melody_line(notes: Notes, steps: int) -> Line:
    """The numbers [steps] of a part: of notes that begin together the highest, and each ends the one before it."""
    kept = (notes.pitches >= LOWEST) & (notes.pitches <= HIGHEST)
    starts = notes.steps(STEPS_PER_QUARTER)[kept]
    ends = np.maximum(np.floor(notes.ends[kept] * STEPS_PER_QUARTER + 0.5).astype(np.int64), starts + 1)
    line, sounding, highest = np.zeros(steps, np.int16), 0, -1
    for start, end, pitch in sorted(zip(starts, ends, notes.pitches[kept], strict=True), key=_place):
        if start >= steps or start == highest:
            continue
        line[start : sounding + 1] = 0  # nothing is left of the note before, its end neither
        line[start] = FIRST_NOTE + int(pitch) - LOWEST
        line[end : end + 1] = NOTE_OFF
        sounding, highest = end, start
    return line


def _place(note: tuple[int, int, int]) -> tuple[int, int]:
    start, _, pitch = note
    return int(start), -int(pitch)


def drum_line(notes: Notes, steps: int, classes: Mapping[int, int]) -> Line:
    """The numbers [steps] of the drums; pitches that no drum has are left out."""
    line = np.zeros(steps, np.int16)
    for step, pitch in zip(notes.steps(STEPS_PER_QUARTER).tolist(), notes.pitches.tolist(), strict=True):
        if pitch in classes and 0 <= step < steps:
            line[step] |= 1 << classes[pitch]
    return line


def bars_of(parts: Sequence[tuple[Role, Notes]]) -> int:
    """Bars from the beginning to the last note's end."""
    last = max((float(notes.ends.max(initial=0)) for _, notes in parts), default=0.0)
    return int(-(-np.floor(last * STEPS_PER_QUARTER + 0.5) // BAR))


def spans_of(parts: Sequence[tuple[Role, Notes]], hop: int = 1) -> list[Span]:
    """Where each melody with each bass and each of the drums plays for a window's length, every `hop` bars."""
    bars = bars_of(parts)
    near = {
        role: [_near(notes, bars) for found, notes in parts if found == role] for role in ("melody", "bass", "drums")
    }
    found: list[Span] = []
    for melody, sung in enumerate(near["melody"]):
        for bass, low in enumerate(near["bass"]):
            for drums, struck in enumerate(near["drums"]):
                together = np.all([sung, low, struck], 0)
                for end in (slice(None, GAP), slice(-GAP, None)):
                    together[end] = np.any([sung[end], low[end], struck[end]])
                found += [
                    (melody, bass, drums, first)
                    for first in range(0, bars - BARS + 1, hop)
                    if together[first : first + BARS].all()
                ]
    return found


def _near(notes: Notes, bars: int) -> npt.NDArray[np.bool_]:
    """The bars in which the part sounds, and those next to them [bars]."""
    there = np.zeros(bars, bool)
    ends = np.floor(notes.ends * STEPS_PER_QUARTER + 0.5).astype(np.int64)
    for start, end in zip(notes.steps(STEPS_PER_QUARTER).tolist(), ends.tolist(), strict=True):
        there[max(0, start) // BAR : max(-(-end // BAR), start // BAR + 1)] = True
    return np.array([there[max(0, bar - GAP) : bar + GAP + 1].any() for bar in range(bars)], bool)
