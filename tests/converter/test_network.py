"""What is trained is what the bundle's graph plays, and the gradient written by hand is the true one."""

from pathlib import Path

import numpy as np
import pytest

from converter.drum_kit import DRUM_KIT, ONE_DRUM, Encoding
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.lanes import lay
from converter.lstm_layer import cell, lstm
from converter.network import NetworkShape, Window, drum_features, first_weights, logits, magenta_variables
from converter.tensorflow_library import tensorflow

TWO_DRUMS = Encoding(((36,), (38,)), 3)


def test_features_name_the_drums_of_a_label_and_their_pairs() -> None:
    assert drum_features(TWO_DRUMS).tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1]]
    assert drum_features(DRUM_KIT).shape == (512, 9 + 36)
    assert drum_features(ONE_DRUM).tolist() == [[0], [1]]


def test_shapes_of_magentas_drum_kit() -> None:
    shape = NetworkShape(DRUM_KIT, (256, 256, 256), 32)
    variables = magenta_variables(shape, first_weights(shape, np.random.default_rng(0)))
    assert sum(array.size for array in variables.values()) == 2_705_706  # as Magenta's own graph builder makes it
    plain = NetworkShape(ONE_DRUM, (128, 128))
    variables = magenta_variables(plain, first_weights(plain, np.random.default_rng(0)))
    assert sum(array.size for array in variables.values()) == 198_914


@pytest.mark.parametrize("attention", [0, 5])
@pytest.mark.parametrize("encoding", [TWO_DRUMS, ONE_DRUM])
def test_the_bundles_graph_plays_what_was_trained(encoding: Encoding, attention: int, tmp_path: Path) -> None:
    tf = tensorflow()
    chance = np.random.default_rng(5)
    shape = NetworkShape(encoding, (6, 4), attention)
    weights = {
        name: array + chance.normal(0, 0.3, array.shape).astype(np.float32)
        for name, array in first_weights(shape, chance).items()
    }
    labels = chance.integers(0, encoding.classes, 12).astype(np.int32)
    trained = tf.nn.softmax(_logits(shape, weights, [labels])).numpy()
    variables = magenta_variables(shape, weights)
    (tmp_path / "model.ckpt").write_bytes(v1_checkpoint_bytes(variables))
    message = tf.compat.v1.MetaGraphDef.FromString(metagraph_bytes(variables, attention, encoding.input_size))
    with tf.Graph().as_default() as graph, tf.compat.v1.Session() as session:
        tf.compat.v1.train.import_meta_graph(message).restore(session, str(tmp_path / "model.ckpt"))
        [inputs], [softmax] = graph.get_collection("inputs"), graph.get_collection("softmax")
        fed = {inputs: encoding.inputs(labels)[None], graph.get_collection("temperature")[0]: 1.0}
        played = session.run(softmax, fed)[0]
    assert np.abs(played - trained).max() < 1e-5


@pytest.mark.parametrize("attention", [0, 5])
def test_a_piece_is_heard_the_same_alone_and_after_another(attention: int) -> None:
    chance = np.random.default_rng(5)
    shape = NetworkShape(TWO_DRUMS, (6, 4), attention)
    weights = first_weights(shape, chance)
    first, second = chance.integers(0, 4, (2, 9)).astype(np.int32)
    together = _logits(shape, weights, [first, second])
    assert np.abs(together[9:] - _logits(shape, weights, [second])).max() < 1e-6


def _logits(shape: NetworkShape, weights: dict[str, np.ndarray], pieces: list[np.ndarray]) -> np.ndarray:
    tf = tensorflow()
    laid = lay(pieces, 1, sum(map(len, pieces)))
    counter = shape.encoding.counter(laid.positions[:, 0])[:, None]
    window = Window(laid.labels, tf.constant(counter), tf.constant(laid.carried[..., None]), laid.targets, laid.weights)
    tensors = {name: tf.constant(array) for name, array in weights.items()}
    given, _ = logits(shape, tensors, window, [tf.zeros([1, size]) for size in shape.state_sizes()], None)
    return np.asarray(given)


def test_the_written_gradient_is_the_one_tensorflow_finds() -> None:
    tf = tensorflow()
    chance = np.random.default_rng(2)
    sizes = {"entering": (7, 3, 16), "kernel": (4, 16), "c": (3, 4), "h": (3, 4)}
    given = {name: tf.constant(chance.normal(0, 1, size), tf.float32) for name, size in sizes.items()}
    carried = tf.constant(chance.integers(0, 2, (7, 3, 1)), tf.float32)
    asked = tf.constant(chance.normal(0, 1, (9, 3, 4)), tf.float32)

    def plain(entering: object, kernel: object, c: object, h: object) -> object:
        outputs = []
        for step in range(7):
            c, h = cell(entering[step] + (h * carried[step]) @ kernel, c * carried[step])  # type: ignore[index, operator]
            outputs.append(h)
        return tf.stack([*outputs, c, h])

    def written(entering: object, kernel: object, c: object, h: object) -> object:
        outputs, c, h = lstm(entering, kernel, carried, c, h)
        return tf.concat([outputs, c[None], h[None]], 0)

    gradients = []
    for layer in (plain, written):
        with tf.GradientTape() as tape:
            tape.watch(given)
            total = tf.reduce_sum(layer(*given.values()) * asked)
        gradients.append(tape.gradient(total, given))
    for name in sizes:
        assert np.abs(gradients[0][name] - gradients[1][name]).max() < 1e-4, name
