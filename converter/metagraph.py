"""The graph inside a bundle: what it says of itself, and the tensors Magenta's collections name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from converter.bundle import Bundle
from converter.errors import SourceError
from converter.tensorflow_library import tensorflow


@dataclass(frozen=True)
class StoredGraph:
    """A bundle's own graph and weights, enough to run it as it was stored.

    `state_sizes`: floats per tensor of the initial state, in Magenta's order; empty when this TensorFlow does not know
    the graph any more, and `unreadable` then says why.
    """

    metagraph: bytes
    checkpoint: bytes
    tensorflow_version: str
    state_sizes: tuple[int, ...]
    unreadable: str = ""


@dataclass(frozen=True)
class Collections:
    """The tensors of an imported graph that feed and answer it (magenta/models/shared/events_rnn_graph.py).

    `temperature` is None in the oldest bundles, and for a NADE, which has no `softmax` either: its biases stand first
    in its state. `initial_state` and `final_state` go in one order.
    """

    inputs: Any
    temperature: Any
    softmax: tuple[Any, ...]
    initial_state: tuple[Any, ...]
    final_state: tuple[Any, ...]


def read_graph(bundle: Bundle, path: Path) -> StoredGraph:
    """What the bundle's graph says of itself.

    Raises:
        SourceError: the graph is torn, or is no generating graph.

    """
    message = parse_metagraph(bundle.metagraph, path)
    version = str(message.meta_info_def.tensorflow_version)
    try:
        sizes = _state_sizes(message)
    except graph_faults() as error:
        return StoredGraph(
            bundle.metagraph, bundle.checkpoint, version, (), (str(error) or type(error).__name__).splitlines()[0]
        )
    return StoredGraph(bundle.metagraph, bundle.checkpoint, version, sizes)


def graph_faults() -> tuple[type[Exception], ...]:
    """What TensorFlow raises when a graph is too old for it, or rotten: it depends on where it stumbles."""
    from google.protobuf.message import DecodeError

    return (tensorflow().errors.OpError, DecodeError, ValueError, TypeError, LookupError, RuntimeError, AttributeError)


def parse_metagraph(content: bytes, path: Path) -> Any:
    """The MetaGraphDef in these bytes.

    Raises:
        SourceError: they are no MetaGraphDef with Magenta's collections.

    """
    from google.protobuf.message import DecodeError

    message = tensorflow().compat.v1.MetaGraphDef()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise SourceError(f"{path} holds a graph that cannot be read. Fetch it again.") from error
    missing = [name for name in ("inputs", "initial_state", "final_state") if name not in message.collection_def]
    if missing:
        raise SourceError(
            f"{path} holds a graph without {' and '.join(missing)}: it is not one that Magenta generates."
        )
    return message


def collections_of(graph: Any) -> Collections:
    """Magenta's tensors in an imported graph.

    Raises:
        ValueError: the graph has no single input, or nothing to answer with.

    """
    inputs, softmax = graph.get_collection("inputs"), graph.get_collection("softmax")
    if len(inputs) != 1 or not (softmax or graph.get_collection("sample")):
        raise ValueError(f"{len(inputs)} inputs and {len(softmax)} softmax tensors where there should be one of each")
    temperature = graph.get_collection("temperature")
    return Collections(
        inputs=inputs[0],
        temperature=temperature[0] if temperature else None,
        softmax=tuple(softmax),
        initial_state=tuple(graph.get_collection("initial_state")),
        final_state=tuple(graph.get_collection("final_state")),
    )


def _state_sizes(message: Any) -> tuple[int, ...]:
    tf = tensorflow()
    with tf.Graph().as_default() as graph:
        tf.compat.v1.train.import_meta_graph(message)
        return tuple(int(tensor.shape[-1]) for tensor in graph.get_collection("initial_state"))
