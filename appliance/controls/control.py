"""Everything that can be changed while the music plays, and the event of its being changed.

Whoever turns it - a MIDI controller, a footswitch, the panel - says the value itself: 1.2 for a temperature, never 77.
"""

from enum import StrEnum

import msgspec


class Control(StrEnum):
    """The name of a control, as settings files, journals and the control socket write it."""

    TEMPERATURE = "temperature"  # 0 to 10
    TOP_K = "top_k"  # labels; 0: all
    DENSITY = "density"  # -1 (sparse) to 1 (busy); 0: as the model has it
    WAY = "way"  # what comes out of a call: continue, tap, humanise, hi_hat, similar, blend, interpolate, endless
    HUMANISE = "humanise"  # on: strokes are as hard, and as early or late, as a drummer's
    SIMILARITY = "similarity"  # 0 (anything) to 1 (the call again), of similar and endless answers
    BLEND_X = "blend_x"  # 0 to 1: where between four kept answers a blend lies
    BLEND_Y = "blend_y"
    CALL_BARS = "call_bars"  # 0: ends by silence
    SILENCE_BEATS = "silence_beats"  # of silence, behind which a call ends
    MIN_BARS = "min_bars"  # a shorter call is not answered
    MAX_BARS = "max_bars"
    ANSWER_BARS = "answer_bars"  # 0: as long as the call
    START = "start"  # where an answer may begin: step, beat or bar
    MODE = "mode"  # answer, trade, accompany, echo
    MODEL = "model"  # a name, or its number among the duet's models
    SCENE = "scene"  # a name, or its number in the set list
    TEMPO = "tempo"  # quarters a minute
    METER = "meter"  # such as 7/8
    LOOP = "loop"  # on or off
    OVERLAP = "overlap"  # on: a hit during an answer is heard and takes no turn
    THRU = "thru"  # on: every hit is beaten at once
    MUTE = "mute"  # on: the model goes on, the drum is silent
    MEMORY = "memory"  # on: the model's state is carried over from call to call
    METRONOME = "metronome"  # on or off
    # What follows are pushes: they have no value.
    END_CALL = "end_call"
    MUTATE = "mutate"
    UNDO = "undo"
    KEEP = "keep"
    TAP = "tap"
    COUNT_IN = "count_in"
    PANIC = "panic"


PUSHES = frozenset(
    {Control.END_CALL, Control.MUTATE, Control.UNDO, Control.KEEP, Control.TAP, Control.COUNT_IN, Control.PANIC}
)

# None for a push.
Value = bool | int | float | str | None


class Turned(msgspec.Struct, frozen=True, tag=True):
    """A control was changed at `time` (s); `duet` is the name of the duet that is meant, empty for all of them."""

    time: float
    control: Control
    value: Value = None
    duet: str = ""
