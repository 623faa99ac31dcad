"""Writes the calls that `ghostnote demo` plays and the tests follow: `python tests/stories/write_stories.py`.

Each story is two bars, a row a drum and a sign a step: X accent, x normal, o soft. The hands come a little early or
late, by a seeded chance, as hands do; the first hit of a story is the first thing in its file.
"""

import random
from pathlib import Path

import mido

TICKS = 480  # a quarter
STEPS_PER_QUARTER = 4
CHANNEL = 9
TOUCH = {"X": 118, "x": 92, "o": 38}
LOOSE_TICKS = 9  # standard deviation of a hand: about 10 ms at 118 quarters a minute
KEYS = {"CR": 49, "RD": 51, "OH": 46, "HH": 42, "HT": 50, "MT": 48, "LT": 45, "SN": 38, "BD": 36}

STORIES = {
    "rock": (
        118,
        (4, 4),
        """
        HH X.x.X.x.X.x.X.x. X.x.X.x.X.x.X.x.
        SN ....X.......X... ....X.......X..o
        BD X.......X.x..... X.......X.x...x.
    """,
    ),
    "funk": (
        98,
        (4, 4),
        """
        HH x.x.x.x.x.x.x... x.x.x.x.x.x.x.x.
        OH ..............x. ................
        SN ....X..o.o..X..o ....X..o.o..X.oo
        BD X..x......x..... X.x.......x..x..
    """,
    ),
    "broken_beat": (
        168,
        (4, 4),
        """
        RD x.x.x.x.x.x.x.x. x.x.x.x.x.x.x.x.
        SN ....X..x.o..X..o ....X..x.o....X.
        BD X.x.......xx.... X.x.......x.....
    """,
    ),
    "toms": (
        108,
        (4, 4),
        """
        CR X............... ................
        HT ........x.x..... x.x.x...........
        MT ....x.....x.x... ......x.x.......
        LT ..x...x.......x. ..........x.x.x.
        BD X...X...X...X... X...X...X...X...
    """,
    ),
    "six_eight": (
        132,
        (6, 8),
        """
        HH X.x.x.X.x.x. X.x.x.X.x.x.
        SN ......X..... ......X...o.
        BD X...x....... X...x.....x.
    """,
    ),
    "seven_eight": (
        150,
        (7, 8),
        """
        HH X.x.X.x.X.x.x. X.x.X.x.X.x.x.
        SN ....X.......X. ....X.......Xo
        BD X.......X..... X.....x.X.....
    """,
    ),
}


def story(qpm: int, meter: tuple[int, int], score: str, chance: random.Random) -> mido.MidiFile:
    """The MIDI file of one story."""
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS)
    track = file.add_track()
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))
    track.append(mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1]))
    now = 0
    for tick, _, message in sorted(events(score, chance), key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    return file


def events(score: str, chance: random.Random):
    """Tick, order within a tick and message of every hit, and its note-off half a step later."""
    for line in score.split("\n"):
        name, _, bars = line.strip().partition(" ")
        for step, sign in enumerate(bars.replace(" ", "")):
            if sign in TOUCH:
                loose = round(chance.gauss(0, LOOSE_TICKS)) if step else 0
                tick = step * TICKS // STEPS_PER_QUARTER + loose
                velocity = max(1, min(127, TOUCH[sign] + round(chance.gauss(0, 5))))
                on = mido.Message("note_on", channel=CHANNEL, note=KEYS[name], velocity=velocity)
                off = mido.Message("note_off", channel=CHANNEL, note=KEYS[name], velocity=64)
                yield tick, 1, on
                yield tick + TICKS // STEPS_PER_QUARTER // 2, 0, off


if __name__ == "__main__":
    for name, (qpm, meter, score) in STORIES.items():
        story(qpm, meter, score, random.Random(name)).save(Path(__file__).with_name(f"{name}.mid"))
