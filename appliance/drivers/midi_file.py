"""The drum part of a MIDI file, and an answer as a MIDI file."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import mido
import msgspec
from mido.midifiles.meta import KeySignatureError

from appliance.drivers.atomic_file import write_atomically
from appliance.errors import CallError
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid, Meter, Timeline

_DEFAULT_TEMPO = 500_000  # microseconds a quarter: Standard MIDI Files 1.0, where a file says nothing
_TICKS_PER_QUARTER = 480
_SMPTE = 0x8000  # a division from here on counts film frames, not quarters
_INDEPENDENT_TRACKS = 2  # the type of a file whose tracks are pieces of their own
_MAX_BYTES = 16 * 2**20  # a whole day of drumming is less


class Message(msgspec.Struct, frozen=True):
    """The bytes of a MIDI message and its instant in seconds."""

    time: float
    data: bytes


class _Note(NamedTuple):
    """A note message where it stands in the score (quarters) and in time (seconds)."""

    quarters: float
    seconds: float
    data: bytes
    hit: bool


class _Played(NamedTuple):
    """Notes up to the last that begins, those behind it, and the program."""

    notes: list[_Note]
    behind: list[_Note]
    program: int | None


class Part(msgspec.Struct, frozen=True):
    """The note messages of one channel up to its last hit (`behind` has those that end notes after it), made even.

    Where the tempo changes on the way, the hits are laid out in the tempo of the last one, in which an answer goes
    on, and so that the last one keeps its true instant: the bars are even and the answer starts when it should. Where
    the meter changes, bars are those of the last hit's meter, counted from where it begins, backwards too.
    `origin` is the instant of the first quarter, `bar_line` of a bar line, and `tempos` has every change, with its
    quarter and its microseconds a quarter. `program` (0 to 127) is the instrument that the file asks for, if it does.
    """

    messages: tuple[Message, ...]
    first_hit: float
    origin: float
    bar_line: float
    tempos: tuple[tuple[float, int], ...]
    meter: Meter
    behind: tuple[Message, ...] = ()
    program: int | None = None

    @property
    def qpm(self) -> float:
        """The tempo at the last hit, in quarters a minute."""
        return 60e6 / self.tempos[-1][1]

    @property
    def last_hit(self) -> float:
        """Seconds; the part ends with it."""
        return self.messages[-1].time


class FileCall(NamedTuple):
    """A part as a call: whole bars from the bar line before its first hit until the one behind its last."""

    timeline: Timeline
    bars: int


def file_call(part: Part, grid: Grid) -> FileCall:
    """Where the call begins and how long it is, on a grid in the tempo and meter of the part.

    A first hit a little before a bar line belongs to it; the last bar is the one in which the last hit was played.
    """
    score, bar = Timeline(part.bar_line, grid), grid.steps_per_bar
    first = score.step_at(part.first_hit) // bar
    return FileCall(Timeline(score.time_of(first * bar), grid), score.bar_of(part.last_hit) + 1 - first)


def file_grid(path: Path, part: Part, steps_per_quarter: int) -> Grid:
    """The grid of a part for a model of so many steps a quarter. Raises: CallError for a meter that it cannot count."""
    try:
        return Grid(part.qpm, part.meter, steps_per_quarter)
    except ValueError as error:
        raise CallError(f"{path}: {error}") from None


def read_part(path: Path, channel: int = PERCUSSION_CHANNEL) -> Part:
    """What a file has on a channel (0 to 15). Raises: CallError when it is no MIDI file or has no hit there."""
    file = open_midi(path)
    tempos: list[tuple[float, int]] = [(0.0, _DEFAULT_TEMPO)]
    meters: list[tuple[float, int, int]] = [(0.0, 4, 4)]
    notes: list[_Note] = []
    program: int | None = None
    seconds = quarters = 0.0
    for message in mido.merge_tracks(file.tracks):
        quarters += message.time / file.ticks_per_beat
        seconds += message.time / file.ticks_per_beat * tempos[-1][1] / 1e6
        if message.type == "set_tempo" and message.tempo:
            tempos.append((quarters, message.tempo))
        elif message.type == "time_signature":
            meters.append((quarters, message.numerator, message.denominator))
        elif message.type == "program_change" and message.channel == channel and program is None:
            program = message.program
        # Files are full of controls, "all notes off" among them; a call has none.
        elif message.type in ("note_on", "note_off") and message.channel == channel:
            hit = message.type == "note_on" and message.velocity > 0
            notes.append(_Note(quarters, seconds, bytes(message.bytes()), hit))
    hits = [index for index, note in enumerate(notes) if note.hit]
    if not hits:
        raise CallError(_nothing_on(path, file, channel))
    played = notes[: hits[-1] + 1]
    end = played[-1].quarters
    # What stands at the tick of the last hit counts for it, in whatever track it stands.
    tempos = list({quarter: tempo for quarter, tempo in tempos if quarter <= end}.items())
    since, numerator, denominator = [change for change in meters if change[0] <= end][-1]
    meter = since, _meter(path, numerator, denominator)
    return _even(_Played(played, notes[hits[-1] + 1 :], program), notes[hits[0]], tempos, meter)


def pitched_channel(path: Path) -> int:
    """The first channel (0 to 15) with notes that are no drums'. Raises: CallError when there is none."""
    file = open_midi(path)
    sounding = {message.channel for track in file.tracks for message in track if message.type == "note_on"}
    pitched = sorted(sounding - {PERCUSSION_CHANNEL})
    if pitched:
        return int(pitched[0])
    if sounding:
        raise CallError(f"{path} has drums alone, and this model plays pitches: take them as pitches with --channel 10")
    raise CallError(_nothing_on(path, file, 0))


