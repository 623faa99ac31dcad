"""Melodies out of the parts of a file: one note at a time, as Magenta's melody_rnn extracts them.

The rules are those of note_seq's Melody.from_quantized_sequence: sixteenths; a melody starts at the bar line before its
first note and ends where a bar passes without a note; a note ends the one before it.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from converter.music_file import LeftOutError
from converter.note_seq_library import NoteSequence, melodies_lib
from converter.piece import Notes
from converter.quarters import metre_of, notes_of

STEPS_PER_QUARTER = 4
GAP_BARS = 1.0
VELOCITY = 100  # a melody's events have none; Magenta plays them at this


@dataclass(frozen=True)
class MelodyRules:
    """What counts as a melody.

    `parts`: every part of a file, or the highest alone (by mean pitch). `chords`: a part that strikes several notes at
    once is refused, or its highest notes are taken. `shortest_bars` and `fewest_pitches`: less is left out.
    """

    parts: Literal["each", "highest"] = "each"
    chords: Literal["refuse", "highest"] = "refuse"
    shortest_bars: float = 4
    fewest_pitches: int = 3


def melody_parts(sequence: NoteSequence, rules: MelodyRules) -> list[Notes]:
    """The melodies of the sequence, part by part, each from its own first bar.

    Raises:
        LeftOutError: it gives none, for the reason of its last part.

    """
    numerator, denominator = metre_of(sequence)
    pitched = NoteSequence()
    pitched.CopyFrom(sequence)
    del pitched.notes[:]
    pitched.notes.extend(note for note in sequence.notes if not note.is_drum)
    parts = notes_of(pitched, drums=False)
    if not parts:
        raise LeftOutError("without a pitched note")
    if rules.parts == "highest":
        parts = [max(parts, key=lambda part: float(part[1].pitches.mean()))]
    found, reason = [], LeftOutError("without a melody")
    for _, notes in parts:
        try:
            found += _melodies(notes, (numerator, denominator), rules)
        except LeftOutError as error:
            reason = error
    if not found:
        raise reason
    return found


def _melodies(notes: Notes, metre: tuple[int, int], rules: MelodyRules) -> list[Notes]:
    sequence, start, found = _quantized(notes, metre), 0, []
    steps_per_bar = _steps_per_bar(metre)
    reason = "a melody too short"
    last = max(note.quantized_start_step for note in sequence.notes)
    while start <= last:
        melody = _melody(sequence, start, rules)
        if not len(melody):
            break
        if len(melody) < rules.shortest_bars * steps_per_bar:
            reason = f"shorter than {rules.shortest_bars:g} bars"
        elif len({event for event in melody if event >= 0}) < rules.fewest_pitches:
            reason = f"of fewer than {rules.fewest_pitches} pitches"
        else:
            found.append(notes_of_events(list(melody)))
        # The next melody starts at a bar line, after the gap that ended this one.
        start = melody.start_step + -(-max(1, len(melody)) // steps_per_bar) * steps_per_bar
    if not found:
        raise LeftOutError(reason)
    return found


def _melody(sequence: NoteSequence, start: int, rules: MelodyRules) -> Any:
    melody = melodies_lib.Melody()
    try:
        melody.from_quantized_sequence(
            sequence, start, gap_bars=GAP_BARS, ignore_polyphonic_notes=rules.chords == "highest"
        )
    except melodies_lib.PolyphonicMelodyError:
        raise LeftOutError("several notes at once (--chords highest takes the highest)") from None
    return melody


def _steps_per_bar(metre: tuple[int, int]) -> int:
    steps = STEPS_PER_QUARTER * 4 * metre[0] / metre[1]
    if not metre[1] or steps % 1:
        raise LeftOutError(f"in {metre[0]}/{metre[1]}, whose bar is no whole number of sixteenths")
    return int(steps)


def _quantized(notes: Notes, metre: tuple[int, int]) -> NoteSequence:
    """A sequence that note_seq takes for quantised: the steps are set here, from quarters."""
    sequence = NoteSequence()
    sequence.quantization_info.steps_per_quarter = STEPS_PER_QUARTER
    sequence.time_signatures.add(numerator=metre[0], denominator=metre[1])
    ends = np.floor(notes.ends * STEPS_PER_QUARTER + 0.5).astype(int)
    for start, end, pitch in zip(notes.steps(STEPS_PER_QUARTER), ends, notes.pitches, strict=True):
        sequence.notes.add(
            pitch=int(pitch),
            velocity=VELOCITY,
            quantized_start_step=int(start),
            quantized_end_step=max(int(end), int(start) + 1),
        )
    return sequence


def notes_of_events(events: list[int]) -> Notes:
    """The notes of melody events (note_seq: -2 no event, -1 note off, else a pitch), a sixteenth each."""
    notes: list[list[int]] = []
    sounding = False
    for step, event in enumerate(events):
        if sounding and event != melodies_lib.MELODY_NO_EVENT:
            notes[-1][1] = step
        if event >= 0:
            notes.append([step, len(events), event])
        sounding = event >= 0 or (sounding and event == melodies_lib.MELODY_NO_EVENT)
    table = np.array(notes, np.float64).reshape(-1, 3)
    return Notes(
        table[:, 0] / STEPS_PER_QUARTER,
        table[:, 1] / STEPS_PER_QUARTER,
        table[:, 2].astype(np.uint8),
        np.full(len(table), VELOCITY, np.uint8),
    )


def events_of_notes(notes: Notes) -> list[int]:
    """The melody events of notes that do not overlap, from step 0 to the end of the last: the inverse."""
    starts, ends = notes.steps(STEPS_PER_QUARTER), np.floor(notes.ends * STEPS_PER_QUARTER + 0.5).astype(int)
    events = [melodies_lib.MELODY_NO_EVENT] * int(max(ends, default=0))
    for start, end, pitch in zip(starts, ends, notes.pitches, strict=True):
        events[start] = int(pitch)
        if end < len(events) and events[end] == melodies_lib.MELODY_NO_EVENT:
            events[end] = melodies_lib.MELODY_NOTE_OFF
    return events
