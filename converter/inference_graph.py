"""The generating graph of a bundle: a TensorFlow 1 graph that Magenta imports and runs.

Built of plain operations, because tf.compat.v1.nn.rnn_cell is gone from TensorFlow 2.16 and later, and only of such
operations and control flow as TensorFlow 1 wrote, so that Magenta's own programs load it: TensorFlow 1.15.5 and 2.15.1
with Magenta 2.1.4 were seen to (tests/converter/magenta_loads.py). TensorFlow 1.2 imports the graph, but not its saver.
"""

import errno
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.graph_answers import logits_of, nade_sample, softmaxes_of
from converter.graph_network import FORGET_BIAS, WRAPPER, GraphNetwork, network_of
from converter.tensorflow_library import tensorflow

__all__ = ["FORGET_BIAS", "WRAPPER", "GraphForm", "Variables", "metagraph_bytes", "v1_checkpoint_bytes"]

Variables = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class GraphForm:
    """How graphs of Magenta's differ that have the same network.

    `softmaxes`: the sizes of several side by side in the logits; empty for one. `indexed`: an event is fed as its
    number (performance_with_dynamics_compact). `spelled`: what a variable is called in the checkpoint, given its modern
    name. `joined_state`: the state is one tensor, as until 2017-05-16. `temperature`: whether it is a placeholder.
    """

    softmaxes: tuple[int, ...] = ()
    indexed: bool = False
    spelled: Callable[[str], str] = str
    joined_state: bool = False
    temperature: bool = True


def metagraph_bytes(
    variables: Variables, attention_length: int, input_size: int, form: GraphForm | None = None
) -> bytes:
    """The serialised MetaGraphDef that generates with these variables (modern names), with Magenta's collections.

    `attention_length` is 0 without attention. Sequences are fed one at a time ([1, None, input_size]) and the state
    tensors, each [1, size], go in Magenta's order: of each layer c, h, and of an attending layer 0 attns, attn_states.
    """
    tf = tensorflow()
    form = form or GraphForm()
    with _old_control_flow(), tf.Graph().as_default() as graph:
        network = network_of(_declare(variables, form.spelled), attention_length)
        inputs = tf.compat.v1.placeholder(tf.float32, [1, None, 1 if form.indexed else input_size])
        rows = tf.one_hot(tf.cast(inputs[0, :, 0], tf.int64), input_size) if form.indexed else inputs[0]
        temperature = tf.compat.v1.placeholder(tf.float32, []) if form.temperature else tf.constant(1.0)
        sizes = network.state_sizes()
        # Until 2017-05-16 the cells themselves kept their state in one tensor.
        held = [tf.zeros([1, sum(sizes)])] if form.joined_state else [tf.zeros([1, size]) for size in sizes]
        outputs, final = _unrolled(network, rows, tf.split(held[0], sizes, 1) if form.joined_state else held)
        collected = _answers(network, logits_of(network.tensors, outputs), temperature, form)
        collected |= {"inputs": [inputs]} | ({"temperature": [temperature]} if form.temperature else {})
        collected["initial_state"] = [*collected.get("initial_state", []), *held]
        collected["final_state"] = [
            *collected.get("final_state", []),
            *([tf.concat(final, 1)] if form.joined_state else final),
        ]
        for name, tensors in collected.items():
            for tensor in tensors:
                graph.add_to_collection(name, tensor)
        exported = tf.compat.v1.train.export_meta_graph(
            graph=graph, saver_def=_saver().as_saver_def(), strip_default_attrs=True
        )
    content: bytes = exported.SerializeToString(deterministic=True)
    return content


def v1_checkpoint_bytes(variables: Variables) -> bytes:
    """The single-file TensorFlow V1 checkpoint of these variables, the form Magenta puts in bundles.

    Raises:
        OSError: the folder of temporary files has no room; TensorFlow writes files alone.

    """
    tf = tensorflow()
    with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, variable in _declare(variables).items():
            session.run(variable.initializer, {variable.initial_value: variables[name]})
        try:
            path = _saver().save(session, f"{folder}/model.ckpt", write_meta_graph=False, write_state=False)
        except tf.errors.OpError as error:
            raise OSError(errno.ENOSPC, "no room for TensorFlow's temporary files", folder) from error
        return Path(path).read_bytes()


@contextmanager
def _old_control_flow() -> Iterator[None]:
    """While loops as TensorFlow 1 wrote them: enter, switch and exit nodes rather than functions."""
    tf = tensorflow()
    functions = tf.compat.v1.control_flow_v2_enabled()
    tf.compat.v1.disable_control_flow_v2()
    try:
        yield
    finally:
        if functions:
            tf.compat.v1.enable_control_flow_v2()


def _saver() -> Any:
    train = tensorflow().compat.v1.train
    return train.Saver(write_version=train.SaverDef.V1, sharded=False)


def _declare(variables: Variables, spelled: Callable[[str], str] = str) -> dict[str, Any]:
    """A zero variable for each array, by reference as in TensorFlow 1, under the key of its array."""
    v1 = tensorflow().compat.v1
    zeros = v1.zeros_initializer()
    return {
        name: v1.get_variable(spelled(name), array.shape, initializer=zeros, use_resource=False)
        for name, array in variables.items()
    }


def _answers(network: GraphNetwork, logits: Any, temperature: Any, form: GraphForm) -> dict[str, list[Any]]:
    """The collections of what is answered; a NADE's biases stand first in its state."""
    if "nade/w_enc" not in network.tensors:
        softmaxes = softmaxes_of(logits, form.softmaxes or (int(logits.shape[-1]),), temperature)
        return {"softmax": softmaxes}
    tf = tensorflow()
    notes, _, hidden = (int(size) for size in network.tensors["nade/w_enc"].shape)
    before = [tf.zeros([1, hidden]), tf.zeros([1, notes])]
    sample, likelihood = nade_sample(network.tensors, *before)
    after = tf.split(logits, [hidden, notes], 1)
    return {"sample": [sample], "log_prob": [likelihood], "initial_state": before, "final_state": after}


def _unrolled(network: GraphNetwork, inputs: Any, initial: list[Any]) -> tuple[Any, list[Any]]:
    """The top layer's outputs [T, U] for inputs [T, input_size], and the state after the last step."""
    tf = tensorflow()
    steps = tf.shape(inputs)[0]
    fed = tf.TensorArray(tf.float32, steps).unstack(inputs)
    given = tf.TensorArray(tf.float32, steps)

    def step(index: Any, outputs: Any, *state: Any) -> tuple[Any, ...]:
        row, after = network.step(tf.reshape(fed.read(index), [1, -1]), list(state))
        # Add, because the AddV2 that "+" gives came with TensorFlow 1.13.
        return tf.raw_ops.Add(x=index, y=1), outputs.write(index, row), *after

    _, outputs, *final = tf.compat.v1.while_loop(lambda index, *_: tf.less(index, steps), step, [0, given, *initial])
    return tf.reshape(outputs.stack(), [-1, network.sizes[-1]]), final
