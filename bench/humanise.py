"""Time and memory of humanising a two-bar answer, in TFLite and in a TensorFlow session of the same weights.

`python -m bench.humanise`: a groovae_2bar_humanize of the published layer sizes, with weights of chance: neither time
nor memory depends on what they are. The CPU time of all threads stands beside the clock's, which other programs share.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.answer.answering import Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.drivers.model_file import find_model
from appliance.drivers.tflite import TfliteModel
from appliance.drivers.tflite_autoencoder import TfliteAutoencoder
from appliance.groove.autoencoder import Autoencoder
from appliance.groove.cell import cell_of
from appliance.groove.ears import Ears
from appliance.groove.humanised import Humanised
from appliance.groove.pattern import DRUMS, DrumClasses
from appliance.groove.source import Echoed, by_step
from appliance.notation.drum_track import DrumTrack, Note
from bench.model_step import SESSION
from bench.report import Row, options, percentiles, publish

STEPS = 32
CONFIG = "groovae_2bar_humanize"
BUDGET_MS, BUDGET_MB = 8.0, 140.0
_RNN = "drum_kit_rnn"


def beat() -> DrumTrack:
    """Two bars of rock: 24 strokes."""
    notes = [Note(step, 42, 100) for step in range(0, STEPS, 2)]
    notes += [Note(step, 36 if step % 8 == 0 else 38, 100) for step in range(0, STEPS, 4)]
    return DrumTrack(tuple(sorted(notes)), STEPS)


def humanised_by(autoencoder: Autoencoder) -> Callable[[], None]:
    """The appliance's way, all of it: notes in, notes out."""
    cell, classes = cell_of(16), DrumClasses(autoencoder.card.drum_map)
    question = Question(0, beat(), STEPS, SamplingSettings(1.0, 0, way=Way.HUMANISE))

    def answer() -> None:
        source = Humanised(Echoed(question), question, Ears(None, classes, cell), autoencoder, cell)
        source.ask(STEPS)
        made = 0
        while made < STEPS:
            made += len(source.take())

    return answer


def measured(act: Callable[[], object], times: int) -> tuple[list[float], list[float]]:
    """Seconds of each of so many acts, by the clock and of all processors, after some to warm up."""
    for _ in range(2):
        act()
    seconds, computing = [], []
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        act()
        seconds.append(time.perf_counter() - began)
        computing.append(time.process_time() - busy)
    return seconds, computing


def session_act(variables: dict[str, npt.NDArray[np.float32]]) -> tuple[Callable[[], object], Any]:
    """Magenta's way: one run to encode and one to decode, each a loop over the steps, of the same cells as its own."""
    from converter.drum_kit import DRUM_MAP_2019
    from converter.tensorflow_library import tensorflow

    tf = tensorflow()
    graph = tf.Graph()
    with graph.as_default():
        tensors = {name: tf.constant(value) for name, value in variables.items()}
        inputs, hits = (tf.compat.v1.placeholder(tf.float32, [STEPS, width]) for width in (3 * DRUMS, DRUMS))
        ends = [_read(tf, tensors, inputs, "fw"), _read(tf, tensors, tf.reverse(inputs, [0]), "bw")]
        embedding = tf.concat(ends, 1)
        mu = tf.matmul(embedding, tensors["encoder/mu/kernel"]) + tensors["encoder/mu/bias"]
        z = tf.compat.v1.placeholder(tf.float32, mu.shape)
        felt = _decode(tf, tensors, z, hits)
    threads = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    session = tf.compat.v1.Session(graph=graph, config=threads)
    groove = DrumClasses(DRUM_MAP_2019).steps(by_step(beat().notes), STEPS)
    heard = groove.copy()
    heard[:, DRUMS:] = 0

    def answer() -> object:
        place = session.run(mu, {inputs: heard})
        return session.run(felt, {z: place, hits: groove[:, :DRUMS]})

    return answer, session


def _cell(tf: Any, tensors: dict[str, Any], scope: str, x: Any, state: tuple[Any, Any]) -> tuple[Any, Any]:
    none = tf.zeros([state[0].shape[1]])
    after = tf.raw_ops.LSTMBlockCell(
        x=x, cs_prev=state[0], h_prev=state[1], w=tensors[f"{scope}/kernel"], b=tensors[f"{scope}/bias"],
        wci=none, wcf=none, wco=none, forget_bias=1.0, cell_clip=-1.0, use_peephole=False,
    )  # fmt: skip
    return after.cs, after.h


def _read(tf: Any, tensors: dict[str, Any], inputs: Any, direction: str) -> Any:
    """What an encoder's direction ends with, [1, U]."""
    scope = f"encoder/cell_0/bidirectional_rnn/{direction}/multi_rnn_cell/cell_0/lstm_cell"
    units = tensors[f"{scope}/kernel"].shape[1] // 4

    def step(number: Any, c: Any, h: Any) -> tuple[Any, Any, Any]:
        return (number + 1, *_cell(tf, tensors, scope, inputs[number][None], (c, h)))

    start = (tf.constant(0), tf.zeros([1, units]), tf.zeros([1, units]))
    return tf.while_loop(lambda number, *_: number < STEPS, step, start)[2]


