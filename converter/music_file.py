"""Music as people keep it: MIDI, MusicXML and ABC files, each read into note-seq's NoteSequences."""

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import mido

from converter.note_seq_library import NoteSequence, abc_parser, midi_io, musicxml_reader

# What note-seq puts in front of the words of the library below it.
_WRAPPED = re.compile(r"^Midi decoding error <class '\w+'>:")
DRUM_CHANNEL = 10  # General MIDI, counted from 1 as on the instruments


class LeftOutError(Exception):
    """Why one file, or a part of it, gives nothing, in words that can be counted."""


@dataclass(frozen=True)
class Choice:
    """Which notes of a file are meant; None lets all through.

    `channel`: a MIDI channel, 1 to 16, or "any". `name`: a pattern found in the name of the track. `program`: General
    MIDI, 1 to 128. MusicXML and ABC files have no channels.
    """

    channel: int | str = "any"
    name: re.Pattern[str] | None = None
    program: int | None = None


def read_music(path: Path, choice: Choice) -> list[NoteSequence]:
    """The sequences in a file, with the chosen notes alone: one of a MIDI or MusicXML file, one a tune of an ABC file.

    Raises:
        LeftOutError: it cannot be read, or holds none of the chosen notes.

    """
    with warnings.catch_warnings():
        # pretty_midi warns of meta events on other tracks than the first, which many programs write.
        warnings.simplefilter("ignore")
        try:
            sequences = READERS[path.suffix.lower()](path, choice)
        except LeftOutError:
            raise
        # Four libraries read these files, and answer a broken one with anything at all: a division by zero, a key that
        # there is not, an error of the XML parser. Whatever it is, it costs that file and no other.
        except Exception as error:  # noqa: BLE001
            raise LeftOutError(f"unreadable: {_words(error)}") from None
    chosen = [_chosen(sequence, choice) for sequence in sequences]
    if not any(sequence.notes for sequence in sequences):
        raise LeftOutError(
            "without a note" if choice.channel == "any" else f"without notes on channel {choice.channel}"
        )
    if not any(sequence.notes for sequence in chosen):
        raise LeftOutError("without a track of that name or program")
    return chosen


def _midi(path: Path, choice: Choice) -> list[NoteSequence]:
    content = path.read_bytes()
    if choice.channel != "any":
        content = _one_channel(content, int(choice.channel) - 1)
    return [midi_io.midi_to_note_sequence(content)]


def _one_channel(content: bytes, channel: int) -> bytes:
    """The MIDI file without the messages of other channels, of which note-seq tells nothing but the tenth."""
    file = mido.MidiFile(file=io.BytesIO(content))
    for track in file.tracks:
        waited, kept = 0, []
        for message in track:
            waited += message.time
            if getattr(message, "channel", channel) == channel:
                kept.append(message.copy(time=waited))
                waited = 0
        track[:] = kept
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def _musicxml(path: Path, _: Choice) -> list[NoteSequence]:
    return [musicxml_reader.musicxml_file_to_sequence_proto(str(path))]


def _abc(path: Path, _: Choice) -> list[NoteSequence]:
    tunes, faults = abc_parser.parse_abc_tunebook(path.read_text("utf-8"))
    if not tunes:
        raise LeftOutError(f"unreadable: {_words(faults[0])}" if faults else "without a note")
    return [tunes[number] for number in sorted(tunes)]


def _words(error: Exception) -> str:
    """The first line of what an error says, short enough for a table, and without the names of the libraries' own."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    said = _WRAPPED.sub("", str(error)).strip().splitlines()
    return (said[0] if said else "it ends too early" if "EOFError" in repr(error) else type(error).__name__)[:80]


def _chosen(sequence: NoteSequence, choice: Choice) -> NoteSequence:
    if choice.name is None and choice.program is None:
        return sequence
    pattern, program = choice.name, choice.program
    named = {info.instrument for info in sequence.instrument_infos if pattern and pattern.search(info.name)}
    kept = [
        note
        for note in sequence.notes
        if (pattern is None or note.instrument in named) and (program is None or note.program == program - 1)
    ]
    chosen = NoteSequence()
    chosen.CopyFrom(sequence)
    del chosen.notes[:]
    chosen.notes.extend(kept)
    return chosen


Reader = Callable[[Path, Choice], list[NoteSequence]]
READERS: MappingProxyType[str, Reader] = MappingProxyType(
    {
        ".mid": _midi,
        ".midi": _midi,
        ".xml": _musicxml,
        ".musicxml": _musicxml,
        ".mxl": _musicxml,
        ".abc": _abc,
    }
)
