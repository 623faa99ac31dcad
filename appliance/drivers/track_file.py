"""A drum track as a MIDI file of its own: what `export` and a favourite are written as."""

from collections.abc import Iterable
from pathlib import Path

import mido

from appliance.drivers.atomic_file import write_atomically
from appliance.drivers.midi_file import open_midi
from appliance.errors import CallError
from appliance.notation.drum_track import DrumTrack, Note, drum_track
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Timeline

_TICKS_PER_QUARTER = 480
_LASTS = _TICKS_PER_QUARTER // 4  # a drum note has no end; Magenta writes a sixteenth

_PITCHED_CHANNEL = 0  # of what lasts, and so is no drum

_Sound = tuple[
    float, int, int, float
]  # quarters from the beginning, pitch, velocity, quarters that it lasts; 0: a drum


def write_track(path: Path, track: DrumTrack, grid: Grid, name: str) -> None:
    """A track on its grid: tempo, meter and length of the file are the track's. Raises: OSError."""
    each = grid.steps_per_quarter
    sounds = ((note.step / each, note.pitch, note.velocity, note.length / each) for note in track.notes)
    _write(path, sounds, grid, track.length, name)


def write_hits(path: Path, hits: Iterable[Hit], timeline: Timeline, length: int, name: str) -> None:
    """Hits as they were played, with the player's own timing, in a file of `length` steps from the timeline's origin.

    What came before its first beat stands on it. Raises: OSError.
    """
    quarter = timeline.grid.step_seconds * timeline.grid.steps_per_quarter
    sounds = ((max(0.0, (hit.time - timeline.origin) / quarter), hit.pitch, hit.velocity, 0.0) for hit in hits)
    _write(path, sounds, timeline.grid, length, name)


def read_track(path: Path, steps_per_quarter: int = 4) -> DrumTrack:
    """The drums of a file (channel 10) on the nearest steps, as long as its bars of 4/4, one at least.

    Raises: CallError when it is no MIDI file or has no drums.
    """
    file, quarters = open_midi(path), 0.0
    notes = []
    for message in mido.merge_tracks(file.tracks):
        quarters += message.time / file.ticks_per_beat
        if message.type == "note_on" and message.velocity and message.channel == PERCUSSION_CHANNEL:
            notes.append(Note(round(quarters * steps_per_quarter), message.note, message.velocity))
    if not notes:
        raise CallError(f"{path} has no drums on channel 10")
    bar = 4 * steps_per_quarter
    last = max(round(quarters * steps_per_quarter), max(note.step for note in notes) + 1)
    return drum_track(notes, -(-last // bar) * bar)


def _write(path: Path, sounds: Iterable[_Sound], grid: Grid, length: int, name: str) -> None:
    file = mido.MidiFile(type=0, ticks_per_beat=_TICKS_PER_QUARTER)
    track = file.add_track(name)
    track.append(mido.MetaMessage("set_tempo", tempo=round(60e6 / grid.qpm)))
    meter = grid.meter
    track.append(mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator))
    now = 0
    for tick, _, message in sorted(_messages(sounds), key=lambda one: one[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    # Last, so that the file is as long as its bars, be they empty.
    end = round(length / grid.steps_per_quarter * _TICKS_PER_QUARTER)
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    write_atomically(path, lambda stream: file.save(file=stream))


def _messages(sounds: Iterable[_Sound]) -> Iterable[tuple[int, int, mido.Message]]:
    """Tick, order within the tick (note-offs first), message."""
    for quarter, pitch, velocity, lasts in sounds:
        tick, channel = round(quarter * _TICKS_PER_QUARTER), _PITCHED_CHANNEL if lasts else PERCUSSION_CHANNEL
        end = round((quarter + lasts) * _TICKS_PER_QUARTER) if lasts else tick + _LASTS
        yield tick, 1, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        yield end, 0, mido.Message("note_off", channel=channel, note=pitch, velocity=0)
