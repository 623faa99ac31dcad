"""Melodies in the encodings of Magenta's melody_rnn, by note-seq's own encoders.

Magenta brings a melody to the key of C and into its range before it learns it (melody_rnn_model.py; mono_rnn does not),
so the same tune in another key is the same music to these networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from converter.dataset import Augmentation
from converter.encoded import Code, Encoded, encoded_of
from converter.melody_part import events_of_notes
from converter.note_seq_library import encoder_decoder, melodies_lib, melody_encoder_decoder
from converter.piece import Piece


@dataclass(frozen=True)
class MelodyEncoding:
    """One of melody_rnn's: pitches from `lowest` to below `highest`, brought to `key` (0 is C) or left where they are.

    `style`: one_hot, lookback (what stood one and two bars ago beside it) or key (the sounding note, the keys it may
    be in, and more).
    """

    style: str
    lowest: int = 48
    highest: int = 84
    key: int | None = 0

    @property
    def code(self) -> Code:
        """The sizes of the encoding."""
        notes = self.highest - self.lowest + 2
        if self.style == "one_hot":
            return Code((notes,), 0, notes)
        if self.style == "lookback":
            return Code((notes,) * 3, 7, notes + 2)
        return Code((), self.encoder.input_size, notes + 2)

    @property
    def encoder(self) -> Any:
        """note-seq's."""
        if self.style == "key":
            return melody_encoder_decoder.KeyMelodyEncoderDecoder(self.lowest, self.highest)
        one_hot = melody_encoder_decoder.MelodyOneHotEncoding(self.lowest, self.highest)
        if self.style == "lookback":
            return encoder_decoder.LookbackEventSequenceEncoderDecoder(one_hot)
        return encoder_decoder.OneHotEventSequenceEncoderDecoder(one_hot)

    def melody(self, events: Sequence[int], semitones: int = 0) -> Any:
        """The melody as this encoding has it: transposed, brought to its key, octaves shifted into its range."""
        melody = melodies_lib.Melody(list(events))
        if semitones:
            melody.transpose(semitones)
        melody.squash(self.lowest, self.highest, self.key)
        return melody

    def melody_as_it_is(self, events: Sequence[int]) -> Any:
        """note-seq's melody of events that are in this encoding's key and range already."""
        return melodies_lib.Melody(list(events))

    def encoded(self, events: Sequence[int], semitones: int = 0) -> Encoded:
        """The piece of these melody events; the last of them is foretold and not fed."""
        rows, labels = self.encoder.encode(self.melody(events, semitones))
        return encoded_of(self.code, np.array(rows, np.float32), np.array(labels, np.int32))


MELODY_ENCODINGS = MappingProxyType(
    {
        "basic_rnn": MelodyEncoding("one_hot"),
        "mono_rnn": MelodyEncoding("one_hot", 0, 128, None),
        "lookback_rnn": MelodyEncoding("lookback"),
        "attention_rnn": MelodyEncoding("key"),
    }
)


@dataclass(frozen=True)
class MelodyMaterial:
    """Melodies; each is heard whole, since the counters of these encodings count from its start."""

    pieces: Sequence[Piece]
    encoding: MelodyEncoding
    augmentation: Augmentation = field(default_factory=Augmentation)
    _kept: dict[tuple[int, int], Encoded] = field(default_factory=dict, repr=False, compare=False)

    @property
    def code(self) -> Code:
        """The sizes of the encoding."""
        return self.encoding.code

    def whole(self) -> list[Encoded]:
        """The melodies of two steps and more."""
        return [self._encoded(number, 0) for number in self._long_enough()]

    def drawn(self, chance: np.random.Generator) -> list[Encoded]:
        """The melodies in a drawn order, each transposed by a drawn interval where the encoding keeps keys apart."""
        low, high = self.augmentation.transpose if self.encoding.key is None else (0, 0)
        numbers = chance.permutation(self._long_enough())
        return [self._encoded(int(number), int(chance.integers(low, high + 1))) for number in numbers]

    def _long_enough(self) -> list[int]:
        return [number for number, piece in enumerate(self.pieces) if piece.notes.ends.max(initial=0) >= 0.5]

    def _encoded(self, number: int, semitones: int) -> Encoded:
        """Reckoned once and kept: note-seq's key encoder takes milliseconds a step."""
        if (number, semitones) not in self._kept:
            events = events_of_notes(self.pieces[number].notes)
            self._kept[number, semitones] = self.encoding.encoded(events, semitones)
        return self._kept[number, semitones]
