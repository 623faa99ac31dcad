"""The cards of every pitched encoding, as the converter writes them."""

from appliance.answer.card import Encoding

_PERFORMANCE = {"steps_per_second": 100, "velocity_bins": 32, "longest_shift": 100}


def card(kind: str, input_size: int, classes: int, counter_bits: int = 0, **more: object) -> Encoding:
    return Encoding(kind, (), "none", counter_bits, input_size, classes, **more)  # type: ignore[arg-type]


BASIC = card("melody", 38, 38, lowest_pitch=48, highest_pitch=83, key=0)
MONO = card("melody", 130, 130)
LOOKBACK = card("melody", 121, 40, 5, lowest_pitch=48, highest_pitch=83, lookbacks=(16, 32), key=0)
KEYED = card("key_melody", 74, 40, 7, lowest_pitch=48, highest_pitch=83, lookbacks=(16, 32), key=0)
POLYPHONY = card("polyphony", 259, 259)
PLAIN_PERFORMANCE = card("performance", 356, 356, steps_per_second=100, longest_shift=100)
PERFORMANCE = card("performance", 388, 388, **_PERFORMANCE)
MODULO = card("modulo_performance", 16, 388, **_PERFORMANCE)
NOTE_TUPLE = card(
    "note_performance",
    315,
    315,
    steps_per_second=100,
    velocity_bins=32,
    longest_shift=1000,
    longest_duration=1000,
    softmaxes=(13, 77, 128, 32, 25, 40),
)
PIANOROLL = card("pianoroll", 88, 216, lowest_pitch=21, highest_pitch=108, nade_hidden=128)
PIANO_GENIE = card("piano_genie", 123, 88, lowest_pitch=21, highest_pitch=108)
