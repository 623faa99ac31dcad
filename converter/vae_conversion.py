"""An autoencoder becomes a model file: converted, held against its source, and described on its card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from converter.card import StateTensor
from converter.conversion import Label
from converter.made_with import made_with
from converter.operators import operators_of, refuse_newer
from converter.provenance import source_card, tflite_card
from converter.source import Source
from converter.tflite import Quantization
from converter.vae_architecture import VaeArchitecture
from converter.vae_card import Evaluation, GrooveCard, VaeCard, VaeModel, VaeParityCard
from converter.vae_config import GrooveInput, VaeConfig, vae_config_named
from converter.vae_file_network import VaeFileNetwork
from converter.vae_parity import VaeDifference, compare_vae
from converter.vae_player import VaePlayer
from converter.vae_reference import VaeReference
from converter.vae_sampling import NadeWeights, VaeSampler, sampler_of_weights
from converter.vae_shapes import Sizes, encoder_layers
from converter.vae_step import state_sizes
from converter.vae_tflite import vae_flatbuffer


@dataclass(frozen=True)
class VaeConversion:
    """A finished model, and how far it lies from its source; whether that is near enough is the caller's to judge."""

    model: VaeModel
    difference: VaeDifference


def convert_vae(
    source: Source,
    architecture: VaeArchitecture,
    quantization: Quantization,
    label: Label,
    evaluation: Evaluation | None = None,
) -> VaeConversion:
    """The model file's content for a source, compared with what the source itself answers.

    Raises:
        SourceError: the source answers with what is no number.
        OperatorError: the model would not load in every supported interpreter.

    """
    config, sizes = architecture.config, architecture.sizes
    content = vae_flatbuffer(config, sizes, source.variables, quantization)
    refuse_newer(operators_of(content))
    # Float32 is compared by kernels that round as little as the source's own; the others mean the ones that play.
    network = VaeFileNetwork(content, config, sizes, plain=quantization == "none")
    reference = VaeReference(config, sizes, source.variables)
    difference = compare_vae(reference, network, sampler_of(source, architecture))
    parity = VaeParityCard(
        reference=reference.name,
        steps=difference.steps,
        mu_max_difference=difference.mu,
        sigma_max_difference=difference.sigma,
        output_max_difference=difference.outputs,
        output_mean_difference=difference.mean,
    )
    card = _card(source, architecture, label, _Made(quantization, content, parity, evaluation))
    nade = sampler_of(source, architecture).nade
    arrays = {"nade_encode": nade.encode, "nade_decode": nade.decode} if nade else {}
    return VaeConversion(VaeModel(content, card, arrays), difference)


@dataclass(frozen=True)
class _Made:
    quantization: Quantization
    content: bytes
    parity: VaeParityCard
    evaluation: Evaluation | None


def vae_differences(model: VaeModel, source: Source, architecture: VaeArchitecture) -> Mapping[str, VaeDifference]:
    """How far a model lies from its source, by the kernels it is run with: TFLite's own, and those that play."""
    config, sizes = architecture.config, architecture.sizes
    reference, sampler = VaeReference(config, sizes, source.variables), sampler_of(source, architecture)
    networks = {
        "plain kernels": VaeFileNetwork(model.flatbuffer, config, sizes, plain=True),
        "playing kernels": VaeFileNetwork(model.flatbuffer, config, sizes),
    }
    return {name: compare_vae(reference, network, sampler) for name, network in networks.items()}


def open_vae_source(source: Source, architecture: VaeArchitecture) -> VaePlayer:
    """The source itself, run in TensorFlow."""
    reference = VaeReference(architecture.config, architecture.sizes, source.variables)
    return VaePlayer(reference, sampler_of(source, architecture))


def open_vae_model(model: VaeModel, architecture: VaeArchitecture | None = None) -> VaePlayer:
    """A model file, run by the interpreter; its card tells what `architecture` would."""
    config, sizes = (architecture.config, architecture.sizes) if architecture else described(model.card)
    nade = NadeWeights(model.arrays["nade_encode"], model.arrays["nade_decode"]) if model.arrays else None
    return VaePlayer(VaeFileNetwork(model.flatbuffer, config, sizes), VaeSampler(config, nade))


def sampler_of(source: Source, architecture: VaeArchitecture) -> VaeSampler:
    """How the logits of this source become steps."""
    return sampler_of_weights(architecture.config, source.variables)


def described(card: VaeCard) -> tuple[VaeConfig, Sizes]:
    """The configuration and the sizes that a card tells.

    Raises:
        SettingError: its configuration is unknown here.

    """
    config = replace(vae_config_named(card.config), drum_map=card.drum_map, steps=card.steps)
    encoder = card.encoder[:1] if card.encoder_segments > 1 else card.encoder
    return config, Sizes(card.z, encoder, card.decoder_layers, card.conductor, card.nade_hidden)


def _card(source: Source, architecture: VaeArchitecture, label: Label, made: _Made) -> VaeCard:
    config, sizes, origin = architecture.config, architecture.sizes, source.origin
    return VaeCard(
        name=label.name,
        description=description(architecture),
        config=config.name,
        kind=config.kind,
        decoder=config.decoder,
        steps=config.steps,
        steps_per_quarter=config.steps_per_quarter,
        z=sizes.z,
        input_depth=config.input_depth,
        output_depths=config.output_depths,
        control_depth=config.control_depth,
        encoder=encoder_layers(config, sizes),
        encoder_segments=config.encoder_segments,
        decoder_layers=sizes.decoder,
        conductor=sizes.conductor,
        segments=config.segments,
        end_token=config.end_token,
        nade_hidden=sizes.nade_hidden,
        drum_map=config.drum_map,
        drum_map_vintage=architecture.drum_map_vintage,
        groove=_groove_card(config.groove),
        state=tuple(StateTensor(name, size) for name, size in state_sizes(config, sizes).items()),
        quantization=made.quantization,
        source=source_card(origin),
        licence=label.licence,
        credit=label.credit,
        parity=made.parity,
        evaluation=made.evaluation,
        tflite=tflite_card(made.content),
        made_with=made_with(),
    )


def description(architecture: VaeArchitecture) -> str:
    """One line for a person."""
    config, sizes = architecture.config, architecture.sizes
    family = "GrooVAE" if config.kind == "groove" else "MusicVAE"
    layers = [f"encoder {_plus(sizes.encoder)} each way", f"z {sizes.z}"]
    layers += [f"conductor {_plus(sizes.conductor)}"] if sizes.conductor else []
    return f"Magenta {family}, configuration {config.name}, {', '.join(layers)}, decoder {_plus(sizes.decoder)}"


def _plus(layers: Sequence[int]) -> str:
    return " + ".join(str(units) for units in layers)


def _groove_card(groove: GrooveInput | None) -> GrooveCard | None:
    if groove is None:
        return None
    return GrooveCard(
        humanize=groove.humanize,
        tapify=groove.tapify,
        fixed_velocities=groove.fixed_velocities,
        added=groove.added,
    )
