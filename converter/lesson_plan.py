"""From a data set and a configuration to what the trainer is given: material, network, first weights."""

from dataclasses import dataclass, replace

import numpy as np

from converter.dataset import Augmentation, Dataset
from converter.errors import DataError
from converter.lesson_config import LessonConfig
from converter.lesson_material import material_of
from converter.material import Material
from converter.network import NetworkShape, first_weights
from converter.train import Lesson
from converter.warm_start import Parent


@dataclass(frozen=True)
class Plan:
    """The lesson, and what is to be said of it: how many pieces and steps each part has."""

    lesson: Lesson
    learnt: tuple[int, int]
    judged: tuple[int, int]
    judges_itself: bool


def plan(
    config: LessonConfig,
    dataset: Dataset,
    shape: NetworkShape | None,
    parent: Parent | None,
    *,
    seed: int,
    longest: int,
) -> Plan:
    """The lesson of a data set; without a validation part, what is learnt judges itself.

    Raises:
        DataError: the data set is of another kind of music, or has no piece to learn from.

    """
    if dataset.header.kind != config.kind:
        raise DataError(
            f"{config.name} learns {config.kind}, and this data set holds {dataset.header.kind}: "
            f"make one with ghostnote-converter dataset --kind {config.kind}."
        )
    learnt, judged = dataset.part("train"), dataset.part("validation")
    if not learnt:
        raise DataError("The data set has no piece to learn from: its training part is empty.")
    encoding = parent.encoding if parent else None
    material = material_of(config.name, learnt, dataset.header.augmentation, encoding, longest)
    judging = material_of(config.name, judged or learnt, Augmentation(), encoding, longest)
    if parent:
        shape, weights = parent.shape, parent.weights
    else:
        shape = replace(shape or NetworkShape(material.code, config.layers, config.attention), code=material.code)
        weights = first_weights(shape, np.random.default_rng(seed))
    lesson = Lesson(material, judging, shape, weights, seed)
    return Plan(lesson, _figures(material), _figures(judging), not judged)


def _figures(material: Material) -> tuple[int, int]:
    whole = material.whole()
    return len(whole), sum(map(len, whole))
