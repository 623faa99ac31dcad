"""Three faults of Magenta's pianoroll_rnn_nade are none of ours: what is drawn follows from all that was heard."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from appliance.answer.nade import Nade
from appliance.answer.pianoroll_encoding import Frame, PianorollEncoding
from converter.architecture import recognise
from converter.reference import open_reference
from converter.source import Origin, Source
from converter.stepper import Stepper
from converter.tflite import flatbuffer
from tests.answer.pitched import card
from tests.converter.every_rnn import EVERY_RNN, random_weights, shapes_of
from tests.converter.material import needs_tensorflow

pytestmark = needs_tensorflow
HIDDEN = 9
WEIGHTS = random_weights(shapes_of(next(rnn for rnn in EVERY_RNN if rnn.name == "rnn-nade"), (12,), nade=HIDDEN), 5)
SOURCE = Source(Origin(Path("some"), "0", "checkpoint"), WEIGHTS, None)
ENCODING = PianorollEncoding(card("pianoroll", 88, 88 + HIDDEN, lowest_pitch=21, highest_pitch=108, nade_hidden=HIDDEN))
NADE = Nade(WEIGHTS["nade/w_enc"][:, 0], WEIGHTS["nade/w_dec_t"][:, :, 0])
PRIMER: list[Frame] = [(60, 64, 67), (), (60,), (59, 62, 67)]


@pytest.fixture(scope="module")
def stepper() -> Stepper:
    return Stepper(flatbuffer(recognise(SOURCE), WEIGHTS, "none"))


def behind(stepper: Stepper, frames: list[Frame]) -> npt.NDArray[np.float32]:
    """The biases for the frame that follows."""
    state, biases = stepper.initial_state(), np.zeros(0, np.float32)
    for frame in frames:
        biases, state = stepper.step(ENCODING.inputs([frame]), state)
    return biases


def drawn(biases: npt.NDArray[np.float32]) -> int:
    return NADE.draw(biases, 0, np.random.default_rng(1).random).label


def test_the_first_frame_is_drawn_from_what_the_original_graph_says_behind_the_whole_primer(stepper: Stepper) -> None:
    rows = np.array([ENCODING.inputs([frame]) for frame in PRIMER])
    with open_reference(SOURCE, recognise(SOURCE)) as reference:
        answers, _ = reference.run(rows, reference.initial_state())
    np.testing.assert_allclose(behind(stepper, PRIMER), answers[-1], atol=1e-5)


def test_the_first_frame_depends_on_the_primer_and_on_its_end(stepper: Stepper) -> None:
    begun_otherwise, ended_otherwise = [(70,), *PRIMER[1:]], [*PRIMER[:-1], (70,)]
    likelihoods = set()
    for frames in (PRIMER, begun_otherwise, ended_otherwise):
        likelihoods.add(NADE.draw(behind(stepper, frames), 0, np.random.default_rng(1).random).log_likelihood)
    assert len(likelihoods) == 3
    assert drawn(behind(stepper, PRIMER)) != drawn(behind(stepper, ended_otherwise))


def test_a_frame_knows_the_one_before_it(stepper: Stepper) -> None:
    first = ENCODING.event(drawn(behind(stepper, PRIMER)), PRIMER)
    second = drawn(behind(stepper, [*PRIMER, first]))
    assert second != drawn(behind(stepper, [*PRIMER, (21,)]))


def test_the_graph_of_magentas_day_has_the_first_of_the_faults(tmp_path: Path) -> None:
    """Its sample is of the state that comes in: before the first step that is zero, whatever the primer."""
    from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
    from converter.tensorflow_library import tensorflow

    tf = tensorflow()
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
        message = tf.compat.v1.MetaGraphDef.FromString(metagraph_bytes(WEIGHTS, 0, 88))
        saver = tf.compat.v1.train.import_meta_graph(message)
        (tmp_path / "model.ckpt").write_bytes(v1_checkpoint_bytes(WEIGHTS))
        saver.restore(session, str(tmp_path / "model.ckpt"))
        [sample] = graph.get_collection("sample")
        [frame] = session.run(sample)
    label = sum(1 << note for note, struck in enumerate(frame) if struck)
    assert label == drawn(np.zeros(HIDDEN + 88, np.float32))
