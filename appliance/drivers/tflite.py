"""A step of a model by a TFLite interpreter: ai-edge-litert, or the older tflite-runtime where only that is there."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from appliance.answer.card import Card
from appliance.answer.encoding import Floats
from appliance.answer.model import State
from appliance.answer.nade import Nade
from appliance.drivers.model_arrays import read_nade
from appliance.drivers.model_file import read_card
from appliance.drivers.quiet_libraries import quiet_libraries
from appliance.errors import ModelError

# In this order; the two never share an environment (tflite-runtime needs numpy < 2).
_RUNTIMES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")
_SIGNATURE = "step"


class TfliteModel:
    """A model file, opened, checked, and run once so that the first real step is as quick as any."""

    def __init__(self, path: Path) -> None:
        """Raises: ModelError when the file or the interpreter cannot be used."""
        self.card: Card = read_card(path)
        self.nade: Nade | None = read_nade(path) if self.card.encoding.nade_hidden else None
        self._interpreter = open_interpreter(path)
        inputs, outputs = self._tensors(path)
        self._input = inputs["inputs"]
        self._logits = outputs["logits"]
        self._states_in = [inputs[tensor.name] for tensor in self.card.state]
        self._states_out = [outputs[f"{tensor.name}_out"] for tensor in self.card.state]
        self.step(np.zeros(self.card.encoding.input_size, np.float32), self.initial_state())

    def initial_state(self) -> State:
        """Zeros, one array [1, size] a state tensor."""
        return tuple(np.zeros((1, tensor.size), np.float32) for tensor in self.card.state)

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        """Logits [classes] and the next state for inputs [input_size]. Raises: ModelError."""
        try:
            self._interpreter.set_tensor(self._input, inputs[np.newaxis])
            for index, tensor in zip(self._states_in, state, strict=True):
                self._interpreter.set_tensor(index, tensor)
            self._interpreter.invoke()
            logits = self._interpreter.get_tensor(self._logits)[0]
            return logits, tuple(self._interpreter.get_tensor(index) for index in self._states_out)
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"the model {self.card.name} failed in a step: {error}") from None

    def _tensors(self, path: Path) -> tuple[dict[str, int], dict[str, int]]:
        try:
            runner = self._interpreter.get_signature_runner(_SIGNATURE)
        except ValueError:
            raise ModelError(f"{path} has no signature {_SIGNATURE!r}: convert the model again") from None
        inputs, outputs = runner.get_input_details(), runner.get_output_details()
        names = {"inputs", *(tensor.name for tensor in self.card.state)}
        if set(inputs) != names:
            raise ModelError(f"{path} has inputs {sorted(inputs)}, its card says {sorted(names)}: convert it again")
        return _indices(inputs), _indices(outputs)


def _indices(details: dict[str, Any]) -> dict[str, int]:
    return {name: detail["index"] for name, detail in details.items()}


def open_interpreter(path: Path) -> Any:
    """An interpreter of the model: the runtimes have no types of their own."""
    for name in _RUNTIMES:
        try:
            runtime = import_module(name)
        except ModuleNotFoundError:
            continue
        try:
            # One thread: a step is too small to share, and the other cores have strokes to make.
            with quiet_libraries(b"INFO:"):
                interpreter = runtime.Interpreter(model_path=str(path), num_threads=1)
                interpreter.allocate_tensors()
        except (RuntimeError, ValueError, SystemError) as error:
            raise ModelError(f"{name.split('.', maxsplit=1)[0]} cannot load {path}: {error}") from None
        return interpreter
    raise ModelError("no TFLite interpreter is installed: pip install '.[runtime]' in Ghostnote's folder")
