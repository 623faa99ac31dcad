"""What each kind of card says of the file that a model came from, and of the flatbuffer that was made of it."""

import hashlib

from converter.card import SourceCard, TfliteCard
from converter.operators import operators_of
from converter.source import Origin


def source_card(origin: Origin) -> SourceCard:
    """The file that was converted."""
    return SourceCard(
        file=origin.path.name,
        sha256=origin.sha256,
        kind=origin.kind,
        generator_id=origin.generator_id,
        description=origin.description,
    )


def tflite_card(content: bytes) -> TfliteCard:
    """The flatbuffer before its card: its size, its hash, and the operators that an interpreter needs for it."""
    return TfliteCard(
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        operators=tuple(str(operator) for operator in operators_of(content)),
    )
