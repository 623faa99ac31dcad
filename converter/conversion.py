"""A source becomes a model file: converted, held against the original, and described on its card."""

from dataclasses import dataclass

from converter.architecture import Architecture
from converter.card import (
    AttentionCard,
    Card,
    LikelihoodCard,
    Model,
    ParityCard,
    StateTensor,
)
from converter.encoding_card import encoding_card
from converter.head import NadeHead, head_of
from converter.likelihood import forecast_of_reference, forecast_of_stepper, likelihood
from converter.made_with import made_with
from converter.operators import operators_of, refuse_newer
from converter.parity import Difference, compare, steppers_of
from converter.patterns import STEPS_PER_PATTERN, patterns
from converter.provenance import source_card, tflite_card
from converter.reference import Reference, open_reference
from converter.source import Source
from converter.stepper import Stepper
from converter.tflite import Quantization, flatbuffer
from converter.trial import Trial
from converter.vintage import DatedEncoding


@dataclass(frozen=True)
class Label:
    """What a person writes on a model."""

    name: str
    licence: str
    credit: str


@dataclass(frozen=True)
class Conversion:
    """A finished model, and how far it lies from its source; whether that is near enough is the caller's to judge."""

    model: Model
    difference: Difference


def convert(
    source: Source,
    architecture: Architecture,
    dated: DatedEncoding | None,
    quantization: Quantization,
    label: Label,
    trial: Trial | None = None,
    steps: int = STEPS_PER_PATTERN,
) -> Conversion:
    """The model file's content for a source, compared with what the source itself answers.

    `dated` and `trial` are of drum models; others have neither. `steps`: of each pattern that it is compared over.

    Raises:
        SourceError: the source's graph cannot be run.
        OperatorError: the model would not load in every supported interpreter.

    """
    content = flatbuffer(architecture, source.variables, quantization)
    refuse_newer(operators_of(content))
    steppers, head = steppers_of(content, quantization), head_of(architecture, source.variables)
    rows = patterns(architecture.config, dated.encoding if dated else None, steps)
    with open_reference(source, architecture) as reference:
        difference = compare(reference, steppers, architecture, head, rows)
        measured = _measure(reference, steppers.playing, dated, trial) if dated and trial else None
        name = reference.name
    parity = ParityCard(
        reference=name,
        steps=difference.steps,
        softmax_max_difference=difference.softmax,
        top1_agreement=difference.top1_agreement,
    )
    card = _card(source, architecture, dated, label, _Made(quantization, content, parity, measured))
    # What a NADE draws its notes with is no part of the step (rnn_step.py says why).
    arrays = {"nade_encode": head.encode, "nade_decode": head.decode} if isinstance(head, NadeHead) else {}
    return Conversion(Model(content, card, arrays), difference)


@dataclass(frozen=True)
class _Made:
    quantization: Quantization
    content: bytes
    parity: ParityCard
    likelihood: LikelihoodCard | None


def _measure(reference: Reference, stepper: Stepper, dated: DatedEncoding, trial: Trial) -> LikelihoodCard:
    original = likelihood(forecast_of_reference(reference), trial.grooves, dated.encoding)
    ours = likelihood(forecast_of_stepper(stepper), trial.grooves, dated.encoding)
    return LikelihoodCard(
        data=trial.data,
        files=ours.files,
        steps=ours.steps,
        nats_per_step=ours.nats_per_step,
        source_nats_per_step=original.nats_per_step,
    )


def _card(source: Source, architecture: Architecture, dated: DatedEncoding | None, label: Label, made: _Made) -> Card:
    attention, origin = architecture.attention, source.origin
    return Card(
        name=label.name,
        description=_description(architecture),
        family=architecture.config.family,
        config=architecture.config.name,
        encoding=encoding_card(architecture, dated),
        steps_per_quarter=architecture.config.steps_per_quarter,
        layer_sizes=architecture.layer_sizes,
        attention=AttentionCard(length=attention.length, scope=attention.scope) if attention else None,
        state=tuple(StateTensor(name, size) for name, size in architecture.state()),
        quantization=made.quantization,
        source=source_card(origin),
        licence=label.licence,
        credit=label.credit,
        parity=made.parity,
        likelihood=made.likelihood,
        tflite=tflite_card(made.content),
        made_with=made_with(),
    )


def _description(architecture: Architecture) -> str:
    layers = " + ".join(str(size) for size in architecture.layer_sizes)
    attention = architecture.attention
    over = f", attention over {attention.length} steps" if attention else ""
    residual = ", residual" if architecture.stack.residual else ""
    config = architecture.config
    return f"Magenta {config.family}, configuration {config.name}, LSTM {layers}{over}{residual}"
