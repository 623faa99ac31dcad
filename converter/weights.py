"""A model's variables, whatever file they came in: which are kept, and under what names."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.errors import SourceError
from converter.variable_names import belongs_to_training, modern_name

Variables = Mapping[str, npt.NDArray[np.float32]]


def kept(named: Iterable[tuple[str, npt.NDArray[np.generic]]], path: Path) -> Variables:
    """The variables under their modern names, without what only training needs; `path` is named in complaints.

    Raises:
        SourceError: a weight is not a finite number, or two variables have one name.

    """
    variables: dict[str, npt.NDArray[np.float32]] = {}
    for name, value in sorted(named, key=lambda pair: pair[0]):
        if not belongs_to_training(name):
            _keep(variables, name, np.asarray(value), path)
    return variables


def _keep(variables: dict[str, npt.NDArray[np.float32]], name: str, array: npt.NDArray[np.generic], path: Path) -> None:
    if array.dtype.kind != "f":
        raise SourceError(
            f"{path}: variable {name} is {array.dtype}, not a floating-point number; it does not convert."
        )
    if not np.isfinite(array.astype(np.float64)).all():
        raise SourceError(f"{path}: variable {name} holds weights that are not finite numbers: training went astray.")
    modern = modern_name(name)
    if modern in variables:
        raise SourceError(f"{path}: two variables would both be {modern}; it does not convert.")
    variables[modern] = array.astype(np.float32)
