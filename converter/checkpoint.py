"""The variables of a TensorFlow checkpoint, V1 (one file, also inside a bundle) or V2 (what training leaves)."""

import glob
import re
import tempfile
from pathlib import Path

from converter.checksums import is_intact
from converter.errors import SourceError
from converter.tensorflow_library import tensorflow, there
from converter.v2_checkpoint import read_v2_checkpoint
from converter.weights import Variables, kept

_DATA_FILE = re.compile(r"\.data-\d{5}-of-(\d{5})$")
_PART = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")


def variables_of_blob(checkpoint: bytes, path: Path) -> Variables:
    """The variables of a V1 checkpoint held in memory; `path` is named in what is said of a fault.

    Raises:
        SourceError: it is torn, or a weight is not a finite number.

    """
    if not is_intact(checkpoint):
        raise SourceError(f"{path} holds a checkpoint that is damaged: its checksums do not agree. Fetch it again.")
    with tempfile.TemporaryDirectory() as folder:
        blob = Path(folder, "model.ckpt")  # TensorFlow reads files alone
        blob.write_bytes(checkpoint)
        return _read(blob, path)


def variables_of_prefix(prefix: Path) -> Variables:
    """The variables of the V2 checkpoint PREFIX.index, PREFIX.data-*.

    Raises:
        SourceError: it is torn, or a weight is not a finite number.

    """
    return _read(prefix, prefix)


def names_checkpoint_file(path: Path) -> bool:
    """Whether the file is by its name one of a V2 checkpoint's."""
    return _PART.search(path.name) is not None


def checkpoint_prefix(path: Path) -> Path:
    """The V2 checkpoint meant by a prefix, a file of it or a folder.

    In a folder the `checkpoint` file names the newest; without one, a single .index will do.

    Raises:
        SourceError: there is none there, there are several, or part of it is missing.

    """
    if not path.exists() and not any(path.parent.glob(f"{glob.escape(path.name)}.*")):
        raise SourceError(f"{path} is not there: give a .mag bundle, or a checkpoint's prefix or folder.")
    prefix = _in_folder(path) if path.is_dir() else path.with_name(_PART.sub("", path.name))
    files_of(prefix)
    return prefix


def files_of(prefix: Path) -> tuple[Path, ...]:
    """The files of a V2 checkpoint: the index, then the data in order.

    Raises:
        SourceError: one of them is missing.

    """
    index = Path(f"{prefix}.index")
    if not index.is_file():
        raise SourceError(f"{index} is not there: give a .mag bundle, or a checkpoint's prefix or folder.")
    data = sorted(file for file in prefix.parent.glob("*.data-*") if file.name.startswith(f"{prefix.name}.data-"))
    shards = {int(match[1]) for file in data if (match := _DATA_FILE.search(file.name))}
    if len(shards) != 1 or len(data) != shards.pop():
        found = ", ".join(file.name for file in data) or "none"
        raise SourceError(f"{prefix}.data-* is missing in whole or part ({found} found): bring all of the checkpoint.")
    return (index, *data)


def _in_folder(folder: Path) -> Path:
    state = folder / "checkpoint"
    if state.is_file():
        match = re.search(r'^model_checkpoint_path: "(.+)"', state.read_text("utf-8", "replace"), re.MULTILINE)
        if match is None:
            raise SourceError(f"{state} does not name a checkpoint: give the checkpoint's prefix instead.")
        # Training writes the path it had on its own machine; the files beside `checkpoint` are meant.
        return folder / Path(match[1]).name
    found = sorted(folder.glob("*.index"))
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise SourceError(
            f"{folder} should hold one checkpoint, or a `checkpoint` file that names one; found: {names}."
        )
    return found[0].with_suffix("")


def _read(file: Path, path: Path) -> Variables:
    if not there("tensorflow"):
        return _read_plainly(file, path)
    tf = tensorflow()
    try:
        reader = tf.train.load_checkpoint(str(file))
        named = [(name, reader.get_tensor(name)) for name in reader.get_variable_to_dtype_map()]
    # TensorFlow answers a torn file with any of these, depending on where it is torn.
    except (tf.errors.OpError, ValueError, RuntimeError, LookupError, MemoryError) as error:
        reason = str(error).splitlines()[0].replace(str(file), path.name)
        raise SourceError(f"{path} holds a checkpoint that cannot be read: {reason}. Fetch it again.") from error
    return kept(named, path)


def _read_plainly(file: Path, path: Path) -> Variables:
    """Without TensorFlow: what this trainer wrote, and other checkpoints of its form."""
    try:
        return kept(read_v2_checkpoint(file), path)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path} cannot be read without TensorFlow ({error}): pip install '.[converter]' in Ghostnote's folder."
        ) from error
