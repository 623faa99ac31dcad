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
from converter.errors import SourceError
from converter.inference_graph import GraphForm, metagraph_bytes, v1_checkpoint_bytes
from converter.metagraph import Collections, collections_of, graph_faults, parse_metagraph
from converter.source import Source
from converter.tensorflow_library import tensorflow

Floats = npt.NDArray[np.float32]
_BIASES = 2  # the tensors of a NADE's state that are its biases, and come before the network's


class Reference(Protocol):
    """The original network; `name` says in which form."""

    @property
    def name(self) -> str:
        """For the card: which graph this is, and what runs it."""

    def initial_state(self) -> tuple[Floats, ...]:
        """Each state tensor [batch, size], in Magenta's order."""

    def run(self, rows: Floats, state: tuple[Floats, ...]) -> tuple[Floats, tuple[Floats, ...]]:
        """The answers [T, classes] and the final state, from rows [T, input_size] and a state.

        Answers are softmaxes at temperature 1, several side by side, or a NADE's biases.
        """


@dataclass(frozen=True)
class StoredReference:
    """A session with the graph in it; it lives as long as the `with` that opened it."""

    name: str
    session: Any
    collections: Collections

    def initial_state(self) -> tuple[Floats, ...]:
        """What the graph calls its initial state, each tensor [batch, size]."""
        return tuple(self.session.run(list(self.collections.initial_state[self._biases :])))

    def run(self, rows: Floats, state: tuple[Floats, ...]) -> tuple[Floats, tuple[Floats, ...]]:
        """The answers [T, classes] and the final state, from rows [T, input_size] and a state."""
        tensors = self.collections
        if tensors.inputs.shape[-1] == 1 < rows.shape[1]:  # a graph that is fed an event's number
            rows = rows.argmax(axis=1)[:, None].astype(np.float32)
        # The batch is baked into the bundle's placeholder: every row of it gets the same input.
        batch = state[0].shape[0]
        feed: dict[Any, Any] = {tensors.inputs: np.broadcast_to(rows, (batch, *rows.shape))}
        if tensors.temperature is not None:
            feed[tensors.temperature] = 1.0
        feed |= dict(zip(tensors.initial_state[self._biases :], state, strict=True))
        softmaxes, after = self.session.run([list(tensors.softmax), list(tensors.final_state)], feed)
        answers = [part[: len(rows)] for part in after[:_BIASES]] if self._biases else [part[0] for part in softmaxes]
        return np.concatenate(answers, axis=-1), tuple(after[self._biases :])

    @property
    def _biases(self) -> int:
        return 0 if self.collections.softmax else _BIASES


@contextlib.contextmanager
def open_reference(source: Source, architecture: Architecture) -> Iterator[Reference]:
    """The bundle's own graph; for other sources, and where that graph cannot be run, one built anew around the weights.

    The reference's name says which, and why.

    Raises:
        SourceError: neither can be run.

    """
    with contextlib.ExitStack() as stack:
        reason = "no bundle"
        if source.graph:
            session = stack.enter_context(_session())
            name = "metagraph of the bundle"
            try:
                reference = _restored(session, source, source.graph.metagraph, source.graph.checkpoint, name)
                reason = "" if _is_steady(reference, architecture.input_size) else "it answers differently each time"
            except graph_faults() as error:
                reason = (str(error) or type(error).__name__).splitlines()[0]
        if reason:
            why = f"; TensorFlow does not run the bundle's graph: {reason}" if source.graph else ""
            reference = _rebuilt(stack.enter_context(_session()), source, architecture, why)
        yield reference


@contextlib.contextmanager
def _session() -> Iterator[Any]:
    """A session on one thread; neither it nor its graph is made the default: the caller converts models meanwhile."""
    tf = tensorflow()
    threads = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    with contextlib.closing(tf.compat.v1.Session(graph=tf.Graph(), config=threads)) as session:
        yield session


def _rebuilt(session: Any, source: Source, architecture: Architecture, why: str) -> StoredReference:
    length = architecture.attention.length if architecture.attention else 0
    form = GraphForm() if architecture.config.is_nade else GraphForm(softmaxes=architecture.outputs)
    metagraph = metagraph_bytes(source.variables, length, architecture.input_size, form)
    name, checkpoint = "metagraph built for its weights", v1_checkpoint_bytes(source.variables)
    try:
        return _restored(session, source, metagraph, checkpoint, name, why)
    except graph_faults() as error:
        raise SourceError(f"{source.origin.path}: TensorFlow runs no graph of it ({error}).") from error


def _is_steady(reference: StoredReference, input_size: int) -> bool:
    """Whether the graph gives the same answer twice, as one with dropout left in it would not.

    An operation without a kernel is also found out only by running it.
    """
    rows = np.ones((4, input_size), np.float32)
    first, second = (reference.run(rows, reference.initial_state())[0] for _ in range(2))
    return bool(np.array_equal(first, second, equal_nan=True))


def _restored(
    session: Any, source: Source, metagraph: bytes, checkpoint: bytes, name: str, why: str = ""
) -> StoredReference:
    tf = tensorflow()
    message = parse_metagraph(metagraph, source.origin.path)
    with tempfile.TemporaryDirectory() as folder, session.graph.as_default():
        blob = Path(folder, "model.ckpt")
        blob.write_bytes(checkpoint)
        tf.compat.v1.train.import_meta_graph(message).restore(session, str(blob))
        collections = collections_of(session.graph)
    return StoredReference(f"{name}, TensorFlow {tf.__version__}{why}", session, collections)
