"""Answers of every way: a network that goes on, a groove model that plays, and a humaniser behind either."""

from typing import NamedTuple, Protocol

from appliance.answer.answering import Answering, Made, Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.call.listener import StepHeard
from appliance.groove.autoencoder import Autoencoder
from appliance.groove.cell import cell_of
from appliance.groove.ears import Ears
from appliance.groove.humanised import Humanised
from appliance.groove.improvised import Improvised
from appliance.groove.pattern import DrumClasses
from appliance.groove.source import Echoed, Source
from appliance.notation.timeline import Meter

SIXTEENTHS = 4  # to a quarter, as all groove models count


class Continuing(Answering, Protocol):
    """Who goes on from a call, and at which resolution."""

    @property
    def drums_a_quarter(self) -> int:
        """Of the model that is chosen; 0 where it plays no drums."""
        ...

    @property
    def meter(self) -> Meter:
        """The seat's."""
        ...


class Grooves(NamedTuple):
    """The autoencoders that are there. `tap` hears a rhythm, `hi_hat` a groove without one; `space` has the others."""

    humaniser: Autoencoder | None = None
    tap: Autoencoder | None = None
    hi_hat: Autoencoder | None = None
    space: Autoencoder | None = None

    def of(self, way: Way) -> Autoencoder | None:
        """Who plays a way's answer."""
        match way:
            case Way.TAP:
                return self.tap
            case Way.HI_HAT:
                return self.hi_hat or self.tap
            case Way.CONTINUE | Way.HUMANISE:
                return None
        return self.space


class GrooveAnswerer:
    """An Answering around another; a way whose model is not there is answered by the network."""

    def __init__(self, answering: Continuing, grooves: Grooves, seed: int) -> None:
        self._answering = answering
        meter = answering.meter
        self._cell = cell_of(max(1, SIXTEENTHS * 4 * meter.numerator // meter.denominator))
        self._grooves = grooves
        self._seed = seed
        self._source: Source | None = None
        self._question: Question | None = None
        self._ears = self._heard = self._fresh_ears()
        self._kind: tuple[object, ...] = ()
        self._until = 0

    def listen(self, heard: StepHeard) -> None:
        """A step of the call: one network step, and a piece of the humaniser's window."""
        self._answering.listen(heard)
        self._ears.listen(heard)

    def begin(self, question: Question) -> None:
        """Go on from the call. What is listened to from here is another call, unless the answer goes along."""
        self._answering.begin(question)
        self._question, self._heard, self._until = question, self._ears, 0
        self._source = self._made_by(question, question.sampling, 0)
        if not question.along:
            self._ears = self._fresh_ears()

    def ask(self, until: int) -> None:
        """Make the steps below `until`."""
        self._until = until
        if self._source is not None:
            self._source.ask(until)

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again, perhaps in another way."""
        if self._source is None or self._question is None:
            return
        if self._kind_of(self._question, sampling) != self._kind:
            self._source = self._made_by(self._question, sampling, step)
            self._source.ask(self._until)
        self._source.rewind(step, take, sampling)

    def choose_model(self, name: str) -> None:
        """From the next call or rewind on, another network."""
        self._answering.choose_model(name)

    def reset(self, *, remember: bool = False) -> None:
        """Leave the answer and forget the call."""
        self._answering.reset(remember=remember)
        self._source = self._question = None
        self._ears = self._fresh_ears()

    def ready(self) -> bool:
        """Whether there is a piece of work."""
        return self._source is not None and self._source.ready()

    def take(self) -> list[Made]:
        """Do a piece of work."""
        return [] if self._source is None else self._source.take()

    def _kind_of(self, question: Question, sampling: SamplingSettings) -> tuple[object, ...]:
        """What makes an answer, as far as another one has to be made for it."""
        if not self._fits:
            return (Way.CONTINUE, False)
        way = Way.CONTINUE if question.along else sampling.way
        plays = self._grooves.of(way)
        if plays is None and way is not Way.HUMANISE:
            way = Way.CONTINUE
        # A model that knows no velocities is always followed by one that does.
        wanted = sampling.humanise or way is Way.HUMANISE or (plays is not None and plays.card.kind != "groove")
        needed = plays is None or plays.card.kind != "groove"
        return (way, wanted and needed and self._grooves.humaniser is not None)

    def _made_by(self, question: Question, sampling: SamplingSettings, at: int) -> Source:
        self._kind = way, felt = self._kind_of(question, sampling)
        plays, humaniser = self._grooves.of(Way(str(way))), self._grooves.humaniser
        source: Source = self._answering
        if plays is not None:
            source = Improvised(plays, question, self._heard, self._seed, self._cell, at)
        elif way is Way.HUMANISE:
            source = Echoed(question)
        if felt and humaniser is not None:
            return Humanised(source, question, self._heard, humaniser, self._cell, at)
        return source

    @property
    def _fits(self) -> bool:
        """Whether what answers counts as the groove models do."""
        return self._answering.drums_a_quarter == SIXTEENTHS

    def _fresh_ears(self) -> Ears:
        known = next((groove for groove in self._grooves if groove is not None), None)
        classes = DrumClasses(known.card.drum_map if known else ())
        return Ears(self._grooves.humaniser if self._fits else None, classes, self._cell)
