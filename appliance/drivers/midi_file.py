"""The drum part of a MIDI file, and an answer as a MIDI file."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import mido
import msgspec

from appliance.drivers.atomic_file import write_atomically
from appliance.errors import CallError
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid, Meter, Timeline

_DEFAULT_TEMPO = 500_000  # microseconds a quarter: Standard MIDI Files 1.0, where a file says nothing
_TICKS_PER_QUARTER = 480
_SMPTE = 0x8000  # a division from here on counts film frames, not quarters
_MAX_BYTES = 16 * 2**20  # a whole day of drumming is less


class Message(msgspec.Struct, frozen=True):
    """The bytes of a MIDI message and its instant in seconds."""

    time: float
    data: bytes


class _Note(NamedTuple):
    """A note message where it stands in the score (quarters) and in time (seconds), and the tempo in force there."""

    quarters: float
    seconds: float
    tempo: int
    data: bytes
    hit: bool


class Part(msgspec.Struct, frozen=True):
    """The note messages of one channel up to its last hit, in an even tempo.

    Where the tempo changes on the way, the hits are laid out in the tempo of the last one, in which an answer goes
    on, and so that the last one keeps its true instant: the bars are even and the answer starts when it should.
    `origin` is the instant of the score's first bar line.
    """

    messages: tuple[Message, ...]
    first_hit: float
    origin: float
    qpm: float
    meter: Meter

    @property
    def last_hit(self) -> float:
        """Seconds; the part ends with it."""
        return self.messages[-1].time


class FileCall(NamedTuple):
    """A part as a call: whole bars from the bar line before its first hit until the one behind its last."""

    timeline: Timeline
    bars: int


def file_call(part: Part, grid: Grid) -> FileCall:
    """Where the call begins and how long it is, on a grid in the tempo and meter of the part."""
    score, bar = Timeline(part.origin, grid), grid.steps_per_bar
    first = score.step_at(part.first_hit) // bar
    last = score.step_at(part.last_hit) // bar
    return FileCall(Timeline(score.time_of(first * bar), grid), last + 1 - first)


def file_grid(path: Path, part: Part, steps_per_quarter: int) -> Grid:
    """The grid of a part for a model of so many steps a quarter. Raises: CallError for a meter that it cannot count."""
    try:
        return Grid(part.qpm, part.meter, steps_per_quarter)
    except ValueError as error:
        raise CallError(f"{path}: {error}") from None


def read_part(path: Path, channel: int = PERCUSSION_CHANNEL) -> Part:
    """What a file has on a channel (0 to 15). Raises: CallError when it is no MIDI file or has no hit there."""
    file = _open(path)
    meter, tempo = Meter(), _DEFAULT_TEMPO
    seconds = quarters = 0.0
    notes: list[_Note] = []
    for message in mido.merge_tracks(file.tracks):
        quarters += message.time / file.ticks_per_beat
        seconds += message.time / file.ticks_per_beat * tempo / 1e6
        if message.type == "set_tempo":
            tempo = message.tempo or tempo
        elif message.type == "time_signature" and not notes:
            meter = _meter(path, message.numerator, message.denominator)
        # Files are full of controls, "all notes off" among them; a call has none.
        elif message.type in ("note_on", "note_off") and message.channel == channel:
            hit = message.type == "note_on" and message.velocity > 0
            notes.append(_Note(quarters, seconds, tempo, bytes(message.bytes()), hit))
    hits = [index for index, note in enumerate(notes) if note.hit]
    if not hits:
        raise CallError(_nothing_on(path, file, channel))
    return _even(notes[: hits[-1] + 1], notes[hits[0]], meter)


def write_answer(path: Path, strokes: Iterable[Stroke], grid: Grid) -> None:
    """The strokes at the instants when they sound, counted from the start of the file, on the percussion channel.

    Laid beside the call, the file answers it. Raises: OSError.
    """
    file = mido.MidiFile(type=0, ticks_per_beat=_TICKS_PER_QUARTER)
    track = file.add_track("Ghostnote's answer")
    track.append(mido.MetaMessage("set_tempo", tempo=round(60e6 / grid.qpm)))
    meter = grid.meter
    track.append(mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator))
    now = 0
    for tick, _, message in sorted(_messages(strokes, grid), key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    write_atomically(path, lambda stream: file.save(file=stream))


def _open(path: Path) -> mido.MidiFile:
    try:
        size = path.stat().st_size
        file = mido.MidiFile(path, clip=True) if size <= _MAX_BYTES else None
    except OSError as error:
        # mido says what is wrong with the bytes of a file as an OSError without a number.
        reason = error.strerror or f"it is no MIDI file ({error})"
        raise CallError(f"cannot read {path}: {reason}") from None
    except (EOFError, ValueError, IndexError, KeyError, LookupError, TypeError, AttributeError) as error:
        raise CallError(f"cannot read {path}: the MIDI file is torn ({error or 'it ends too early'})") from None
    if file is None:
        raise CallError(f"{path} has {size} bytes: no call is that long")
    if not 0 < file.ticks_per_beat < _SMPTE:
        raise CallError(f"{path} counts film frames instead of quarters: export it again with ticks per quarter")
    return file


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
        f"{path} has no drums on MIDI channel {channel + 1}: choose another with --channel "
        f"(it has notes on {', '.join(map(str, others))})"
    )


def _even(notes: list[_Note], first: _Note, meter: Meter) -> Part:
    last = notes[-1]
    quarter = last.tempo / 1e6
    origin = last.seconds - last.quarters * quarter
    messages = tuple(Message(origin + note.quarters * quarter, note.data) for note in notes)
    return Part(messages, origin + first.quarters * quarter, origin, 60 / quarter, meter)


def _messages(strokes: Iterable[Stroke], grid: Grid) -> Iterable[tuple[int, int, mido.Message]]:
    """Tick, order within the tick (note-offs first), message; a note lasts one step, as Magenta writes drums."""
    for stroke in strokes:
        for time, kind, velocity in (
            (stroke.time, "note_on", stroke.velocity),
            (stroke.time + grid.step_seconds, "note_off", 0),
        ):
            tick = round(time * grid.qpm / 60 * _TICKS_PER_QUARTER)
            message = mido.Message(kind, channel=PERCUSSION_CHANNEL, note=stroke.pitch, velocity=velocity)
            yield max(0, tick), int(kind == "note_on"), message
