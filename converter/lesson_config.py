"""The configurations that can be trained, by Magenta's names: which music they learn and what they are by default."""

from dataclasses import dataclass
from types import MappingProxyType

from converter.piece import Kind


@dataclass(frozen=True)
class LessonConfig:
    """`kind` of music; `layers` and `attention` unless told otherwise; `family`, the program of Magenta's."""

    name: str
    kind: Kind
    family: str
    layers: tuple[int, ...] = (128, 128)
    attention: int = 0


LESSON_CONFIGS = MappingProxyType(
    {
        config.name: config
        for config in (
            LessonConfig("drum_kit", "drums", "drums_rnn", (256, 256)),
            LessonConfig("one_drum", "drums", "drums_rnn"),
            LessonConfig("basic_rnn", "melody", "melody_rnn"),
            LessonConfig("mono_rnn", "melody", "melody_rnn"),
            LessonConfig("lookback_rnn", "melody", "melody_rnn"),
            LessonConfig("attention_rnn", "melody", "melody_rnn", attention=40),
        )
    }
)
