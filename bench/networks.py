"""The same weights in every form that the benchmarks compare: TFLite in three precisions, and the original graph."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from appliance.answer.encoding import Floats
from converter.architecture import recognise
from converter.bundle import Bundle, write_bundle
from converter.drum_kit import DRUM_KIT
from converter.inference_graph import metagraph_bytes, v1_checkpoint_bytes
from converter.material import drum_code
from converter.network import NetworkShape, first_weights, magenta_variables
from converter.reference import Reference, open_reference
from converter.source import read_source

SHIPPED = Path(__file__).parents[1] / "models/drum_kit_rnn.mag"
PRECISIONS = ("none", "float16", "int8")


def published_shape(path: Path) -> Path:
    """A bundle of the size that Magenta published as drum_kit_rnn, 3 x 256 with attention over 32 steps, untrained.

    The time of a step does not depend on the weights.
    """
    shape = NetworkShape(drum_code(DRUM_KIT), (256, 256, 256), 32)
    variables = magenta_variables(shape, first_weights(shape, np.random.default_rng(1)))
    graph = metagraph_bytes(variables, shape.attention_length, DRUM_KIT.input_size)
    write_bundle(path, Bundle("drum_kit", "untrained", v1_checkpoint_bytes(variables), graph))
    return path


def convert(source: Path, folder: Path) -> dict[str, Path]:
    """The source in every precision, by the converter's own command."""
    files = {}
    for precision in PRECISIONS:
        name = f"{source.stem}_{precision}"
        words = ["convert", str(source), "-o", str(folder), "--name", name, "--quantize", precision]
        done = subprocess.run([sys.executable, "-m", "converter", *words], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        files[precision] = folder / f"{name}.tflite"
    return files


class OriginalGraph:
    """The bundle's own metagraph in a TensorFlow session: a call is primed in one run, then a run a step."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._state = self._reference.initial_state()

    def run(self, rows: Floats) -> Floats:
        """The softmax [classes] behind the last of the rows [T, input_size]."""
        softmax, self._state = self._reference.run(rows, self._state)
        likelihoods: Floats = softmax[-1]
        return likelihoods


@contextlib.contextmanager
def original_graph(source: Path) -> Iterator[OriginalGraph]:
    """The graph, as long as the `with` lasts."""
    read = read_source(source)
    with open_reference(read, recognise(read)) as reference:
        yield OriginalGraph(reference)
