"""Listens to calls and answers them with a model: an Answering of which each step is made when it is taken."""

from collections.abc import Callable
from typing import Any

from appliance.answer.answering import Made, Question
from appliance.answer.card import DRUMS
from appliance.answer.continuation import Continuation
from appliance.answer.model import Model
from appliance.answer.networks import network_of
from appliance.answer.primer import Primer
from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.notation.timeline import Grid, Meter


class Answerer:
    """One model, one call and one answer at a time."""

    def __init__(self, models: Callable[[str], Model], model: str, seed: int, meter: Meter) -> None:
        """`models` gives the model of a name; `seed` decides all chance. Raises: ModelError."""
        self._models = models
        self._seed = seed
        self._meter = meter
        self._chosen = self._network = network_of(models(model))
        self._answer: Continuation | None = None
        self._kept: tuple[Any, int] | None = None  # what it remembers, and the position of its counter
        self._primer = self._listener()

    def listen(self, heard: StepHeard) -> None:
        """Feed a step of the call: one network step."""
        if self._answer is not None and self._answer.along:
            self._answer.listen(heard)
        else:
            self._primer.listen(heard)

    def begin(self, question: Question) -> None:
        """Go on from the call. What is listened to from here is another call."""
        self._answer = Continuation(question, self._primer, self._seed)
        self._network = self._chosen
        self._primer = self._listener()

    def ask(self, until: int) -> None:
        """Make the steps below `until`."""
        if self._answer is not None:
            self._answer.ask(until)

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again."""
        if self._answer is not None:
            self._answer.rewind(step, take, sampling, self._chosen)

    def choose_model(self, name: str) -> None:
        """From the next call or rewind on, another model. Raises: ModelError when it cannot be had."""
        model = self._models(name)
        if model is not self._chosen.model:
            self._chosen = network_of(model)

    def reset(self, *, remember: bool = False) -> None:
        """Leave the answer and forget the call; with `remember` the network goes on, on the next bar of its counter."""
        answer, self._answer = self._answer, None
        if not remember or self._chosen is not self._network:
            self._kept = None
        elif answer is not None:
            self._kept = answer.remembered() if answer.network is self._chosen else None
        self._network = self._chosen
        self._primer = self._listener() if self._kept is None else self._mindful(*self._kept)

    def ready(self) -> bool:
        """Whether a step is to be made."""
        return self._answer is not None and self._answer.ready()

    def take(self) -> list[Made]:
        """The next step, if it was asked for."""
        return [] if self._answer is None else self._answer.take()

    @property
    def drums_a_quarter(self) -> int:
        """The resolution of the model that is chosen; 0 where it plays no drums."""
        return self._chosen.steps_per_quarter if self._chosen.model.card.family == DRUMS else 0

    @property
    def meter(self) -> Meter:
        """The seat's."""
        return self._meter

    def _listener(self) -> Primer:
        return Primer(self._network, self._steps_per_bar())

    def _mindful(self, memory: Any, position: int) -> Primer:
        bar = self._steps_per_bar()
        return Primer(self._network, bar, memory, -(-position // bar) * bar)

    def _steps_per_bar(self) -> int:
        return Grid(meter=self._meter, steps_per_quarter=self._network.steps_per_quarter).steps_per_bar
