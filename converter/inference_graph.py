"""The generating graph of a drums_rnn bundle: a TensorFlow 1 graph that Magenta imports and runs.

Built of plain operations, because tf.compat.v1.nn.rnn_cell is gone from TensorFlow 2.16 and later, and only of such
operations and control flow as TensorFlow 1 wrote, so that Magenta's own programs load it: TensorFlow 1.15.5 and 2.15.1
with Magenta 2.1.4 were seen to (tests/converter/magenta_loads.py). TensorFlow 1.2 imports the graph, but not its saver.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.tensorflow_library import tensorflow

Variables = Mapping[str, npt.NDArray[np.float32]]

FORGET_BIAS = 1.0  # added while running, not stored (tf.contrib.rnn.BasicLSTMCell's default)
WRAPPER = "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper"
_KERNEL = re.compile(r"^rnn/multi_rnn_cell/cell_(\d+)/(?:attention_cell_wrapper/)?basic_lstm_cell/kernel$")


@dataclass(frozen=True)
class _Network:
    """The variables of a graph under construction, and what their shapes say."""

    tensors: Mapping[str, Any]
    scopes: tuple[str, ...]
    sizes: tuple[int, ...]
    attention_length: int

    def dense(self, scope: str, parts: list[Any]) -> Any:
        """Parts [1, n] laid end to end, through `scope`'s kernel and bias."""
        tf = tensorflow()
        row = tf.concat(parts, 1) if len(parts) > 1 else parts[0]
        return tf.nn.bias_add(tf.matmul(row, self.tensors[f"{scope}/kernel"]), self.tensors[f"{scope}/bias"])


def metagraph_bytes(variables: Variables, attention_length: int, input_size: int) -> bytes:
    """The serialised MetaGraphDef that generates with these variables, with Magenta's collections.

    `attention_length` is 0 without attention. Sequences are fed one at a time ([1, None, input_size]) and the state
    tensors, each [1, size], go in Magenta's order: of each layer c, h, and of an attending layer 0 attns, attn_states.
    """
    tf = tensorflow()
    with _old_control_flow(), tf.Graph().as_default() as graph:
        network = _network(_declare(variables), attention_length)
        inputs = tf.compat.v1.placeholder(tf.float32, [1, None, input_size])
        temperature = tf.compat.v1.placeholder(tf.float32, [])
        initial = [tf.zeros([1, size]) for size in _state_sizes(network)]
        outputs, final = _unrolled(network, inputs[0], initial)
        softmax = _softmax(network, outputs, temperature)
        for name, tensor in (("inputs", inputs), ("temperature", temperature), ("softmax", softmax)):
            graph.add_to_collection(name, tensor)
        for name, state in (("initial_state", initial), ("final_state", final)):
            for tensor in state:
                graph.add_to_collection(name, tensor)
        exported = tf.compat.v1.train.export_meta_graph(
            graph=graph, saver_def=_saver().as_saver_def(), strip_default_attrs=True
        )
    content: bytes = exported.SerializeToString(deterministic=True)
    return content


def v1_checkpoint_bytes(variables: Variables) -> bytes:
    """The single-file TensorFlow V1 checkpoint of these variables, the form Magenta puts in bundles."""
    tf = tensorflow()
    with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, variable in _declare(variables).items():
            session.run(variable.initializer, {variable.initial_value: variables[name]})
        path = _saver().save(session, f"{folder}/model.ckpt", write_meta_graph=False, write_state=False)
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


def _declare(variables: Variables) -> dict[str, Any]:
    """A zero variable for each array, by reference as in TensorFlow 1."""
    v1 = tensorflow().compat.v1
    zeros = v1.zeros_initializer()
    return {
        name: v1.get_variable(name, array.shape, initializer=zeros, use_resource=False)
        for name, array in variables.items()
    }


