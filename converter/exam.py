"""Music to measure a model on: a folder of drum MIDI, or a data set, in the model's encoding."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from converter.dataset import Augmentation, read_dataset
from converter.drum_kit import Encoding
from converter.encoded import Code, Encoded
from converter.errors import DataError, SourceError
from converter.lesson_config import LESSON_CONFIGS
from converter.likelihood import Forecast, Likelihood


@dataclass(frozen=True)
class Exam:
    """How reports name the music, the sizes of the encoding, and the pieces."""

    data: str
    code: Code
    pieces: Sequence[Encoded]


def read_exam(path: Path, split: str | None, config: str, encoding: Encoding | None) -> Exam:
    """The music at `path` for a model of this configuration; of a drum model, in `encoding`.

    Raises:
        SourceError: the configuration is none that is trained here, so its encoding is not known.
        DataError: there is nothing to foretell, or music of another kind.

    """
    if config not in LESSON_CONFIGS:
        raise SourceError(f"{config} models cannot be evaluated; these can: {', '.join(LESSON_CONFIGS)}.")
    name = f"{path.stem}, {split} split" if split else path.stem
    exam = (
        _of_folder(path, split, config, encoding, name)
        if path.is_dir()
        else _of_file(path, split, config, encoding, name)
    )
    if not any(len(piece) for piece in exam.pieces):
        raise DataError(f"{path}: there is no step to foretell.")
    return exam


def measured(forecast: Forecast, exam: Exam) -> Likelihood:
    """How likely the model holds what came, each piece fed from the zero state, the first step of each left out."""
    total, steps = 0.0, 0
    for piece in exam.pieces:
        if len(piece):
            logarithms = forecast(piece.rows(exam.code))
            total -= float(logarithms[np.arange(len(piece)), piece.targets].sum())
            steps += len(piece)
    return Likelihood(total / steps, len(exam.pieces), steps)


def _of_folder(path: Path, split: str | None, config: str, encoding: Encoding | None, name: str) -> Exam:
    from converter.grooves import read_grooves  # note-seq takes a second to import
    from converter.material import drum_code, encoded_drums

    if encoding is None:
        raise DataError(
            f"{path} is a folder, and which of its notes are melodies must be told: make a data set of it "
            "with ghostnote-converter dataset --kind melody."
        )
    steps_per_quarter = 2 if config == "one_drum" else 4
    grooves = read_grooves(path, split, encoding, steps_per_quarter)
    return Exam(name, drum_code(encoding), [encoded_drums(groove.labels, encoding) for groove in grooves])


def _of_file(path: Path, split: str | None, config: str, encoding: Encoding | None, name: str) -> Exam:
    from converter.lesson_material import material_of

    dataset = read_dataset(path)
    if dataset.header.kind != LESSON_CONFIGS[config].kind:
        raise DataError(
            f"{path} holds {dataset.header.kind}, and a {config} model plays {LESSON_CONFIGS[config].kind}."
        )
    pieces = [piece for piece in dataset.pieces if split in {None, piece.split}]
    if not pieces:
        raise DataError(f"{path} has no pieces of the {split} split.")
    material = material_of(config, pieces, Augmentation(), encoding)
    return Exam(name, material.code, material.whole())
