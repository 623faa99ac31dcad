"""Performance RNN's events (note-seq, performance_lib): tones begin and end, time passes, the touch changes."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from appliance.notation.tone import Tone


class Kind(IntEnum):
    """What an event is; in the order of the labels."""

    NOTE_ON = 1
    NOTE_OFF = 2
    TIME_SHIFT = 3
    VELOCITY = 4


class PerformanceEvent(NamedTuple):
    """`value`: a pitch, a number of steps from 1, or a velocity bin from 1."""

    kind: Kind
    value: int


def bin_of(velocity: int, bins: int) -> int:
    """The bin, from 1, of a MIDI velocity."""
    return (velocity - 1) // _width(bins) + 1


def velocity_of(bin_: int, bins: int) -> int:
    """The softest velocity of a bin."""
    return 1 + (bin_ - 1) * _width(bins)


def _width(bins: int) -> int:
    return -(-127 // bins)


def performance_events(tones: Iterable[Tone], bins: int, longest_shift: int) -> list[PerformanceEvent]:
    """The events of tones; with no bins the touch is left out."""
    ordered = sorted(tones, key=lambda tone: (tone.start, tone.pitch))
    # At one step in the order of the tones, beginnings before ends of one and the same.
    moments = sorted(
        [(tone.start, number, False) for number, tone in enumerate(ordered)]
        + [(tone.end, number, True) for number, tone in enumerate(ordered)]
    )
    events: list[PerformanceEvent] = []
    now, touch = 0, 0
    for step, number, is_end in moments:
        while step > now:
            shift = min(step - now, longest_shift)
            events.append(PerformanceEvent(Kind.TIME_SHIFT, shift))
            now += shift
        tone = ordered[number]
        if bins and not is_end and bin_of(tone.velocity, bins) != touch:
            touch = bin_of(tone.velocity, bins)
            events.append(PerformanceEvent(Kind.VELOCITY, touch))
        events.append(PerformanceEvent(Kind.NOTE_OFF if is_end else Kind.NOTE_ON, tone.pitch))
    return events


def performance_tones(events: Iterable[PerformanceEvent], bins: int, velocity: int) -> list[Tone]:
    """The tones of events; `velocity` until the events tell one. What has no length or no beginning is left out."""
    tones: list[Tone] = []
    begun: dict[int, list[tuple[int, int]]] = {}
    step = 0
    for kind, value in events:
        if kind is Kind.TIME_SHIFT:
            step += value
        elif kind is Kind.VELOCITY:
            velocity = velocity_of(value, bins)
        elif kind is Kind.NOTE_ON:
            begun.setdefault(value, []).append((step, velocity))
        elif begun.get(value):
            start, touch = begun[value].pop(0)
            if start < step:
                tones.append(Tone(start, step, value, touch))
    for pitch, left in begun.items():
        tones += [Tone(start, step, pitch, touch) for start, touch in left if start < step]
    return sorted(tones)
