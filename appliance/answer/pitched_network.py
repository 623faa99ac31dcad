"""A pitched model with its encoding: events in, and an event drawn out, whatever the family.

How a family's events come from tones, and go back to tones, its encoding's module says; `network` knows only events.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec
import numpy as np

from appliance.answer.conditions import conditions_width
from appliance.answer.encoding import Floats
from appliance.answer.event_encoding import encoding_of
from appliance.answer.model import Model, State
from appliance.answer.sampling import Doubles, SamplingSettings, choose


class PitchedMemory(msgspec.Struct, frozen=True):
    """The events so far, and what the network made of them: logits of the next, float32 [classes], and its state.

    Before the first event there are no logits.
    """

    events: tuple[Any, ...]
    logits: Floats | None
    state: State


class Drawn(NamedTuple):
    """An event, and its natural-log likelihood at temperature 1."""

    event: Any
    log_likelihood: float


class PitchedNetwork:
    """A model, spoken to in events. Memories are values: whoever keeps one can go on from it again."""

    def __init__(self, model: Model) -> None:
        """Raises: ValueError when the card does not fit together."""
        settings = model.card.encoding
        self.model, self.encoding = model, encoding_of(settings)
        self._ahead = conditions_width(settings.conditions)
        self._softmaxes = settings.softmaxes or (settings.classes,)
        self._nade = model.nade
        if bool(settings.nade_hidden) != (self._nade is not None):
            raise ValueError("a pianoroll model is drawn from by the NADE in its file, and no other model has one")

    def fresh(self) -> PitchedMemory:
        """Before anything was heard."""
        return PitchedMemory((), None, self.model.initial_state())

    def feed(self, memory: PitchedMemory, event: Any, condition: Floats | None = None) -> PitchedMemory:
        """After one more event; `condition` (conditions.py) speaks of the one behind it, where the model has any.

        Raises: ModelError; ValueError for an event that the model does not know, or a condition of another width.
        """
        given = 0 if condition is None else len(condition)
        if given != self._ahead:
            raise ValueError(f"this model takes {self._ahead} numbers of a condition, not {given}")
        events = (*memory.events, event)
        row = self.encoding.inputs(events)
        logits, state = self.model.step(row if condition is None else np.concatenate([condition, row]), memory.state)
        return PitchedMemory(events, logits, state)

    def draw(
        self,
        memory: PitchedMemory,
        sampling: SamplingSettings,
        chance: Callable[[], float],
        barred: Sequence[int] = (),
    ) -> Drawn:
        """What comes next, but none of the barred labels. Raises: ModelError; ValueError before the first event."""
        if memory.logits is None:
            raise ValueError("a model goes on from what it has heard: feed it an event first")
        if self._nade:
            label, likelihood = self._nade.draw(memory.logits, sampling.temperature, chance)
            return Drawn(self.encoding.event(label, memory.events), likelihood)
        parts = np.split(memory.logits, np.cumsum(self._softmaxes)[:-1])
        wish = partial(_without, barred) if barred else None
        choices = [choose(part, sampling, chance(), wish) for part in parts]
        labels = [choice.label for choice in choices]
        event = self.encoding.event(labels[0] if len(labels) == 1 else tuple(labels), memory.events)
        return Drawn(event, sum(choice.log_likelihood for choice in choices))


def _without(barred: Sequence[int], logits: Doubles) -> Doubles:
    left = logits.copy()
    left[list(barred)] = -np.inf
    return left
