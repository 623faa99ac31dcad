"""A checkpoint as TensorFlow has written them since 1.0 (V2): PREFIX.index, PREFIX.data-00000-of-00001, `checkpoint`.

Magenta's programs restore a model from it by the variables' names; MusicVAE has no other form.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.atomic_file import write_atomically
from converter.tensorflow_library import tensorflow

STEP = "global_step"


def write_v2_checkpoint(prefix: Path, variables: Mapping[str, npt.NDArray[np.generic]], step: int) -> None:
    """Put the variables and the training's step at `prefix`; the folder's `checkpoint` file names it the newest.

    Each file is there whole or not at all; the index, without which nothing is read, comes after the data.

    Raises:
        OSError: the folder cannot be written to.

    """
    tf = tensorflow()
    named = {**variables, STEP: np.int64(step)}
    prefix.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=prefix.parent) as folder:
        part = Path(folder, "part")
        tf.raw_ops.SaveV2(
            prefix=str(part),
            tensor_names=list(named),
            shape_and_slices=[""] * len(named),
            tensors=[tf.convert_to_tensor(value) for value in named.values()],
        )
        written = Path(folder, "whole")
        tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=[str(part)], destination_prefix=str(written))
        for suffix in (".data-00000-of-00001", ".index"):
            write_atomically(Path(f"{prefix}{suffix}"), Path(f"{written}{suffix}").read_bytes())
    state = f'model_checkpoint_path: "{prefix.name}"\nall_model_checkpoint_paths: "{prefix.name}"\n'
    write_atomically(prefix.parent / "checkpoint", state.encode())
