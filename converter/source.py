"""A model as Magenta left it: a bundle, or a training checkpoint."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from converter.bundle import read_bundle
from converter.checkpoint import (
    Variables,
    checkpoint_prefix,
    files_of,
    names_checkpoint_file,
    variables_of_blob,
    variables_of_prefix,
)
from converter.metagraph import StoredGraph, read_graph


@dataclass(frozen=True)
class Origin:
    """Where a model came from; a checkpoint does not say what it is, so two of these are empty for it."""

    path: Path
    sha256: str
    kind: Literal["bundle", "checkpoint"]
    generator_id: str = ""
    description: str = ""


@dataclass(frozen=True)
class Source:
    """A model's variables under their modern names, without what only training needs.

    `graph` is the bundle's own; a checkpoint has none.
    """

    origin: Origin
    variables: Variables
    graph: StoredGraph | None


def read_source(path: Path) -> Source:
    """The model at `path`: a .mag, or a V2 checkpoint's prefix, file or folder.

    Raises:
        SourceError: it is missing, torn, ambiguous, something else, or holds weights that are not finite.

    """
    if path.is_file() and not names_checkpoint_file(path) and not Path(f"{path}.index").exists():
        return _from_bundle(path)
    return _from_checkpoint(checkpoint_prefix(path))


def _from_bundle(path: Path) -> Source:
    bundle = read_bundle(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Source(
        origin=Origin(path, digest, "bundle", bundle.generator_id, bundle.description),
        variables=variables_of_blob(bundle.checkpoint, path),
        graph=read_graph(bundle, path),
    )


def _from_checkpoint(prefix: Path) -> Source:
    digest = hashlib.sha256()
    for file in files_of(prefix):
        digest.update(file.read_bytes())
    return Source(Origin(prefix, digest.hexdigest(), "checkpoint"), variables_of_prefix(prefix), None)
