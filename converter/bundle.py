"""A Magenta bundle (.mag): a trained model and its graph in one protocol buffer, note_seq's GeneratorBundle."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from converter.atomic_file import write_atomically
from converter.errors import SourceError

# A V1 checkpoint is an SSTable; so says its last eight bytes (tensorflow/core/lib/io/format.h, kTableMagicNumber).
TABLE_MAGIC = bytes.fromhex("57fb808b247547db")


@dataclass(frozen=True)
class Bundle:
    """What a .mag holds.

    `checkpoint` is one TensorFlow V1 checkpoint file, `metagraph` a serialised MetaGraphDef.
    """

    generator_id: str
    description: str
    checkpoint: bytes
    metagraph: bytes
    bundle_description: str = ""


@cache
def _message_class() -> Any:
    """GeneratorBundle, field for field as note_seq/protobuf/generator.proto has it.

    Declared here in a pool of its own, because importing note_seq takes a second and pulls in a synthesiser.
    """
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="generator_bundle.proto", package="magenta", syntax="proto3")
    details = file.message_type.add(name="GeneratorDetails")
    details.field.add(name="id", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    details.field.add(name="description", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    bundle = file.message_type.add(name="GeneratorBundle")
    note = bundle.nested_type.add(name="BundleDetails")
    note.field.add(name="description", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    for name, number, of in (
        ("generator_details", 1, "GeneratorDetails"),
        ("bundle_details", 4, "GeneratorBundle.BundleDetails"),
    ):
        bundle.field.add(
            name=name, number=number, type=field.TYPE_MESSAGE, type_name=f".magenta.{of}", label=field.LABEL_OPTIONAL
        )
    bundle.field.add(name="checkpoint_file", number=2, type=field.TYPE_BYTES, label=field.LABEL_REPEATED)
    bundle.field.add(name="metagraph_file", number=3, type=field.TYPE_BYTES, label=field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("magenta.GeneratorBundle"))


def bundle_bytes(bundle: Bundle) -> bytes:
    """The .mag file's content; Magenta reads it where `generator_id` is the id of its configuration."""
    message = _message_class()()
    message.generator_details.id = bundle.generator_id
    message.generator_details.description = bundle.description
    message.checkpoint_file.append(bundle.checkpoint)
    message.metagraph_file = bundle.metagraph
    if bundle.bundle_description:
        message.bundle_details.description = bundle.bundle_description
    content: bytes = message.SerializeToString(deterministic=True)
    return content


def write_bundle(path: Path, bundle: Bundle) -> None:
    """Put the bundle at `path`, whole or not at all.

    Raises:
        OSError: the folder cannot be written to.

    """
    write_atomically(path, bundle_bytes(bundle))


def read_bundle(path: Path) -> Bundle:
    """The bundle in the file at `path`.

    Raises:
        SourceError: the file cannot be read, is something else, or is cut short.

    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
    return parse_bundle(content, path)


def parse_bundle(content: bytes, path: Path) -> Bundle:
    """The bundle in these bytes; `path` is named in what is said of a fault.

    Raises:
        SourceError: they are something else, or are cut short.

    """
    from google.protobuf.message import DecodeError

    _refuse_other_files(content, path)
    message = _message_class()()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise _torn(path, len(content), "it is not a whole GeneratorBundle") from error
    if len(message.checkpoint_file) != 1:
        raise _torn(path, len(content), f"it holds {len(message.checkpoint_file)} checkpoint files where one belongs")
    if not message.checkpoint_file[0].endswith(TABLE_MAGIC):
        raise _torn(path, len(content), "its checkpoint does not end as a TensorFlow checkpoint does")
    if not message.metagraph_file:
        raise _torn(path, len(content), "it holds no graph")
    return Bundle(
        generator_id=message.generator_details.id,
        description=message.generator_details.description,
        checkpoint=message.checkpoint_file[0],
        metagraph=message.metagraph_file,
        bundle_description=message.bundle_details.description,
    )


def _torn(path: Path, size: int, fault: str) -> SourceError:
    return SourceError(f"{path} ({size} bytes) is no Magenta bundle, or only part of one: {fault}. Fetch it again.")


def _refuse_other_files(content: bytes, path: Path) -> None:
    """Say what the usual wrong files are: nothing at all, or a server's error page saved under the model's name."""
    if not content:
        raise SourceError(f"{path} is empty. Fetch it again.")
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<!doctype", b"<html", b"<error", b'{"error')):
        shown = " ".join(content[:160].decode("utf-8", "replace").split())
        raise SourceError(f"{path} is a web page saved under a model's name, not a model: {shown!r}. Fetch it again.")
