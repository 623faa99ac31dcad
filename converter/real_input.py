"""Real music as a network's input rows and the events that follow, by note-seq's own encoders.

Polyphony RNN's encoder is in Magenta alone (magenta/models/polyphony_rnn), and Piano Genie's buttons were made by a
part of it that is not kept; both are written out here. note-seq is imported when it is first needed: it takes a second.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.errors import DataError
from converter.polyphony_events import polyphony_events
from converter.rnn_config import EncodingKind, RnnConfig

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
# 31.25 bins a second, the last for all that is longer (magenta-js, piano_genie/model.ts).
_GENIE_BINS_PER_SECOND, _GENIE_LAST_BIN, _GENIE_BUTTONS = 31.25, 32, 8


@dataclass(frozen=True)
class RealInput:
    """Rows [T, input_size], and what followed each [T, choices]: a label for each choice that the network makes.

    A NADE's choices are its notes, struck (1) or not.
    """

    rows: Floats
    labels: Labels


def real_input(config: RnnConfig, sequence: Any) -> RealInput:
    """The input that a NoteSequence is to a network.

    Raises:
        DataError: it holds nothing that this network could hear.

    """
    encoded = _ENCODERS[config.kind](config, sequence)
    if not len(encoded.rows):
        raise DataError(f"The music holds fewer than two events for {config.name}.")
    return encoded


def _melody(config: RnnConfig, sequence: Any) -> RealInput:
    import note_seq

    melody = note_seq.Melody()
    melody.from_quantized_sequence(
        _in_steps(config, sequence), instrument=_first(sequence), ignore_polyphonic_notes=True
    )
    melody.squash(config.lowest_pitch, config.highest_pitch + 1, config.key)
    return _by_encoder(config, _melody_encoder(config), list(melody), _chords(config, len(melody)))


def _performance(config: RnnConfig, sequence: Any) -> RealInput:
    import note_seq
    from note_seq import performance_encoder_decoder as encoders
    from note_seq import performance_lib

    quantised = note_seq.quantize_note_sequence_absolute(sequence, config.steps_per_second)
    if config.kind == "note_performance":
        events = performance_lib.NotePerformance(quantised, config.velocity_bins, instrument=_first(sequence))
        encoder = encoders.NotePerformanceEventSequenceEncoderDecoder(config.velocity_bins)
        return _by_encoder(config, encoder, list(events), None)
    events = performance_lib.Performance(quantised, num_velocity_bins=config.velocity_bins)
    if config.kind == "modulo_performance":
        encoder = encoders.ModuloPerformanceEventSequenceEncoderDecoder(config.velocity_bins)
    else:
        one_hot = encoders.PerformanceOneHotEncoding(config.velocity_bins)
        encoder = note_seq.OneHotEventSequenceEncoderDecoder(one_hot)
    return _by_encoder(config, encoder, list(events), _control_rows(config, events))


def _polyphony(config: RnnConfig, sequence: Any) -> RealInput:
    quantised = _in_steps(config, sequence)
    notes = [(note.pitch, note.quantized_start_step, note.quantized_end_step) for note in quantised.notes]
    events = np.array(polyphony_events(notes, quantised.total_quantized_steps))
    return RealInput(np.eye(config.input_size, dtype=np.float32)[events[:-1]], events[1:, None])


def _pianoroll(config: RnnConfig, sequence: Any) -> RealInput:
    from note_seq import pianoroll_lib

    quantised = _in_steps(config, sequence)
    roll = pianoroll_lib.PianorollSequence(quantised, min_pitch=config.lowest_pitch, max_pitch=config.highest_pitch)
    frames = np.zeros((len(roll), config.input_size), np.float32)
    for row, struck in zip(frames, roll, strict=True):
        row[list(struck)] = 1
    return RealInput(frames[:-1], frames[1:].astype(np.int64))


def _piano_genie(config: RnnConfig, sequence: Any) -> RealInput:
    """Buttons by height: the eighth of the music's range that a note is in."""
    notes = sorted((note.start_time, note.pitch) for note in sequence.notes if not note.is_drum)
    pitches = [pitch - config.lowest_pitch for _, pitch in notes]
    low, span = min(pitches, default=0), max(pitches, default=0) - min(pitches, default=0) + 1
    rows: list[npt.NDArray[np.float64]] = []
    before, time = -1, 0.0
    for (start, _), pitch in zip(notes, pitches, strict=True):
        button = (pitch - low) * _GENIE_BUTTONS // span
        # Before the first note there was no other for longer than any bin.
        waited = min(round((start - time) * _GENIE_BINS_PER_SECOND), _GENIE_LAST_BIN) if rows else _GENIE_LAST_BIN
        level = [2 * button / (_GENIE_BUTTONS - 1) - 1]
        rows.append(np.concatenate([level, np.eye(89)[before + 1], np.eye(_GENIE_LAST_BIN + 1)[waited]]))
        before, time = pitch, start
    return RealInput(np.array(rows, np.float32).reshape(len(rows), config.input_size), np.array(pitches)[:, None])


