"""From a NoteSequence's seconds to quarters, through whatever tempi it has."""

import numpy as np
import numpy.typing as npt

from converter.music_file import LeftOutError
from converter.note_seq_library import NoteSequence
from converter.piece import Notes

DEFAULT_QPM = 120.0  # quarters a minute until a file says otherwise (Standard MIDI Files 1.0)


def metre_of(sequence: NoteSequence) -> tuple[int, int]:
    """The one time signature: 4/4 where the file has none.

    Raises:
        LeftOutError: it changes.

    """
    signatures = {(entry.numerator, entry.denominator) for entry in sequence.time_signatures}
    if len(signatures) > 1:
        raise LeftOutError("with more than one metre")
    return signatures.pop() if signatures else (4, 4)


def notes_of(sequence: NoteSequence, *, drums: bool) -> list[tuple[int, Notes]]:
    """Instrument number and notes of each part that has any; all drums are one part, numbered 0."""
    parts: dict[int, list[NoteSequence.Note]] = {}
    for note in sequence.notes:
        if note.velocity and note.start_time >= 0:
            parts.setdefault(0 if drums else note.instrument, []).append(note)
    clock = _clock(sequence)
    return [(number, _notes(sorted(parts[number], key=_place), clock)) for number in sorted(parts)]


def _place(note: NoteSequence.Note) -> tuple[float, int]:
    return note.start_time, note.pitch


def _notes(notes: list[NoteSequence.Note], clock: "_Clock") -> Notes:
    starts = clock.quarters(np.array([note.start_time for note in notes]))
    ends = clock.quarters(np.array([note.end_time for note in notes]))
    return Notes(
        starts,
        ends,
        np.array([note.pitch for note in notes], np.uint8),
        np.array([note.velocity for note in notes], np.uint8),
    )


class _Clock:
    """Seconds to quarters; `times` (s) and `rates` (quarters a second) of each tempo, the first from time 0."""

    def __init__(self, times: npt.NDArray[np.float64], rates: npt.NDArray[np.float64]) -> None:
        self._times, self._rates = times, rates
        self._passed = np.concatenate([[0.0], np.cumsum(np.diff(times) * rates[:-1])])

    def quarters(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Quarters passed at these instants."""
        tempo = np.maximum(np.searchsorted(self._times, seconds, side="right") - 1, 0)
        return np.asarray(self._passed[tempo] + (seconds - self._times[tempo]) * self._rates[tempo])


def _clock(sequence: NoteSequence) -> _Clock:
    tempi = {entry.time: entry.qpm for entry in sorted(sequence.tempos, key=lambda entry: entry.time) if entry.qpm > 0}
    if 0.0 not in tempi:
        tempi = {0.0: DEFAULT_QPM} | tempi
    times = np.array(sorted(tempi))
    return _Clock(times, np.array([tempi[time] / 60 for time in times]))
