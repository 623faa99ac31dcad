"""note-seq, imported quietly: it takes a second, so commands import this only when they run."""

import warnings

with warnings.catch_warnings():
    # note-seq reaches pydub, which warns where ffmpeg is absent; no sound file is read here.
    warnings.simplefilter("ignore")
    from note_seq import (
        NoteSequence,
        abc_parser,
        encoder_decoder,
        melodies_lib,
        melody_encoder_decoder,
        midi_io,
        musicxml_reader,
    )
    from note_seq.protobuf import generator_pb2

__all__ = [
    "NoteSequence",
    "abc_parser",
    "encoder_decoder",
    "generator_pb2",
    "melodies_lib",
    "melody_encoder_decoder",
    "midi_io",
    "musicxml_reader",
]
