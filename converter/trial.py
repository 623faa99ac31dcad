"""Grooves from a folder, ready to measure a model on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.drum_kit import Encoding


@dataclass(frozen=True)
class Trial:
    """How reports name the grooves, and their label sequences."""

    data: str
    grooves: Sequence[npt.NDArray[np.int32]]


def read_trial(directory: Path, split: str | None, encoding: Encoding, steps_per_quarter: int) -> Trial:
    """The drum MIDI files of a folder, or those of one split of its info.csv.

    Raises:
        DataError: the folder gives nothing to measure on.

    """
    from converter.grooves import read_grooves  # note-seq takes a second to import

    grooves = read_grooves(directory, split, encoding, steps_per_quarter)
    return Trial(f"{directory.name}, {split} split" if split else directory.name, [groove.labels for groove in grooves])
