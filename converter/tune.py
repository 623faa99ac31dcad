"""A tune to try pitched models on: the theme of L. van Beethoven's Ninth Symphony (1824), with a bass, in C."""

from typing import Any

# Pitch and length in quarters; the four phrases of the theme.
_PHRASE = ((64, 1), (64, 1), (65, 1), (67, 1), (67, 1), (65, 1), (64, 1), (62, 1), (60, 1), (60, 1), (62, 1), (64, 1))
_OPEN, _CLOSED = ((64, 1.5), (62, 0.5), (62, 2)), ((62, 1.5), (60, 0.5), (60, 2))
_MIDDLE = (
    *((62, 1), (62, 1), (64, 1), (60, 1), (62, 1), (64, 0.5), (65, 0.5), (64, 1), (60, 1)),
    *((62, 1), (64, 0.5), (65, 0.5), (64, 1), (62, 1), (60, 1), (62, 1), (55, 2)),
)
_THEME = (*_PHRASE, *_OPEN, *_PHRASE, *_CLOSED, *_MIDDLE, *_PHRASE, *_CLOSED)
_BASS = (48, 43, 48, 43)  # a half note each


def tune() -> Any:
    """The tune as a NoteSequence, sixteen bars at 120 quarters a minute; the theme is instrument 0, the bass 1."""
    from note_seq.protobuf import music_pb2

    sequence = music_pb2.NoteSequence(ticks_per_quarter=220)
    sequence.tempos.add(qpm=120)
    sequence.time_signatures.add(numerator=4, denominator=4)
    time = 0.0
    for pitch, quarters in _THEME:
        sequence.notes.add(pitch=pitch, velocity=90, start_time=time / 2, end_time=(time + quarters) / 2)
        time += quarters
    for half in range(int(time / 2)):
        sequence.notes.add(pitch=_BASS[half % 4], velocity=60, start_time=half, end_time=half + 1, instrument=1)
    sequence.total_time = time / 2
    return sequence
