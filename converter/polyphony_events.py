"""Polyphony RNN's events (magenta/models/polyphony_rnn/polyphony_lib.py, after F. Liang's BachBot).

A piece is START (0), for each step its notes from the highest down, then STEP_END (2), and at last END (1). A note is
new (3 + pitch) on its first step and continued (131 + pitch) on the others.
"""

from collections.abc import Iterable

START, END, STEP_END, NEW_NOTE, CONTINUED_NOTE = 0, 1, 2, 3, 131


def polyphony_events(notes: Iterable[tuple[int, int, int]], steps: int) -> list[int]:
    """The events of notes (pitch, first step, step behind the last) over so many steps."""
    sounding: list[list[tuple[int, int]]] = [[] for _ in range(steps)]
    for pitch, start, end in notes:
        for step in range(start, min(end, steps)):
            sounding[step].append((pitch, (NEW_NOTE if step == start else CONTINUED_NOTE) + pitch))
    events = [START]
    for held in sounding:
        # Magenta sorts by pitch alone, and has what continues before what begins.
        events += [event for _, event in sorted(held, key=lambda note: (-note[0], -note[1]))]
        events.append(STEP_END)
    return [*events, END]
