"""MIDI files for tests, from a few numbers."""

from pathlib import Path

import mido

TICKS = 480


def write_midi(
    path: Path, hits, *, qpm=120.0, meter=None, channel=9, velocity=100, tempo_changes=(), meter_changes=()
) -> Path:
    """Hits are (quarter, key); tempo changes are (quarter, qpm), meter changes (quarter, meter)."""
    events = [(0.0, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))]
    events += [(at, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(to))) for at, to in tempo_changes]
    if meter:
        events.append((0.0, 1, mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1])))
    for at, (numerator, denominator) in meter_changes:
        events.append((at, 1, mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)))
    for quarter, key in hits:
        events.append((quarter, 2, mido.Message("note_on", channel=channel, note=key, velocity=velocity)))
        events.append((quarter + 0.1, 2, mido.Message("note_off", channel=channel, note=key)))
    return _saved(path, events)


ROCK_BAR = [(0, 36), (1, 38), (2, 36), (3, 38), *((eighth / 2, 42) for eighth in range(8))]


def rock(bars: int) -> list[tuple[float, int]]:
    return [(4 * bar + quarter, key) for bar in range(bars) for quarter, key in ROCK_BAR]


def write_melody(path: Path, tones, *, qpm=120.0, channel=0, program=None, velocity=90) -> Path:
    """Tones are (first quarter, quarter behind the last, pitch)."""
    events = [(0.0, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))]
    if program is not None:
        events.append((0.0, 1, mido.Message("program_change", channel=channel, program=program)))
    for start, end, pitch in tones:
        events.append((start, 3, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
        events.append((end, 2, mido.Message("note_off", channel=channel, note=pitch)))
    return _saved(path, events)


def _saved(path: Path, events) -> Path:
    """Events are (quarter, order within it, message)."""
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS)
    track = file.add_track()
    now = 0
    for quarter, _, message in sorted(events, key=lambda event: event[:2]):
        tick = round(quarter * TICKS)
        track.append(message.copy(time=tick - now))
        now = tick
    file.save(path)
    return path
