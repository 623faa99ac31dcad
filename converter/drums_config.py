"""The two configurations of drums_rnn, as the trainer needs them: with their drums (rnn_config.py has all others)."""

from dataclasses import dataclass
from typing import Literal

from converter.drum_kit import DRUM_KIT, ONE_DRUM, Encoding


@dataclass(frozen=True)
class DrumsConfig:
    """One configuration of magenta/models/drums_rnn/drums_rnn_model.py.

    `attention_length` is what its training uses unless told otherwise.
    """

    name: Literal["drum_kit", "one_drum"]
    encoding: Encoding
    steps_per_quarter: int
    attention_length: int


DRUMS_CONFIGS = (
    DrumsConfig("drum_kit", DRUM_KIT, steps_per_quarter=4, attention_length=32),
    # one_drum has no attention by default; drum_kit's length stands in when a user's hparams gave it one.
    DrumsConfig("one_drum", ONE_DRUM, steps_per_quarter=2, attention_length=32),
)
