"""The tiny model loads in whichever interpreter is installed: ai-edge-litert, or tflite-runtime on 32-bit ARM."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from converter.card import read_model
from tests.converter.material import HERE

FOUND = [name for name in ("ai_edge_litert", "tflite_runtime") if find_spec(name)]
pytestmark = pytest.mark.skipif(not FOUND, reason="no TFLite interpreter is installed")


@pytest.mark.parametrize("package", FOUND)
@pytest.mark.parametrize("name", ["tiny_one_drum", "tiny_one_drum_int8"])
def test_a_model_runs_from_its_file_with_the_card_behind_it(package: str, name: str) -> None:
    path = HERE / f"{name}.tflite"
    interpreter = import_module(f"{package}.interpreter").Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    step = interpreter.get_signature_runner("step")
    state = {tensor.name: np.zeros((1, tensor.size), np.float32) for tensor in read_model(path).card.state}
    answers = step(inputs=np.array([[1, 0]], np.float32), **state)
    assert answers["logits"].shape == (1, 2)
    assert np.isfinite(answers["logits"]).all()
    assert {f"{name}_out" for name in state} < answers.keys()
