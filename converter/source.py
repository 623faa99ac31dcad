"""A model as Magenta left it: a bundle, a training checkpoint, a magenta-js folder, or an archive of one of them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from converter.archive import is_archive, unpacked
from converter.bundle import TABLE_MAGIC, read_bundle
from converter.checkpoint import (
    checkpoint_prefix,
    files_of,
    names_checkpoint_file,
    variables_of_blob,
    variables_of_prefix,
)
from converter.js_weights import DataConverter, config_of, digest_of, is_js_model, read_js_weights
from converter.metagraph import StoredGraph, read_graph
from converter.weights import Variables


@dataclass(frozen=True)
class Origin:
    """Where a model came from; only a bundle says what it is, so two of these are empty for the others."""

    path: Path
    sha256: str
    kind: Literal["bundle", "checkpoint", "magenta-js"]
    generator_id: str = ""
    description: str = ""


@dataclass(frozen=True)
class Source:
    """A model's variables under their modern names, without what only training needs.

    `graph` is the bundle's own, no other has one; `attention_length` and `fed_by` are what a magenta-js config.json
    says.
    """

    origin: Origin
    variables: Variables
    graph: StoredGraph | None
    attention_length: int | None = None
    fed_by: DataConverter | None = None


def read_source(path: Path) -> Source:
    """The model at `path`: a .mag, a checkpoint's prefix, file or folder, a magenta-js folder, or an archive of one.

    Raises:
        SourceError: it is missing, torn, ambiguous, something else, or holds weights that are not finite.

    """
    if is_js_model(path):
        return _from_js_folder(path if path.is_dir() else path.parent)
    if not path.is_file() or names_checkpoint_file(path) or Path(f"{path}.index").exists():
        return _from_checkpoint(checkpoint_prefix(path))
    if is_archive(path):
        return _from_archive(path)
    return _from_single_checkpoint(path) if _is_single_checkpoint(path) else _from_bundle(path)


def _is_single_checkpoint(path: Path) -> bool:
    """Whether the file is a V1 checkpoint: an SSTable whose first entry shares nothing with a key before it."""
    with path.open("rb") as file:
        start = file.read(1)
        file.seek(0, 2)
        file.seek(max(0, file.tell() - len(TABLE_MAGIC)))
        return start == b"\0" and file.read() == TABLE_MAGIC


def _from_archive(path: Path) -> Source:
    with unpacked(path) as inside:
        source = read_source(inside)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(source, origin=replace(source.origin, path=path, sha256=digest))


def _from_js_folder(folder: Path) -> Source:
    variables = read_js_weights(folder)
    origin = Origin(folder, digest_of(folder), "magenta-js")
    config = config_of(folder)
    return Source(origin, variables, None, config.attention_length, config.data_converter)


def _from_single_checkpoint(path: Path) -> Source:
    content = path.read_bytes()
    origin = Origin(path, hashlib.sha256(content).hexdigest(), "checkpoint")
    return Source(origin, variables_of_blob(content, path), None)


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
