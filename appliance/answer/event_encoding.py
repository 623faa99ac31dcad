"""What every encoding of pitched music can do, and which encoding a model's card asks for.

A network is fed one event after the other. An event is what happened; a label is how the network says what comes next,
and for some networks only the history tells what it means ("again what was a bar ago").
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from appliance.answer import card
from appliance.answer.conditions import conditions_width
from appliance.answer.encoding import Floats
from appliance.answer.key_melody_encoding import KeyMelodyEncoding
from appliance.answer.melody_encoding import MelodyEncoding
from appliance.answer.modulo_encoding import ModuloEncoding
from appliance.answer.note_tuple_encoding import NoteTupleEncoding
from appliance.answer.performance_encoding import PerformanceEncoding
from appliance.answer.pianoroll_encoding import PianorollEncoding
from appliance.answer.polyphony_encoding import PolyphonyEncoding

Event = TypeVar("Event")
Label = TypeVar("Label")


class EventEncoding(Protocol[Event, Label]):
    """Both ways between events and what a network reads and says."""

    @property
    def input_size(self) -> int:
        """How many numbers `inputs` gives: those of the card, less those of its conditions."""
        ...

    def inputs(self, events: Sequence[Event]) -> Floats:
        """The row, float32 [input_size], that tells the network the last of the events, none of which is missing."""
        ...

    def label(self, events: Sequence[Event]) -> Label:
        """What the network should have said to foretell the last of the events."""
        ...

    def event(self, label: Label, before: Sequence[Event]) -> Event:
        """What a label means behind these events."""
        ...


def encoding_of(settings: card.Encoding) -> EventEncoding[Any, Any]:
    """The encoding that a card asks for; drums have theirs in encoding.py, Piano Genie in piano_genie_encoding.py.

    Raises: ValueError for a kind that is not known, or sizes that do not belong together.
    """
    if settings.kind not in _KINDS:
        raise ValueError(f"no encoding is called {settings.kind!r}: there are {', '.join(_KINDS)}")
    encoding = _KINDS[settings.kind](settings)
    ahead = conditions_width(settings.conditions)
    if encoding.input_size + ahead != settings.input_size:
        raise ValueError(
            f"{encoding.input_size} numbers of an event behind {ahead} of its conditions are not {settings.input_size}"
        )
    return encoding


_KINDS: dict[str, Callable[[card.Encoding], EventEncoding[Any, Any]]] = {
    "melody": MelodyEncoding,
    "key_melody": KeyMelodyEncoding,
    "polyphony": PolyphonyEncoding,
    "performance": PerformanceEncoding,
    "modulo_performance": ModuloEncoding,
    "note_performance": NoteTupleEncoding,
    "pianoroll": PianorollEncoding,
}
