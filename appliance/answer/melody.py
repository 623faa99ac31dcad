"""A melody as one event a step (note-seq, melodies_lib): a pitch that begins, the end of one, or neither."""

from collections.abc import Iterable, Sequence

from appliance.notation.tone import Tone

NO_EVENT, NOTE_OFF = -2, -1
OCTAVE = 12
# The semitones of a major scale above its key.
_MAJOR = frozenset((0, 2, 4, 5, 7, 9, 11))


def melody_events(tones: Iterable[Tone], steps: int) -> list[int]:
    """The events of `steps` steps: pitches from 0, NOTE_OFF, NO_EVENT.

    Of tones that begin together the highest is heard, and each ends where the next begins. Silence before the first
    tone has no end to be told.
    """
    events = [NO_EVENT] * steps
    begun = -1
    for tone in sorted(tones, key=lambda tone: (tone.start, -tone.pitch)):
        if not begun < tone.start < steps:
            continue
        # What sounds still is cut, and an end that was to come is no more.
        events[tone.start :] = [NO_EVENT] * (steps - tone.start)
        events[tone.start] = tone.pitch
        if tone.end < steps:
            events[tone.end] = NOTE_OFF
        begun = tone.start
    return events


def melody_tones(events: Sequence[int], velocity: int) -> list[Tone]:
    """The tones of events; what sounds at the end lasts until the end."""
    tones: list[Tone] = []
    pitch, start = -1, 0
    for step, event in enumerate([*events, NOTE_OFF]):
        if event == NO_EVENT:
            continue
        if pitch >= 0:
            tones.append(Tone(start, step, pitch, velocity))
        pitch, start = event, step  # NOTE_OFF is below 0
    return tones


def keys_of(pitches: Iterable[int]) -> list[int]:
    """How many of the pitches each of the twelve major keys has, C first."""
    counts = [0] * OCTAVE
    for pitch in pitches:
        for degree in _MAJOR:
            counts[(pitch - degree) % OCTAVE] += 1
    return counts


def transposition(events: Sequence[int], lowest: int, highest: int, key: int) -> int:
    """By how many semitones Magenta moves a melody: into a major key (0 is C), and to the middle of a range."""
    pitches = [event for event in events if event >= 0]
    if not pitches:
        return 0
    counts = keys_of(pitches)
    by_key = key - counts.index(max(counts))
    centre = (min(pitches) + max(pitches)) / 2 + by_key
    return by_key + OCTAVE * round(((lowest + highest) / 2 - centre) / OCTAVE)


def transposed(events: Sequence[int], semitones: int, lowest: int, highest: int) -> list[int]:
    """The events moved, and by octaves into the range what falls out of it."""
    return [_within(event + semitones, lowest, highest) if event >= 0 else event for event in events]


def _within(pitch: int, lowest: int, highest: int) -> int:
    if pitch < lowest:
        return lowest + (pitch - lowest) % OCTAVE
    if pitch > highest:
        return highest + 1 - OCTAVE + (pitch - highest - 1) % OCTAVE
    return pitch