def write_answer(path: Path, strokes: Iterable[Stroke], part: Part, channel: int = PERCUSSION_CHANNEL) -> None:
    """The strokes where they sound after the part, on a channel (0 to 15), with the part's tempo changes and program.

    Laid beside the call's file, bar line on bar line, the file answers it. Raises: OSError.
    """
    file = mido.MidiFile(type=0, ticks_per_beat=_TICKS_PER_QUARTER)
    track = file.add_track("Ghostnote's answer")
    meter = part.meter
    signature = mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator)
    events = [(0, 0, signature), *_tempo_events(part), *_note_events(strokes, part, channel)]
    if part.program is not None:
        events.append((0, 1, mido.Message("program_change", channel=channel, program=part.program)))
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    write_atomically(path, lambda stream: file.save(file=stream))


def open_midi(path: Path) -> mido.MidiFile:
    """The file, read. Raises: CallError when it is none."""
    try:
        size = path.stat().st_size
        file = mido.MidiFile(path, clip=True) if size <= _MAX_BYTES else None
    except OSError as error:
        # mido says what is wrong with the bytes of a file as an OSError without a number.
        reason = error.strerror or f"it is no MIDI file ({error})"
        raise CallError(f"cannot read {path}: {reason}") from None
    except (EOFError, ValueError, LookupError, TypeError, AttributeError, KeySignatureError) as error:
        reason = "the MIDI file is torn" if _begins_like_midi(path) else "it is no MIDI file"
        raise CallError(f"cannot read {path}: {reason} ({str(error) or 'it ends too early'})") from None
    if file is None:
        raise CallError(f"{path} has {size} bytes: no call is that long")
    if file.type == _INDEPENDENT_TRACKS:
        raise CallError(f"{path} holds several pieces (MIDI file type 2): save one of them as a file of its own")
    if not 0 < file.ticks_per_beat < _SMPTE:
        raise CallError(f"{path} counts film frames instead of quarters: export it again with ticks per quarter")
    return file


def _begins_like_midi(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"MThd"


def _meter(path: Path, numerator: int, denominator: int) -> Meter:
    try:
        return Meter(numerator, denominator)
    except ValueError as error:
        raise CallError(f"{path}: {error}") from None


def _nothing_on(path: Path, file: mido.MidiFile, channel: int) -> str:
    notes = (message for track in file.tracks for message in track if message.type == "note_on" and message.velocity)
    others = sorted({message.channel + 1 for message in notes})
    if not others:
        return f"{path} holds no notes: there is nothing to answer"
    return (
        f"{path} has no notes on MIDI channel {channel + 1}: choose another with --channel "
        f"(it has notes on {', '.join(map(str, others))})"
    )


def _even(played: _Played, first: _Note, tempos: list[tuple[float, int]], meter: tuple[float, Meter]) -> Part:
    last, quarter = played.notes[-1], tempos[-1][1] / 1e6
    origin = last.seconds - last.quarters * quarter
    messages, behind = (
        tuple(Message(origin + note.quarters * quarter, note.data) for note in notes)
        for notes in (played.notes, played.behind)
    )
    since, signature = meter
    begins, bar_line = origin + first.quarters * quarter, origin + since * quarter
    return Part(messages, begins, origin, bar_line, tuple(tempos), signature, behind, played.program)


def _tempo_events(part: Part) -> Iterable[tuple[int, int, mido.MetaMessage]]:
    for quarter, tempo in part.tempos:
        yield round(quarter * _TICKS_PER_QUARTER), 1, mido.MetaMessage("set_tempo", tempo=tempo)


def _note_events(strokes: Iterable[Stroke], part: Part, channel: int) -> Iterable[tuple[int, int, mido.Message]]:
    """Tick, order within the tick (note-offs first), message; a drum lasts a sixteenth, as Magenta writes drums."""
    ticks = part.qpm / 60 * _TICKS_PER_QUARTER
    for stroke in strokes:
        tick, key = round((stroke.time - part.origin) * ticks), stroke.pitch
        end = round((stroke.time + stroke.length - part.origin) * ticks) if stroke.length else tick
        yield tick, 3, mido.Message("note_on", channel=channel, note=key, velocity=stroke.velocity)
        end = end if end > tick else tick + _TICKS_PER_QUARTER // 4
        yield end, 2, mido.Message("note_off", channel=channel, note=key, velocity=0)
