"""Files of small bands: a melody, a bass and drums, as a sequencer writes them."""

from collections.abc import Sequence
from pathlib import Path

import mido

Track = tuple[str, int, int, Sequence[tuple[float, float, int]]]  # name, channel, program; starts, lengths in quarters
TUNE, WALK = (60, 62, 64, 65, 67, 65, 64, 62), (36, 43, 40, 43)
BEAT = ((0, 36), (1, 38), (2, 36), (2.5, 36), (3, 38))


def write_tracks(path: Path, tracks: Sequence[Track], metre: tuple[int, int] = (4, 4)) -> None:
    """A type 1 file of these tracks; channels and programs count from 0."""
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("time_signature", numerator=metre[0], denominator=metre[1])]))
    for name, channel, program, notes in tracks:
        at = [(start, "note_on", pitch) for start, _, pitch in notes]
        at += [(start + length, "note_off", pitch) for start, length, pitch in notes]
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=program))
        passed = 0
        for quarter, kind, pitch in sorted(at):
            ticks = round(quarter * 480)
            track.append(mido.Message(kind, channel=channel, note=pitch, velocity=90, time=ticks - passed))
            passed = ticks
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


def melody(bars: int, first: int = 0, up: int = 0) -> list[tuple[float, float, int]]:
    """Eighths from bar `first` on, each bar beginning a note further."""
    return [(4 * first + step / 2, 0.5, TUNE[(step + step // 8) % 8] + up) for step in range(8 * (bars - first))]


def bass(bars: int, first: int = 0) -> list[tuple[float, float, int]]:
    """Quarters."""
    return [(4 * first + step, 1, WALK[step % 4]) for step in range(4 * (bars - first))]


def beat(bars: int) -> list[tuple[float, float, int]]:
    """A rock beat."""
    return [(4 * bar + place, 0.25, pitch) for bar in range(bars) for place, pitch in BEAT]


def write_band(path: Path, bars: int = 18, up: int = 0) -> None:
    """A trio that plays from its first bar to its last."""
    write_tracks(path, [("lead", 0, 26, melody(bars, up=up)), ("low", 1, 33, bass(bars)), ("kit", 9, 0, beat(bars))])


def write_bands(folder: Path, songs: int = 3) -> Path:
    """A folder of such trios, no two alike."""
    for number in range(songs):
        write_band(folder / f"song {number}.mid", 17 + number, number)
    return folder


def groove_folder(folder: Path) -> Path:
    """Two files to learn from and one to judge by, as the Groove MIDI Dataset lists them."""
    rows = ["midi_filename,split"]
    for number, split in enumerate(("train", "train", "validation")):
        beat = [(step / 2 + 0.01 * (step % 2), 0.25, 42) for step in range(16)]
        beat += [(step, 0.25, 36 if step % 2 == 0 else 38) for step in range(0, 8, number % 2 + 1)]
        write_tracks(folder / f"{number}.mid", [("kit", 9, 0, sorted(beat))])
        rows.append(f"{number}.mid,{split}")
    (folder / "info.csv").write_text("\n".join(rows))
    return folder
