"""The network as Keras trains it: one batch at a time, its memory carried from window to window."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from converter.attention_layer import attending_lstm
from converter.encoded import Lanes
from converter.keras_library import BACKEND, keras, ops
from converter.lstm_layer import lstm
from converter.network import Floats, NetworkShape, drum_features


@dataclass(frozen=True)
class Dropout:
    """Shares left out in training: of input events, between layers (and before the head)."""

    events: float
    layers: float


class Pupil(keras.Model):  # type: ignore[misc]
    """A network of a shape over so many lanes; `dropout` None leaves nothing out.

    What it is called with: hot [B, T, parts], rest [B, T, n], carried [B, T]. What it gives: logits [B, T, classes].
    The state after a window is kept for the next; no gradient reaches back into the window before.
    """

    def __init__(
        self,
        shape: NetworkShape,
        weights: Mapping[str, Floats],
        lanes: int,
        dropout: Dropout | None,
        seed: int,
        smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.smoothing = smoothing
        self.shape, self.dropout = shape, dropout
        self.chance = keras.random.SeedGenerator(seed)
        self.parts = {
            name: self.add_weight(name=name, shape=array.shape, initializer="zeros") for name, array in weights.items()
        }
        self.memory = [
            self.add_weight(name=f"state_{number}", shape=(lanes, size), initializer="zeros", trainable=False)
            for number, size in enumerate(shape.state_sizes())
        ]
        self.built = True
        self.set_parts(weights)

    def prepare(self, optimizer: Any = None) -> None:
        """Make it ready to learn, or without an optimizer to be judged.

        JAX compiles what it runs; TensorFlow's compiler knows no gradient of a loop of open length.
        """
        self.compile(optimizer=optimizer or keras.optimizers.SGD(0.0), jit_compile=BACKEND == "jax")

    def set_parts(self, weights: Mapping[str, Floats]) -> None:
        """Give it these weights."""
        for name, variable in self.parts.items():
            variable.assign(weights[name])

    def forget(self) -> None:
        """Empty the memory, as before the first window."""
        for variable in self.memory:
            variable.assign(np.zeros(variable.shape, np.float32))

    def call(self, window: Mapping[str, Any], training: bool = False) -> Any:
        """The logits of what follows each step."""
        drop = self.dropout if training else None
        carried = ops.transpose(window["carried"])[:, :, None]
        outputs = self._entry(window, drop)
        after: list[Any] = []
        for layer in range(len(self.shape.layer_sizes)):
            memory = [ops.stop_gradient(ops.copy(variable)) for variable in self.memory[len(after) :]]
            if layer == 0 and self.shape.attention_length:
                outputs, state = attending_lstm(self.parts, outputs, carried, memory[:4])
            else:
                entering = outputs if layer == 0 else self._dense(f"below_{layer}", f"bias_{layer}", outputs)
                kernel = ops.copy(self.parts[f"recurrent_{layer}"])
                outputs, *state = lstm(entering, kernel, carried, *memory[:2])
            after += state
            outputs = self._thinned(outputs, drop)
        for variable, tensor in zip(self.memory, after, strict=True):
            variable.assign(ops.stop_gradient(tensor))
        return self._head(ops.transpose(outputs, [1, 0, 2]))

    def compute_loss(
        self,
        x: Any = None,  # noqa: ARG002 - Keras gives it
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,  # noqa: ARG002 - Keras gives it
    ) -> Any:
        """Nats a step: the mean over the steps of the window that have a next one, with the labels smoothed if so."""
        counted = ops.convert_to_tensor(sample_weight)
        nats = keras.losses.sparse_categorical_crossentropy(ops.convert_to_tensor(y), y_pred, from_logits=True)
        if self.smoothing:
            spread = -ops.mean(ops.log_softmax(y_pred, axis=-1), axis=-1)
            nats = (1 - self.smoothing) * nats + self.smoothing * spread
        return ops.sum(nats * counted) / ops.maximum(ops.sum(counted), 1.0)

    def _entry(self, window: Mapping[str, Any], drop: Dropout | None) -> Any:
        """The input rows times layer 0's kernel [T, B, width]: of one-hot parts, rows of it looked up."""
        code, entering = self.shape.code, self.parts["entry_bias"]
        if code.hot:
            rows = self.parts["events"]
            if code.drums:
                rows = rows + ops.matmul(drum_features(code), self.parts["events_shared"])
            numbers = ops.transpose(window["hot"], [1, 0, 2])
            heard = ops.sum(ops.take(rows, numbers, axis=0), axis=2)
            if drop and drop.events:
                # As if the step had not been heard; the others are not scaled up.
                kept = keras.random.uniform((*heard.shape[:2], 1), seed=self.chance) >= drop.events
                heard = heard * ops.cast(kept, heard.dtype)
            entering = entering + heard
        if code.rest:
            entering = entering + ops.matmul(ops.transpose(window["rest"], [1, 0, 2]), self.parts["rest"])
        return entering

    def _thinned(self, outputs: Any, drop: Dropout | None) -> Any:
        """Outputs, some of them zero and the others scaled up to keep the sum."""
        return keras.random.dropout(outputs, drop.layers, seed=self.chance) if drop and drop.layers else outputs

    def _dense(self, kernel: str, bias: str, rows: Any) -> Any:
        return ops.matmul(rows, self.parts[kernel]) + self.parts[bias]

    def _head(self, outputs: Any) -> Any:
        head, bias = self.parts["head"], self.parts["head_bias"]
        if self.shape.code.drums:
            features = drum_features(self.shape.code)
            head = head + ops.matmul(self.parts["head_shared"], features.T)
            bias = bias + ops.matmul(features, self.parts["head_bias_shared"])
        return ops.matmul(outputs, head) + bias


def batch(window: Lanes) -> tuple[dict[str, Any], Any, Any]:
    """What Keras is given of a window: the inputs, the targets, the weights."""
    given = {"hot": window.hot, "rest": window.rest, "carried": window.carried}
    return {name: array for name, array in given.items() if array.size}, window.targets, window.weights
