"""What a model file says of itself: the door between the converter, which writes it, and the appliance."""

import msgspec

DRUMS = "drums_rnn"
# Kinds of encoding that count no steps of a grid, on which a pad could be heard and an answer sent ahead.
_WITHOUT_STEPS = frozenset({"performance", "modulo_performance", "note_performance", "piano_genie"})


class Encoding(msgspec.Struct, frozen=True):
    """How music becomes labels and inputs.

    Of `multi_drum` the label's bit i is class i of `drum_map`, whose first pitch sounds the class. The fields behind
    `classes` are of the pitched kinds (event_encoding.py), and not written where they say nothing: MIDI pitches, both
    included; lookbacks in steps; what stands in front of the event (conditions.py); the key that melodies are brought
    to (0 is C, -1 none); velocity bins; the longest shift and duration in steps; steps to a second where they do not
    count quarters; the sizes of several softmaxes; the hidden units of a NADE.
    """

    kind: str
    drum_map: tuple[tuple[int, ...], ...]
    drum_map_vintage: str
    counter_bits: int
    input_size: int
    classes: int
    lowest_pitch: int = 0
    highest_pitch: int = 127
    lookbacks: tuple[int, ...] = ()
    conditions: tuple[str, ...] = ()
    key: int = -1
    velocity_bins: int = 0
    longest_shift: int = 0
    longest_duration: int = 0
    steps_per_second: int = 0
    softmaxes: tuple[int, ...] = ()
    nade_hidden: int = 0


class StateTensor(msgspec.Struct, frozen=True):
    """One state tensor of a step, float32 [1, size]; its output has `_out` behind the name."""

    name: str
    size: int


class Likelihood(msgspec.Struct, frozen=True):
    """What the model gave on data it was not trained on, in nats per step."""

    data: str
    nats_per_step: float


class Flatbuffer(msgspec.Struct, frozen=True):
    """The part of the file that the interpreter reads."""

    bytes: int
    sha256: str


class Card(msgspec.Struct, frozen=True):
    """The fields of `card.json` that the appliance needs; it has more, for people."""

    format: int
    name: str
    description: str
    family: str
    config: str
    encoding: Encoding
    steps_per_quarter: int
    layer_sizes: tuple[int, ...]
    state: tuple[StateTensor, ...]
    quantization: str
    licence: str
    credit: str
    tflite: Flatbuffer
    likelihood: Likelihood | None = None


def unfit_for_pads(card: Card) -> str:
    """Why this model cannot answer a pad, in a sentence; empty where it can."""
    if card.encoding.kind in _WITHOUT_STEPS:
        return f"{card.name} ({card.config}) counts no steps of a bar: it answers files, with ghostnote play"
    return ""


def unfit_for_motors(card: Card) -> str:
    """Why motors cannot beat what this model answers, in a sentence; empty where they can."""
    if card.family == DRUMS:
        return ""
    return f"{card.name} ({card.config}) plays pitches, and motors beat drums"
