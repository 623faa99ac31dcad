"""Models in archives, as Magenta hands out checkpoints: .tar, .tar.gz, .tgz and .zip."""

import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from converter.errors import SourceError
from converter.js_weights import MANIFEST


def is_archive(path: Path) -> bool:
    """Whether the file is by its content a tar (packed or not) or a zip."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError:
        return False
    # A model file of ours ends in a zip too; it begins with a flatbuffer.
    return start.startswith((b"PK\3\4", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or start[257:262] == b"ustar"


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The one model inside, a bundle, a checkpoint's prefix or a folder, there as long as the `with`.

    Raises:
        SourceError: the archive is torn, or holds no model or several.

    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            _unpack(path, Path(folder))
        except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error, ValueError) as error:
            raise SourceError(
                f"{path} is a torn archive, or one of no known kind ({error}). Fetch it again."
            ) from error
        try:
            yield _model_in(Path(folder), path)
        except SourceError as error:  # which names the file by a folder that nobody knows
            raise SourceError(str(error).replace(f"{folder}/", f"{path}: ")) from error


def _unpack(path: Path, folder: Path) -> None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)  # noqa: S202  zipfile itself keeps members inside the folder
    else:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")


def _model_in(folder: Path, path: Path) -> Path:
    bundles, manifests = sorted(folder.rglob("*.mag")), sorted(folder.rglob(MANIFEST))
    indices = [file.with_suffix("") for file in sorted(folder.rglob("*.index"))]
    single = sorted(file for file in folder.rglob("*.ckpt") if file.is_file())
    found = [*bundles, *(manifest.parent for manifest in manifests), *indices, *single]
    if len(found) != 1:
        names = ", ".join(str(model.relative_to(folder)) for model in found) or "none"
        raise SourceError(f"{path} should hold one model; found: {names}. Unpack it and say which.")
    return found[0]
