"""What is trained is what the bundle's graph plays, and the gradient written by hand is the true one."""

from pathlib import Path

import numpy as np
import pytest

from converter.drum_kit import DRUM_KIT, ONE_DRUM, Encoding
from converter.encoded import Code, Encoded, lay
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.keras_library import ops
from converter.lesson_material import codes
from converter.lstm_layer import cell, lstm
from converter.material import drum_code, encoded_drums
from converter.network import NetworkShape, drum_features, first_weights, magenta_variables, trained_weights
from converter.pupil import Pupil, batch
from converter.tensorflow_library import tensorflow

TWO_DRUMS = drum_code(Encoding(((36,), (38,)), 3))
KEYED = Code((), 7, 5)
LOOKING_BACK = Code((4, 4), 3, 6)
CODES = [TWO_DRUMS, drum_code(ONE_DRUM), KEYED, LOOKING_BACK]


def stirred(shape: NetworkShape, seed: int = 5) -> dict[str, np.ndarray]:
    """Weights of which none is zero."""
    chance = np.random.default_rng(seed)
    drawn = first_weights(shape, chance)
    return {name: array + chance.normal(0, 0.3, array.shape).astype(np.float32) for name, array in drawn.items()}


def piece_of(code: Code, steps: int, seed: int = 5) -> Encoded:
    chance = np.random.default_rng(seed)
    starts = [sum(code.hot[:part]) for part in range(len(code.hot))]
    hot = np.array([[chance.integers(width) + start for width, start in zip(code.hot, starts, strict=True)]] * steps)
    rest = chance.normal(size=(steps, code.rest)).astype(np.float32)
    targets = chance.integers(0, code.classes, steps)
    return Encoded(hot.reshape(steps, len(code.hot)).astype(np.int32), rest, targets.astype(np.int32))


def foretold(shape: NetworkShape, weights: dict[str, np.ndarray], pieces: list[Encoded]) -> np.ndarray:
    """The logits [T, classes] of pieces that follow one another on one lane."""
    pupil = Pupil(shape, weights, 1, None, 0)
    given, _, _ = batch(lay(pieces, 1, sum(map(len, pieces))))
    return np.asarray(ops.convert_to_numpy(pupil(given)))[0]


def test_features_name_the_drums_of_a_label_and_their_pairs() -> None:
    assert drum_features(TWO_DRUMS).tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1]]
    assert drum_features(drum_code(DRUM_KIT)).shape == (512, 9 + 36)
    assert drum_features(drum_code(ONE_DRUM)).tolist() == [[0], [1]]
    assert drum_features(KEYED).shape == (5, 0)


@pytest.mark.parametrize(
    ("config", "sizes", "attention", "parameters"),
    [
        ("drum_kit", (256, 256, 256), 32, 2_705_706),
        ("one_drum", (128, 128), 0, 198_914),
        ("basic_rnn", (128, 128), 0, 221_990),
        ("mono_rnn", (128, 128), 0, 280_962),
        ("lookback_rnn", (128, 128), 0, 264_744),
        ("attention_rnn", (128, 128), 40, 338_006),
    ],
)
def test_networks_have_as_many_parameters_as_magentas_own_graph_builder_makes(
    config: str, sizes: tuple[int, ...], attention: int, parameters: int
) -> None:
    shape = NetworkShape(codes()[config], sizes, attention)
    variables = magenta_variables(shape, first_weights(shape, np.random.default_rng(0)))
    assert sum(array.size for array in variables.values()) == parameters


@pytest.mark.parametrize("attention", [0, 5])
@pytest.mark.parametrize("code", CODES)
def test_the_bundles_graph_plays_what_was_trained(code: Code, attention: int, tmp_path: Path) -> None:
    tf = tensorflow()
    shape, piece = NetworkShape(code, (6, 4), attention), piece_of(code, 12)
    weights = stirred(shape)
    logits = foretold(shape, weights, [piece])
    trained = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    variables = magenta_variables(shape, weights)
    (tmp_path / "model.ckpt").write_bytes(v1_checkpoint_bytes(variables))
    message = tf.compat.v1.MetaGraphDef.FromString(metagraph_bytes(variables, attention, code.input_size))
    with tf.Graph().as_default() as graph, tf.compat.v1.Session() as session:
        tf.compat.v1.train.import_meta_graph(message).restore(session, str(tmp_path / "model.ckpt"))
        [inputs], [softmax] = graph.get_collection("inputs"), graph.get_collection("softmax")
        fed = {inputs: piece.rows(code)[None], graph.get_collection("temperature")[0]: 1.0}
        played = session.run(softmax, fed)[0]
    assert np.abs(played - trained).max() < 1e-5


@pytest.mark.parametrize("attention", [0, 5])
@pytest.mark.parametrize("code", CODES)
def test_weights_read_back_from_magentas_variables_play_the_same(code: Code, attention: int) -> None:
    shape, piece = NetworkShape(code, (6, 4), attention), piece_of(code, 12)
    weights = stirred(shape)
    again = trained_weights(shape, magenta_variables(shape, weights))
    assert again.keys() == weights.keys()
    assert np.abs(foretold(shape, again, [piece]) - foretold(shape, weights, [piece])).max() < 1e-5


@pytest.mark.parametrize("attention", [0, 5])
def test_a_piece_is_heard_the_same_alone_and_after_another(attention: int) -> None:
    shape = NetworkShape(TWO_DRUMS, (6, 4), attention)
    weights, encoding = stirred(shape), Encoding(((36,), (38,)), 3)
    first, second = (
        encoded_drums(row.astype(np.int32), encoding) for row in np.random.default_rng(5).integers(0, 4, (2, 9))
    )
    together = foretold(shape, weights, [first, second])
    assert np.abs(together[8:] - foretold(shape, weights, [second])).max() < 1e-6


def test_memory_is_carried_from_window_to_window() -> None:
    shape, piece = NetworkShape(TWO_DRUMS, (6, 4)), piece_of(TWO_DRUMS, 12)
    weights = stirred(shape)
    pupil = Pupil(shape, weights, 1, None, 0)
    parts = [ops.convert_to_numpy(pupil(batch(window)[0]))[0] for window in lay([piece], 1, 4).windows(4)]
    assert np.abs(np.concatenate(parts) - foretold(shape, weights, [piece])).max() < 1e-6


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
