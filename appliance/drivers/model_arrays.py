"""The arrays that lie beside the card in a model file: what is drawn with, outside the network's step."""

import io
import zipfile
from pathlib import Path

import numpy as np

from appliance.answer.encoding import Floats
from appliance.answer.nade import Nade
from appliance.errors import ModelError


def read_arrays(path: Path) -> dict[str, Floats]:
    """The arrays of a model file that read_card has found whole, by name; most have none. Raises: ModelError."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        raise ModelError(f"the arrays in {path} do not read ({error}): convert the model again") from None


def read_nade(path: Path) -> Nade:
    """The NADE of a pianoroll model's file. Raises: ModelError where there is none."""
    arrays = read_arrays(path)
    try:
        return Nade(arrays["nade_encode"], arrays["nade_decode"])
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path} holds no NADE ({error}): convert the model again") from None
