"""A TFLite model run one step at a time, its state carried by the caller."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.tflite import SIGNATURE

Floats = npt.NDArray[np.float32]


class Stepper:
    """One interpreter, one thread, with the XNNPACK kernels that the appliance uses too.

    `plain` takes TFLite's own kernels instead. They are slower and round less: XNNPACK's tanh and sigmoid are
    approximations, which differ from one processor to the next.
    """

    def __init__(self, flatbuffer: bytes, *, plain: bool = False) -> None:
        self._interpreter = interpreter_of(flatbuffer, plain=plain)
        self._run = self._interpreter.get_signature_runner(SIGNATURE)
        self._sizes = {name: tuple(detail["shape"]) for name, detail in self._run.get_input_details().items()}

    def initial_state(self) -> dict[str, Floats]:
        """All zeros, as Magenta starts."""
        return {name: np.zeros(shape, np.float32) for name, shape in self._sizes.items() if name != "inputs"}

    def step(self, row: Floats, state: Mapping[str, Floats]) -> tuple[Floats, dict[str, Floats]]:
        """The logits [classes] and the next state, from one input row [input_size] and the state."""
        outputs = self._run(inputs=row[None, :], **state)
        return outputs["logits"][0], {name: outputs[f"{name}_out"] for name in state}


def interpreter_of(flatbuffer: bytes, *, plain: bool) -> Any:
    """An interpreter of the model on one thread, with XNNPACK's kernels or TFLite's own."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if plain else OpResolverType.AUTO
    with _hushed():
        interpreter = Interpreter(model_content=flatbuffer, num_threads=1, experimental_op_resolver_type=kernels)
        interpreter.allocate_tensors()
    return interpreter


@contextmanager
def _hushed() -> Iterator[None]:
    """The interpreter announces its delegate on the process's stderr, past Python; its faults come as exceptions."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
