"""The parts of a band's file as a trio: melodies, basses and the drums, of which each model hears one at a time.

Which part is which: TrioConverter (magenta/models/music_vae/data.py) goes by General MIDI programs, counted from 0:
0 to 31 (pianos to guitars) may be a melody, 32 to 39 are basses, and what is on channel 10 is drums. Two things are
added here, as bands name their tracks with more care than they choose programs: a track called bass is one, and a file
without a melody by that rule gives its other pitched parts. And all drums of a file are one part; Magenta takes each
track's for a kit of its own.
"""

import re

import numpy as np

from converter.music_file import LeftOutError
from converter.note_seq_library import NoteSequence
from converter.piece import Notes, Parts, Role
from converter.quarters import metre_of, notes_of
from converter.trio_tensors import BARS, spans_of

MELODY_PROGRAMS, BASS_PROGRAMS = range(32), range(32, 40)
_BASS = re.compile(r"\bbass(?!oon|\W*drum)", re.IGNORECASE)


def trio_parts(sequence: NoteSequence) -> tuple[Notes, Parts]:
    """The notes of all melodies, basses and the drums of the sequence, one after the other, and how many each has.

    Raises:
        LeftOutError: one of the three is missing, they do not play together for as long as a window lasts, or the
            sequence is not in 4/4 throughout.

    """
    if metre_of(sequence) != (4, 4):
        raise LeftOutError("not in 4/4 throughout")
    parts = [("drums", notes) for _, notes in notes_of(_only(sequence, drums=True), drums=True)]
    roles = _roles(sequence)
    pitched = notes_of(_only(sequence, drums=False), drums=False)
    found: list[tuple[Role, Notes]] = [
        (role, notes) for role in ("melody", "bass") for number, notes in pitched if roles[number] == role
    ]
    found += [("drums", notes) for _, notes in parts]
    there = {role for role, _ in found}
    missing = [role for role in ("melody", "bass", "drums") if role not in there]
    if missing:
        raise LeftOutError(f"without {' and '.join(missing)}")
    if not spans_of(found):
        raise LeftOutError(f"without {BARS} bars in which melody, bass and drums play together")
    arrays = (
        np.concatenate([getattr(notes, name) for _, notes in found])
        for name in ("starts", "ends", "pitches", "velocities")
    )
    return Notes(*arrays), tuple((role, len(notes)) for role, notes in found)


def _only(sequence: NoteSequence, *, drums: bool) -> NoteSequence:
    kept = NoteSequence()
    kept.CopyFrom(sequence)
    del kept.notes[:]
    kept.notes.extend(note for note in sequence.notes if note.is_drum == drums)
    return kept


def _roles(sequence: NoteSequence) -> dict[int, Role | None]:
    """What each pitched instrument is."""
    basses = {info.instrument for info in sequence.instrument_infos if _BASS.search(info.name)}
    programs = {note.instrument: note.program for note in sequence.notes if not note.is_drum}
    found: dict[int, Role | None] = {}
    for number, program in programs.items():
        bass = number in basses or program in BASS_PROGRAMS
        found[number] = "bass" if bass else "melody" if program in MELODY_PROGRAMS else None
    if "melody" not in found.values():
        return {number: role or "melody" for number, role in found.items()}
    return found
