"""What a converted model is measured against: the graph that Magenta itself would run, wherever that can be had."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.metagraph import Collections, collections_of, graph_faults, parse_metagraph
from converter.restatement import Restatement
from converter.source import Source
from converter.tensorflow_library import tensorflow

Floats = npt.NDArray[np.float32]


class Reference(Protocol):
    """The original network; `name` says in which form."""

    @property
    def name(self) -> str:
        """For the card: which graph this is, and what runs it."""

    def initial_state(self) -> tuple[Floats, ...]:
        """Each state tensor [batch, size], in Magenta's order."""

    def run(self, rows: Floats, state: tuple[Floats, ...]) -> tuple[Floats, tuple[Floats, ...]]:
        """The softmax [T, classes] at temperature 1 and the final state, from rows [T, input_size] and a state."""


@dataclass(frozen=True)
class StoredReference:
    """A session with the graph in it; it lives as long as the `with` that opened it."""

    name: str
    session: Any
    collections: Collections

    def initial_state(self) -> tuple[Floats, ...]:
        """What the graph calls its initial state, each tensor [batch, size]."""
        return tuple(self.session.run(list(self.collections.initial_state)))

    def run(self, rows: Floats, state: tuple[Floats, ...]) -> tuple[Floats, tuple[Floats, ...]]:
        """The softmax [T, classes] at temperature 1 and the final state, from rows [T, input_size] and a state."""
        tensors = self.collections
        # The batch is baked into the bundle's placeholder: every row of it gets the same input.
        batch = state[0].shape[0]
        feed: dict[Any, Any] = {tensors.inputs: np.broadcast_to(rows, (batch, *rows.shape))}
        if tensors.temperature is not None:
            feed[tensors.temperature] = 1.0
        feed |= dict(zip(tensors.initial_state, state, strict=True))
        softmax, after = self.session.run([tensors.softmax, list(tensors.final_state)], feed)
        return softmax[0], tuple(after)


@contextlib.contextmanager
def open_reference(source: Source, architecture: Architecture) -> Iterator[Reference]:
    """The bundle's own graph; for a checkpoint, the same graph built anew around its weights.

    Where neither can be had, numpy stands in, and the reference's name says why.
    """
    tf = tensorflow()
    graph = tf.Graph()
    threads = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    # Neither graph nor session is made the default: the caller converts models meanwhile.
    with contextlib.closing(tf.compat.v1.Session(graph=graph, config=threads)) as session:
        yield _stored(session, source, architecture)


def _stored(session: Any, source: Source, architecture: Architecture) -> Reference:
    tf = tensorflow()
    if not source.graph and architecture.attention and architecture.attention.scope == "stack":
        return Restatement(
            "mathematics in numpy (no graph has attention over the stack)", architecture, source.variables
        )
    metagraph, checkpoint, name = _graph(source, architecture)
    try:
        collections = _restore(session, parse_metagraph(metagraph, source.origin.path), checkpoint)
        reference = StoredReference(f"{name}, TensorFlow {tf.__version__}", session, collections)
        reason = "" if _is_steady(reference, architecture.input_size) else "it answers differently each time"
    except graph_faults() as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
    if reason:
        name = f"mathematics in numpy (TensorFlow {tf.__version__} does not run the bundle's graph: {reason})"
        return Restatement(name, architecture, source.variables)
    return reference


def _is_steady(reference: StoredReference, input_size: int) -> bool:
    """Whether the graph gives the same answer twice, as one with dropout left in it would not.

    An operation without a kernel is also found out only by running it.
    """
    rows = np.ones((4, input_size), np.float32)
    first, second = (reference.run(rows, reference.initial_state())[0] for _ in range(2))
    return bool(np.array_equal(first, second, equal_nan=True))


def _restore(session: Any, metagraph: Any, checkpoint: bytes) -> Collections:
    tf = tensorflow()
    with tempfile.TemporaryDirectory() as folder, session.graph.as_default():
        blob = Path(folder, "model.ckpt")
        blob.write_bytes(checkpoint)
        tf.compat.v1.train.import_meta_graph(metagraph).restore(session, str(blob))
        return collections_of(session.graph)


def _graph(source: Source, architecture: Architecture) -> tuple[bytes, bytes, str]:
    if source.graph:
        return source.graph.metagraph, source.graph.checkpoint, "metagraph of the bundle"
    length = architecture.attention.length if architecture.attention else 0
    metagraph = metagraph_bytes(source.variables, length, architecture.input_size)
    return metagraph, v1_checkpoint_bytes(source.variables), "metagraph built for the checkpoint"
