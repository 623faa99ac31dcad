"""A checkpoint as TensorFlow has written them since 1.0 (V2): PREFIX.index, PREFIX.data-00000-of-00001, `checkpoint`.

Magenta's programs restore a model from it by the variables' names; MusicVAE has no other form. It is written here
without TensorFlow, so that a machine that only trains needs none.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.atomic_file import write_atomically
from converter.bundle_table import Entry, read_table, table_bytes
from converter.crc32c import masked_crc32c

STEP = "global_step"
DATA, INDEX = ".data-00000-of-00001", ".index"


def write_v2_checkpoint(prefix: Path, variables: Mapping[str, npt.NDArray[np.generic]], step: int) -> None:
    """Put the variables and the training's step at `prefix`; the folder's `checkpoint` file names it the newest.

    Each file is there whole or not at all; the index, without which nothing is read, comes after the data.

    Raises:
        OSError: the folder cannot be written to.

    """
    prefix.parent.mkdir(parents=True, exist_ok=True)
    content, entries = bytearray(), {}
    named = {**variables, STEP: np.array(step, np.int64)}
    for name in sorted(named, key=str.encode):
        array = np.asarray(named[name])
        values = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        entries[name] = Entry(array.dtype, array.shape, len(content), len(values), masked_crc32c(values))
        content += values
    write_atomically(Path(f"{prefix}{DATA}"), bytes(content))
    write_atomically(Path(f"{prefix}{INDEX}"), table_bytes(entries))
    state = f'model_checkpoint_path: "{prefix.name}"\nall_model_checkpoint_paths: "{prefix.name}"\n'
    write_atomically(prefix.parent / "checkpoint", state.encode())


def read_v2_checkpoint(prefix: Path) -> list[tuple[str, npt.NDArray[np.generic]]]:
    """The tensors of a checkpoint whose data is one file, by name: what `write_v2_checkpoint` and most others wrote.

    Raises:
        OSError: a file cannot be read.
        ValueError: it is torn, or of a form that only TensorFlow reads.

    """
    entries = read_table(Path(f"{prefix}{INDEX}").read_bytes())
    content = Path(f"{prefix}{DATA}").read_bytes()
    found = []
    for name, entry in entries.items():
        values = content[entry.offset : entry.offset + entry.size]
        if len(values) != entry.size or masked_crc32c(values) != entry.checksum:
            raise ValueError(f"{name} is torn")
        found.append((name, np.frombuffer(values, entry.dtype.newbyteorder("<")).reshape(entry.shape)))
    return found
