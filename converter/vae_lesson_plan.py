"""From a data set and a configuration to what the trainer of autoencoders is given: material, network, weights."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from converter.dataset import Augmentation, Dataset
from converter.errors import DataError, SettingError
from converter.network import Floats
from converter.piece import Piece
from converter.source import read_source
from converter.vae_config import VaeConfig
from converter.vae_material import VaeMaterial, vae_material
from converter.vae_pupil import Teaching, VaeShape, first_vae_weights
from converter.vae_shapes import Sizes, published_sizes, sizes_of
from converter.vae_teaching import published_teaching
from converter.vae_train import Course, VaeLesson

FEW = 64  # windows to judge by


@dataclass(frozen=True)
class VaeParent:
    """A checkpoint to go on from."""

    path: Path
    sha256: str
    sizes: Sizes
    weights: Mapping[str, Floats]


def vae_lesson(args: argparse.Namespace, config: VaeConfig, dataset: Dataset, parent: VaeParent | None) -> VaeLesson:
    """The lesson of a data set, as the arguments of train-vae want it.

    Raises:
        DataError: the data set is of another kind of music, or has no piece to learn from.
        SettingError: the configuration has no such layers.

    """
    if dataset.header.kind != config.learnt_from:
        raise DataError(
            f"{config.name} learns from {config.learnt_from}, and this data set holds {dataset.header.kind}: "
            f"make one with ghostnote-converter dataset --kind {config.learnt_from}."
        )
    learnt, judged = dataset.part("train"), dataset.part("validation") or dataset.part("train")
    if not learnt:
        raise DataError("The data set has no piece to learn from: its training part is empty.")
    published, played = published_teaching(config), args.loss == "played" and config.kind == "groove"
    shape = VaeShape(config, parent.sizes if parent else _sizes(args, config))
    weights = dict(parent.weights) if parent else first_vae_weights(shape, np.random.default_rng(args.seed))
    free = published.free_bits if args.free_bits is None else args.free_bits
    return VaeLesson(
        vae_material(
            config, learnt, dataset.header.augmentation, learnt=True, spacing=args.spacing, thinned=args.thinned
        ),
        _judging(config, judged),
        shape,
        weights,
        Teaching(args.loss, free, args.keep, hears_itself=played or bool(published.sampling)),
        Course(
            published.beta if args.beta is None else args.beta, published.beta_rate, published.sampling, float(played)
        ),
        args.weight_decay,
        args.seed,
    )


def _judging(config: VaeConfig, pieces: Sequence[Piece]) -> VaeMaterial:
    """Windows end to end; where those are few, from every bar on: of a handful it is chance which weights do best."""
    material = vae_material(config, pieces, Augmentation(), learnt=False)
    return material if len(material) >= FEW else vae_material(config, pieces, Augmentation(), learnt=False, spacing=1)


def _sizes(args: argparse.Namespace, config: VaeConfig) -> Sizes:
    if args.conductor and not config.conductor:
        raise SettingError(f"{config.name} has no conductor: leave --conductor out.")
    published = published_sizes(config)
    asked = {"z": args.z, "encoder": args.encoder, "decoder": args.decoder, "conductor": args.conductor}
    found = replace(published, **{name: value for name, value in asked.items() if value})
    if config.encoder_segments > 1 and len(found.encoder) > 1:
        raise SettingError(f"{config.name} has one size for both levels of its encoder: give --encoder one number.")
    return found


def vae_parent(args: argparse.Namespace, config: VaeConfig) -> VaeParent | None:
    """The checkpoint to go on from, where one is named.

    Raises:
        SourceError: it cannot be read, or is of another shape.
        SettingError: its layers are not those that are asked for.

    """
    if args.parent is None:
        return None
    source = read_source(args.parent)
    found = sizes_of(config, source.variables, args.parent)
    asked = {"z": args.z, "encoder": args.encoder, "decoder": args.decoder, "conductor": args.conductor}
    for name, value in asked.items():
        if value and value != getattr(found, name):
            raise SettingError(f"{args.parent} has {name} {getattr(found, name)}, not {value}: leave --{name} out.")
    return VaeParent(args.parent, source.origin.sha256, found, source.variables)