def _network(tensors: Mapping[str, Any], attention_length: int) -> _Network:
    found = {int(match[1]): name for name in tensors if (match := _KERNEL.match(name))}
    scopes = tuple(found[layer].removesuffix("/kernel") for layer in sorted(found))
    sizes = tuple(int(tensors[f"{scope}/kernel"].shape[1]) // 4 for scope in scopes)
    return _Network(tensors, scopes, sizes, attention_length)


def _state_sizes(network: _Network) -> list[int]:
    sizes: list[int] = []
    for layer, units in enumerate(network.sizes):
        sizes += [units, units]
        if layer == 0 and network.attention_length:
            sizes += [units, units * network.attention_length]
    return sizes


def _unrolled(network: _Network, inputs: Any, initial: list[Any]) -> tuple[Any, list[Any]]:
    """The top layer's outputs [T, U] for inputs [T, input_size], and the state after the last step."""
    tf = tensorflow()
    steps = tf.shape(inputs)[0]
    fed = tf.TensorArray(tf.float32, steps).unstack(inputs)
    given = tf.TensorArray(tf.float32, steps)

    def step(index: Any, outputs: Any, *state: Any) -> tuple[Any, ...]:
        row, after = _step(network, tf.reshape(fed.read(index), [1, -1]), list(state))
        # Add, because the AddV2 that "+" gives came with TensorFlow 1.13.
        return tf.raw_ops.Add(x=index, y=1), outputs.write(index, row), *after

    _, outputs, *final = tf.compat.v1.while_loop(lambda index, *_: tf.less(index, steps), step, [0, given, *initial])
    return tf.reshape(outputs.stack(), [-1, network.sizes[-1]]), final


def _step(network: _Network, row: Any, state: list[Any]) -> tuple[Any, list[Any]]:
    """One row [1, input_size] through all layers: the top output [1, U] and the state after it."""
    after: list[Any] = []
    for layer, scope in enumerate(network.scopes):
        if layer == 0 and network.attention_length:
            row, first = _attending(network, row, state[:4])
            after += first
        else:
            c, h = _lstm(network, scope, row, state[len(after) : len(after) + 2])
            row, after = h, [*after, c, h]
    return row, after


def _lstm(network: _Network, scope: str, row: Any, state: list[Any]) -> tuple[Any, Any]:
    """New c and h; gates in the order of BasicLSTMCell: input, candidate, forget, output."""
    tf = tensorflow()
    c, h = state
    i, j, f, o = tf.split(network.dense(scope, [row, h]), 4, 1)
    forget = tf.sigmoid(tf.raw_ops.Add(x=f, y=FORGET_BIAS))
    c = tf.raw_ops.Add(x=tf.multiply(c, forget), y=tf.multiply(tf.sigmoid(i), tf.tanh(j)))
    return c, tf.multiply(tf.tanh(c), tf.sigmoid(o))


def _attending(network: _Network, row: Any, state: list[Any]) -> tuple[Any, list[Any]]:
    """Layer 0 inside tf.contrib.rnn.AttentionCellWrapper: its projected output, and c, h, attns, attn_states."""
    tf = tensorflow()
    c, h, attns, attn_states = state
    c, h = _lstm(network, f"{WRAPPER}/basic_lstm_cell", network.dense(WRAPPER, [row, attns]), [c, h])
    memory = tf.reshape(attn_states, [network.attention_length, network.sizes[0]])
    attns = _attended(network, memory, [c, h])
    row = network.dense(f"{WRAPPER}/attn_output_projection", [h, attns])
    kept = tf.reshape(tf.concat([memory[1:], row], 0), [1, -1])
    return row, [c, h, attns, kept]


def _attended(network: _Network, memory: Any, query: list[Any]) -> Any:
    """What the query finds in the memory [L, U]: its rows [1, U], weighted by likeness (Bahdanau's additive form)."""
    tf = tensorflow()
    units = network.sizes[0]
    keys = tf.matmul(memory, tf.reshape(network.tensors[f"{WRAPPER}/attention/attn_w"], [units, units]))
    sought = tf.raw_ops.Add(x=keys, y=network.dense(f"{WRAPPER}/attention", query))
    scores = tf.reduce_sum(tf.multiply(network.tensors[f"{WRAPPER}/attention/attn_v"], tf.tanh(sought)), [1])
    return tf.matmul(tf.reshape(tf.nn.softmax(scores), [1, -1]), memory)


def _softmax(network: _Network, outputs: Any, temperature: Any) -> Any:
    tf = tensorflow()
    weights, biases = network.tensors["fully_connected/weights"], network.tensors["fully_connected/biases"]
    logits = tf.nn.bias_add(tf.matmul(outputs, weights), biases)
    return tf.reshape(tf.nn.softmax(tf.divide(logits, temperature)), [1, -1, int(biases.shape[0])])