_ENCODERS: Mapping[EncodingKind, Callable[[RnnConfig, Any], RealInput]] = MappingProxyType(
    {
        "melody": _melody,
        "key_melody": _melody,
        "performance": _performance,
        "modulo_performance": _performance,
        "note_performance": _performance,
        "polyphony": _polyphony,
        "pianoroll": _pianoroll,
        "piano_genie": _piano_genie,
    }
)


def _in_steps(config: RnnConfig, sequence: Any) -> Any:
    import note_seq

    return note_seq.quantize_note_sequence(sequence, config.steps_per_quarter)


def _first(sequence: Any) -> int:
    """The instrument of the first note that is no drum."""
    return next((int(note.instrument) for note in sequence.notes if not note.is_drum), 0)


def _melody_encoder(config: RnnConfig) -> Any:
    import note_seq

    top = config.highest_pitch + 1
    if config.kind == "key_melody":
        return note_seq.KeyMelodyEncoderDecoder(config.lowest_pitch, top)
    one_hot = note_seq.MelodyOneHotEncoding(config.lowest_pitch, top)
    if config.lookbacks:
        return note_seq.LookbackEventSequenceEncoderDecoder(one_hot)
    return note_seq.OneHotEventSequenceEncoderDecoder(one_hot)


def _by_encoder(config: RnnConfig, encoder: Any, events: list[Any], controls: Floats | None) -> RealInput:
    """Row k: the control of event k + 1, where there is one, and event k."""
    steps = range(len(events) - 1)
    rows = np.array([encoder.events_to_input(events, step) for step in steps], np.float32).reshape(len(steps), -1)
    if controls is not None:
        rows = np.concatenate([controls[1:], rows], axis=1)
    labels = np.array([encoder.events_to_label(events, step + 1) for step in steps], np.int64)
    return RealInput(rows.reshape(len(steps), config.input_size), labels.reshape(len(steps), -1))


def _chords(config: RnnConfig, steps: int) -> Floats | None:
    """The four chords of much of pop music, a bar each: rows [steps, width]."""
    import note_seq

    if not config.conditions:
        return None
    chords = [("C", "G", "Am", "F")[step // (4 * config.steps_per_quarter) % 4] for step in range(steps)]
    if config.conditions == ("triad",):
        encoder = note_seq.OneHotEventSequenceEncoderDecoder(note_seq.TriadChordOneHotEncoding())
    else:
        encoder = note_seq.PitchChordsEncoderDecoder()
    return np.array([encoder.events_to_input(chords, step) for step in range(steps)], np.float32)


def _control_rows(config: RnnConfig, events: Any) -> Floats | None:
    """What the performance itself has of the condition at each event: rows [events, width]."""
    signals = [_signal(name) for name in ("density", "pitch_histogram") if any(name in c for c in config.conditions)]
    if not signals:
        return None
    columns = []
    for signal in signals:
        values = signal.extract(events)
        columns.append(np.array([signal.encoder.events_to_input(values, step) for step in range(len(values))]))
    if "optional_density_and_pitch_histogram" in config.conditions:
        columns.insert(0, np.zeros((len(events), 1)))  # not disabled
    return np.concatenate(columns, axis=1).astype(np.float32)


def _signal(name: str) -> Any:
    from note_seq import performance_controls as controls

    if name == "density":
        return controls.NoteDensityPerformanceControlSignal(3.0, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
    return controls.PitchHistogramPerformanceControlSignal(5.0)
