"""A sample to listen to while a network learns: what it plays by itself, as a MIDI file."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import mido
import numpy as np

from converter.architecture import recognise
from converter.atomic_file import write_atomically
from converter.drum_kit import Encoding
from converter.encoded import Floats
from converter.melody_material import MelodyEncoding
from converter.melody_part import notes_of_events
from converter.network import NetworkShape, magenta_variables
from converter.piece import Notes
from converter.reference import open_reference
from converter.source import Origin, Source

if TYPE_CHECKING:
    from converter.vae_music import Part

TICKS_PER_QUARTER = 480
STEPS = 128
QPM = 120
VELOCITY = 100


class Player(Protocol):
    """How a kind of music is started, fed to its network, continued and written down."""

    def opening(self) -> list[int]:
        """The first event."""

    def row(self, events: Sequence[int]) -> Floats:
        """The input row of the last event."""

    def event(self, label: int, events: Sequence[int]) -> int:
        """The event that a label means behind these."""

    def notes(self, events: Sequence[int]) -> Notes:
        """What sounds."""


@dataclass(frozen=True)
class DrumPlayer:
    """Drums start with a kick, or with the one drum."""

    encoding: Encoding
    steps_per_quarter: int

    def opening(self) -> list[int]:
        """Label 1: the first drum."""
        return [1]

    def row(self, events: Sequence[int]) -> Floats:
        """The input row of the last label."""
        rows = self.encoding.inputs(np.array(events[-1:]), len(events) - 1)
        return np.asarray(rows[0])

    def event(self, label: int, events: Sequence[int]) -> int:  # noqa: ARG002
        """The label itself."""
        return label

    def notes(self, events: Sequence[int]) -> Notes:
        """Each hit, a step long."""
        hits = [(step, pitch) for step, label in enumerate(events) for pitch in self.encoding.pitches(label)]
        starts = np.array([step for step, _ in hits]) / self.steps_per_quarter
        pitches = np.array([pitch for _, pitch in hits], np.uint8)
        return Notes(starts, starts + 1 / self.steps_per_quarter, pitches, np.full(len(hits), VELOCITY, np.uint8))


@dataclass(frozen=True)
class MelodyPlayer:
    """Melodies start on the C in the middle of their range."""

    encoding: MelodyEncoding

    def opening(self) -> list[int]:
        """A C."""
        return [(self.encoding.lowest + self.encoding.highest) // 24 * 12]

    def row(self, events: Sequence[int]) -> Floats:
        """The input row of the last event."""
        melody = self.encoding.melody_as_it_is(events)
        return np.array(self.encoding.encoder.events_to_input(melody, len(events) - 1), np.float32)

    def event(self, label: int, events: Sequence[int]) -> int:
        """A pitch, or note_seq's no event and note off."""
        return int(self.encoding.encoder.class_index_to_event(label, self.encoding.melody_as_it_is(events)))

    def notes(self, events: Sequence[int]) -> Notes:
        """The melody."""
        return notes_of_events(list(events))


def write_sample(
    path: Path, config: str, player: Player, shape: NetworkShape, weights: dict[str, Floats], seed: int = 1
) -> None:
    """What the network of this configuration plays in 128 steps at temperature 1, as a MIDI file at `path`.

    Raises:
        OSError: it cannot be written.

    """
    source = Source(Origin(path, "", "checkpoint"), magenta_variables(shape, weights), None)
    chance, events = np.random.default_rng(seed), player.opening()
    architecture = recognise(source, shape.attention_length or None, config)
    with open_reference(source, architecture) as reference:
        state = reference.initial_state()
        while len(events) < STEPS:
            softmax, state = reference.run(player.row(events)[None], state)
            likely = softmax[0].astype(np.float64)
            events.append(player.event(int(chance.choice(len(likely), p=likely / likely.sum())), events))
    write_atomically(path, midi_bytes(player.notes(events), drums=isinstance(player, DrumPlayer)))


def midi_bytes(notes: Notes, *, drums: bool) -> bytes:
    """A MIDI file of one track, drums on channel 10."""
    track = _track(notes, 9 if drums else 0)
    track.insert(0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(QPM)))
    return _saved([track])


def parts_bytes(parts: "Sequence[Part]") -> bytes:
    """A MIDI file with a track for each part, at 120 quarters a minute; what is early of the first beat is on it."""
    tracks = []
    for part in parts:
        track = _track(part.notes, part.channel)
        track.insert(0, mido.MetaMessage("track_name", name=part.name))
        track.insert(1, mido.Message("program_change", channel=part.channel, program=part.program))
        tracks.append(track)
    tracks[0].insert(0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(QPM)))
    return _saved(tracks)


def _track(notes: Notes, channel: int) -> mido.MidiTrack:
    timed = [
        (max(0, round(at * TICKS_PER_QUARTER)), kind, int(pitch), int(velocity))
        for start, end, pitch, velocity in zip(notes.starts, notes.ends, notes.pitches, notes.velocities, strict=True)
        for at, kind in ((start, "note_on"), (end, "note_off"))
    ]
    track, now = mido.MidiTrack(), 0
    for tick, kind, pitch, velocity in sorted(timed):  # note_off sorts before note_on
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=tick - now))
        now = tick
    return track


def _saved(tracks: list[mido.MidiTrack]) -> bytes:
    file = io.BytesIO()
    mido.MidiFile(type=0 if len(tracks) == 1 else 1, tracks=tracks, ticks_per_beat=TICKS_PER_QUARTER).save(file=file)
    return file.getvalue()
