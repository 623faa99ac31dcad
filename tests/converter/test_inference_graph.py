"""The generating graph answers as the mathematics says, from a checkpoint and a graph alone."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.tensorflow_library import tensorflow

CELLS = "rnn/multi_rnn_cell"
WRAPPER = f"{CELLS}/cell_0/attention_cell_wrapper"
Arrays = Mapping[str, npt.NDArray[np.floating]]


def network(attention: bool) -> dict[str, npt.NDArray[np.float32]]:
    """Two layers of 3 and 4 units over 5 inputs and 6 classes, weights drawn with a seed."""
    first = f"{WRAPPER}/basic_lstm_cell" if attention else f"{CELLS}/cell_0/basic_lstm_cell"
    shapes: dict[str, tuple[int, ...]] = {
        f"{first}/kernel": (8, 12),
        f"{first}/bias": (12,),
        f"{CELLS}/cell_1/basic_lstm_cell/kernel": (7, 16),
        f"{CELLS}/cell_1/basic_lstm_cell/bias": (16,),
        "fully_connected/weights": (4, 6),
        "fully_connected/biases": (6,),
    }
    if attention:
        shapes |= {
            f"{WRAPPER}/kernel": (8, 5),
            f"{WRAPPER}/bias": (5,),
            f"{WRAPPER}/attention/kernel": (6, 3),
            f"{WRAPPER}/attention/bias": (3,),
            f"{WRAPPER}/attention/attn_w": (1, 1, 3, 3),
            f"{WRAPPER}/attention/attn_v": (3,),
            f"{WRAPPER}/attn_output_projection/kernel": (6, 3),
            f"{WRAPPER}/attn_output_projection/bias": (3,),
        }
    chance = np.random.default_rng(7)
    return {name: chance.normal(0, 1, shape).astype(np.float32) for name, shape in shapes.items()}


def sigmoid(x: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    return np.asarray(1 / (1 + np.exp(-x)))


def lstm(v: Arrays, scope: str, x: npt.NDArray[np.floating], state: list[npt.NDArray[np.floating]]) -> None:
    i, j, f, o = np.split(np.concatenate([x, state[1]]) @ v[f"{scope}/kernel"] + v[f"{scope}/bias"], 4)
    state[0] = state[0] * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
    state[1] = np.tanh(state[0]) * sigmoid(o)


def expected(v: Arrays, rows: npt.NDArray[np.float32], length: int, temperature: float) -> npt.NDArray[np.float64]:
    """The same network written out in numpy, from the equations of the papers."""
    first: list[npt.NDArray[np.floating]] = [np.zeros(3), np.zeros(3)]
    second: list[npt.NDArray[np.floating]] = [np.zeros(4), np.zeros(4)]
    attns: npt.NDArray[np.floating] = np.zeros(3)
    memory: npt.NDArray[np.floating] = np.zeros((length, 3))
    given = []
    for row in rows.astype(np.float64):
        if length:
            x = np.concatenate([row, attns]) @ v[f"{WRAPPER}/kernel"] + v[f"{WRAPPER}/bias"]
            lstm(v, f"{WRAPPER}/basic_lstm_cell", x, first)
            query = np.concatenate(first) @ v[f"{WRAPPER}/attention/kernel"] + v[f"{WRAPPER}/attention/bias"]
            scores = np.tanh(memory @ v[f"{WRAPPER}/attention/attn_w"][0, 0] + query)
            weights = np.exp(scores @ v[f"{WRAPPER}/attention/attn_v"])
            attns = weights / weights.sum() @ memory
            projection = f"{WRAPPER}/attn_output_projection"
            below = np.concatenate([first[1], attns]) @ v[f"{projection}/kernel"] + v[f"{projection}/bias"]
            memory = np.vstack([memory[1:], below])
        else:
            lstm(v, f"{CELLS}/cell_0/basic_lstm_cell", row, first)
            below = first[1]
        lstm(v, f"{CELLS}/cell_1/basic_lstm_cell", below, second)
        logits = (second[1] @ v["fully_connected/weights"] + v["fully_connected/biases"]) / temperature
        given.append(np.exp(logits) / np.exp(logits).sum())
    return np.array(given)


def run(
    v: Arrays, length: int, rows: npt.NDArray[np.float32], cuts: list[int], folder: Path
) -> npt.NDArray[np.float32]:
    """The softmax rows of the stored graph, fed in pieces with the state handed on, at temperature 0.8."""
    tf = tensorflow()
    (folder / "model.ckpt").write_bytes(v1_checkpoint_bytes(v))
    message = tf.compat.v1.MetaGraphDef.FromString(metagraph_bytes(v, length, rows.shape[1]))
    given = []
    with tf.Graph().as_default() as graph, tf.compat.v1.Session() as session:
        saver = tf.compat.v1.train.import_meta_graph(message)
        saver.restore(session, str(folder / "model.ckpt"))
        [inputs], [softmax] = graph.get_collection("inputs"), graph.get_collection("softmax")
        [temperature] = graph.get_collection("temperature")
        initial, final = graph.get_collection("initial_state"), graph.get_collection("final_state")
        state = session.run(initial)
        for piece in np.split(rows, cuts):
            fed: Mapping[object, object] = dict(zip(initial, state, strict=True))
            answer, state = session.run([softmax, final], {inputs: piece[None], temperature: 0.8, **fed})
            given.append(answer[0])
    return np.concatenate(given)


@pytest.mark.parametrize("length", [0, 4])
def test_the_graph_computes_what_the_equations_say(length: int, tmp_path: Path) -> None:
    v = network(length > 0)
    rows = np.random.default_rng(3).normal(0, 1, (11, 5)).astype(np.float32)
    given = run(v, length, rows, [3, 4], tmp_path)
    assert np.abs(given - expected(v, rows, length, 0.8)).max() < 1e-5


def test_the_graph_has_magentas_collections_and_a_v1_saver() -> None:
    tf = tensorflow()
    message = tf.compat.v1.MetaGraphDef.FromString(metagraph_bytes(network(True), 4, 5))
    with tf.Graph().as_default() as graph:
        tf.compat.v1.train.import_meta_graph(message)
        shapes = {
            name: [tensor.shape.as_list() for tensor in graph.get_collection(name)]
            for name in ("inputs", "temperature", "softmax", "initial_state", "final_state")
        }
    assert shapes["inputs"] == [[1, None, 5]]
    assert shapes["temperature"] == [[]]
    assert shapes["softmax"] == [[1, None, 6]]
    assert shapes["initial_state"] == [[1, 3], [1, 3], [1, 3], [1, 12], [1, 4], [1, 4]]
    assert shapes["final_state"] == shapes["initial_state"]
    assert message.saver_def.version == tf.compat.v1.train.SaverDef.V1


# What a graph of today is most likely to bring in unseen; TensorFlow 1 before 1.14 lacks most of it.
YOUNG = {"AddV2", "While", "StatelessWhile", "VarHandleOp", "BatchMatMulV2", "TensorListReserve", "PartitionedCall"}


@pytest.mark.parametrize("length", [0, 4])
def test_the_graph_holds_no_operation_an_old_tensorflow_lacks(length: int) -> None:
    message = tensorflow().compat.v1.MetaGraphDef.FromString(metagraph_bytes(network(length > 0), length, 5))
    assert not {node.op for node in message.graph_def.node} & YOUNG
    assert not message.graph_def.library.function


def test_the_same_variables_give_the_same_bytes() -> None:
    v = network(True)
    assert metagraph_bytes(v, 4, 5) == metagraph_bytes(v, 4, 5)
    assert v1_checkpoint_bytes(v) == v1_checkpoint_bytes(v)
