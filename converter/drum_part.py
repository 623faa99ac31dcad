"""The drums of a file, as one piece."""

from converter.music_file import LeftOutError
from converter.note_seq_library import NoteSequence
from converter.piece import Notes
from converter.quarters import metre_of, notes_of


def drum_parts(sequence: NoteSequence, *, any_channel: bool) -> list[Notes]:
    """The drum notes of the sequence, of MIDI channel 10 or, with `any_channel`, of all.

    Raises:
        LeftOutError: it has no drums, or is not in 4/4 throughout: drums_rnn counts its bars in sixteen steps.

    """
    if metre_of(sequence) != (4, 4):
        raise LeftOutError("not in 4/4 throughout")
    if not any_channel:
        drums = [note for note in sequence.notes if note.is_drum]
        if not drums:
            raise LeftOutError("without drums on MIDI channel 10")
        kept = NoteSequence()
        kept.CopyFrom(sequence)
        del kept.notes[:]
        kept.notes.extend(drums)
        sequence = kept
    return [notes for _, notes in notes_of(sequence, drums=True)]
