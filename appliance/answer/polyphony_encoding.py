"""Polyphony RNN's encoding (magenta/models/polyphony_rnn, after F. Liang's BachBot): one-hot, event and label are one.

A piece is START, for each step its pitches from the highest down and then STEP_END, and at last END. A pitch is new
(3 + pitch) on its first step and continued (131 + pitch) on the others.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.notation.tone import Tone

START, END, STEP_END, NEW, CONTINUED, EVENTS = 0, 1, 2, 3, 131, 259


class PolyphonyEncoding:
    """Events are numbers from 0 to 258."""

    input_size = classes = EVENTS

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card are not a polyphony_rnn's."""
        if (settings.input_size, settings.classes) != (EVENTS, EVENTS):
            raise ValueError(f"a polyphony_rnn has {EVENTS} inputs and labels, not {settings.input_size}")

    def inputs(self, events: Sequence[int]) -> Floats:
        """The row, float32 [259], of the last event."""
        row = np.zeros(EVENTS, np.float32)
        row[events[-1]] = 1
        return row

    def label(self, events: Sequence[int]) -> int:
        """The last event itself."""
        return events[-1]

    def event(self, label: int, before: Sequence[int]) -> int:  # noqa: ARG002
        """The label itself."""
        return label


def polyphony_events(tones: Iterable[Tone], steps: int) -> list[int]:
    """START and the events of so many steps; the end is left open, so that the music can go on."""
    sounding: list[list[int]] = [[] for _ in range(steps)]
    for tone in tones:
        for step in range(tone.start, min(tone.end, steps)):
            sounding[step].append((NEW if step == tone.start else CONTINUED) + tone.pitch)
    events = [START]
    for pitches in sounding:
        # From the highest down; of one pitch what continues before what begins.
        events += sorted(pitches, key=lambda event: (-_pitch(event), -event))
        events.append(STEP_END)
    return events


def polyphony_tones(events: Iterable[int], velocity: int) -> list[Tone]:
    """The tones of events; a pitch that is continued without having begun begins there.

    START and END within the music say nothing, as in Magenta; what sounds at the end lasts until the end.
    """
    tones: list[Tone] = []
    held: list[tuple[int, int]] = []  # (pitch, first step) of the step before
    now: list[tuple[int, int]] = []
    step = 0
    for event in events:
        if event == STEP_END:
            tones += [Tone(start, step, pitch, velocity) for pitch, start in held]
            held, now, step = now, [], step + 1
        elif event >= NEW:
            now.append((_pitch(event), _began(event, held, step)))
    tones += [Tone(start, step, pitch, velocity) for pitch, start in held]
    return sorted(tones)


def _began(event: int, held: list[tuple[int, int]], step: int) -> int:
    if event >= CONTINUED:
        for place, (pitch, start) in enumerate(held):
            if pitch == _pitch(event):
                del held[place]
                return start
    return step


def _pitch(event: int) -> int:
    return (event - NEW) % 128