def _decode(tf: Any, tensors: dict[str, Any], z: Any, hits: Any) -> Any:
    """Velocities and offsets of every step, [STEPS, 18], with the hits that are struck."""
    scopes = [f"decoder/multi_rnn_cell/cell_{layer}/lstm_cell" for layer in range(2)]
    opened = tf.tanh(
        tf.matmul(z, tensors["decoder/z_to_initial_state/kernel"]) + tensors["decoder/z_to_initial_state/bias"]
    )
    state = tf.split(opened, [tensors[f"{scope}/kernel"].shape[1] // 4 for scope in scopes for _ in "ch"], 1)

    def step(number: Any, before: Any, felt: Any, *state: Any) -> tuple[Any, ...]:
        x, after = tf.concat([before, z], 1), []
        for layer, scope in enumerate(scopes):
            c, x = _cell(tf, tensors, scope, x, state[2 * layer : 2 * layer + 2])
            after += [c, x]
        logits = tf.matmul(x, tensors["decoder/output_projection/kernel"]) + tensors["decoder/output_projection/bias"]
        struck = hits[number][None]
        feel = tf.concat([tf.sigmoid(logits[:, DRUMS : 2 * DRUMS]), tf.tanh(logits[:, 2 * DRUMS :])], 1)
        played = tf.concat([struck, struck * feel[:, :DRUMS], struck * feel[:, DRUMS:]], 1)
        return (number + 1, played, felt.write(number, feel[0]), *after)

    felt = tf.TensorArray(tf.float32, STEPS)
    start = (tf.constant(0), tf.zeros([1, 3 * DRUMS]), felt, *state)
    return tf.while_loop(lambda number, *_: number < STEPS, step, start)[2].stack()


def made_models(folder: Path) -> tuple[dict[str, Path], dict[str, npt.NDArray[np.float32]]]:
    """Model files by how their weights are stored, and the weights."""
    from converter.conversion import Label
    from converter.source import Origin, Source
    from converter.tflite import Quantization
    from converter.vae_architecture import recognise_vae
    from converter.vae_card import vae_model_bytes
    from converter.vae_config import VAE_CONFIGS
    from converter.vae_conversion import convert_vae
    from converter.vae_shapes import published_sizes, variable_shapes

    rng, config = np.random.default_rng(0), VAE_CONFIGS[CONFIG]
    variables = {
        name: (rng.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)
        for name, shape in variable_shapes(config, published_sizes(config)).items()
    }
    source = Source(Origin(folder / f"{CONFIG}.ckpt", "", "checkpoint"), variables, None)
    files: dict[str, Path] = {}
    forms: tuple[Quantization, ...] = ("none", "int8")
    for quantization in forms:
        model = convert_vae(source, recognise_vae(source, CONFIG), quantization, Label(CONFIG, "none", "chance")).model
        files[quantization] = folder / f"{quantization}.tflite"
        files[quantization].write_bytes(vae_model_bytes(model))
    return files, variables


def resident(file: Path) -> float:
    """MB that a process has, with the network that answers and this humaniser loaded, when it has humanised."""
    told = subprocess.run(
        [sys.executable, "-m", __spec__.name if __spec__ else "bench.humanise", "--resident", str(file)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(json.loads(told.stdout)["MB"])


def tell_resident(file: Path) -> None:
    """In a process of its own: load both, humanise twice, and say what is resident."""
    network, humaniser = TfliteModel(find_model(_RNN)), TfliteAutoencoder(file)
    answer = humanised_by(humaniser)
    for _ in range(2):
        answer()
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(json.dumps({"MB": int(lines["VmRSS"].split()[0]) / 1024, "network": network.card.name}))


def main() -> None:
    """Measure and publish; the exit status says whether the budgets are kept."""
    parser = options((__doc__ or "").splitlines()[0], "humanise")
    parser.add_argument("--times", type=int, default=200, help="answers measured of each")
    parser.add_argument("--resident", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.resident:
        tell_resident(args.resident)
        return
    with tempfile.TemporaryDirectory() as folder:
        files, variables = made_models(Path(folder))
        session, _ = session_act(variables)
        forms = {f"TFLite {form}": humanised_by(TfliteAutoencoder(file)) for form, file in files.items()}
        seconds: dict[str, list[float]] = {name: [] for name in (SESSION, *forms)}
        computing: dict[str, list[float]] = {name: [] for name in seconds}
        # By turns, so that what else the machine does is shared by all.
        for _ in range(10):
            for name, act in ((SESSION, session), *forms.items()):
                taken, computed = measured(act, args.times // 10)
                seconds[name] += taken
                computing[name] += computed
        memory = {f"TFLite {form}": resident(file) for form, file in files.items()}
    rows: list[Row] = []
    slowest = float(percentiles(seconds[SESSION])["p50 ms"])
    for name, taken in seconds.items():
        figures = percentiles(taken)
        ratio = slowest / float(figures["p50 ms"])
        cpu = 1e3 * float(np.median(computing[name]))
        rows.append(
            {
                "by": name,
                **figures,
                "CPU p50 ms": cpu,
                "times faster": ratio,
                "resident MB": memory.get(name, float("nan")),
            }
        )
    median, used = float(rows[-1]["p50 ms"]), float(rows[-1]["resident MB"])
    kept = median <= BUDGET_MS and median <= slowest / 2 and used <= BUDGET_MB
    notes = [
        f"One thread each. Budget of int8: {BUDGET_MS:g} ms, half of the session, {BUDGET_MB:g} MB with {_RNN}: "
        f"{'kept' if kept else 'NOT kept'}.",
        "Resident: a process with both models and no TensorFlow, behind two answers.",
    ]
    publish("Humanising a two-bar answer, published layer sizes", rows, notes, args.json)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
