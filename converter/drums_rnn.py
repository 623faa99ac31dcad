"""One step of Magenta's drums_rnn as TensorFlow operations that TFLite has a kernel for.

The mathematics is that of TensorFlow's BasicLSTMCell and AttentionCellWrapper (tensorflow/python/ops/rnn_cell_impl.py;
tensorflow/contrib/rnn/python/ops/rnn_cell.py), which Magenta stacks in magenta/models/shared/events_rnn_graph.py.
Sizes in the comments: I input, U units of a layer, A attention size, L remembered outputs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.architecture import HEAD, Architecture, Attention
from converter.checkpoint import Variables
from converter.tensorflow_library import tensorflow

# BasicLSTMCell adds it to the forget gate when it runs and stores the bias without it.
FORGET_BIAS = 1.0

Floats = npt.NDArray[np.float32]


# The product of vectors side by side, each [n, rows_k], with one kernel [sum of rows_k, columns].
Product = Callable[[Sequence[Any], Floats], Any]


def plain_product(parts: Sequence[Any], kernel: Floats) -> Any:
    """One matrix: a constant right-hand side becomes one FULLY_CONNECTED."""
    tf = tensorflow()
    return tf.matmul(tf.concat(list(parts), 1) if len(parts) > 1 else parts[0], tf.constant(kernel))


def parted_product(parts: Sequence[Any], kernel: Floats) -> Any:
    """A matrix for each part.

    In 8 bits a matrix has one scale in the kernels that tflite-runtime 2.14 knows, and so have the values that go into
    it: the large weights of an event's labels would take the precision of the recurrent ones.
    """
    tf = tensorflow()
    ends = np.cumsum([part.shape[1] for part in parts])
    pieces = np.split(kernel, ends[:-1])
    return sum(tf.matmul(part, tf.constant(piece)) for part, piece in zip(parts, pieces, strict=True))


class _Event:
    """An encoded event: its one-hot label as a number, and what stands beside the label, [1, rest] or nothing.

    The product of a one-hot vector with a matrix is one of its rows. To fetch that row is a third less to read of a
    2 x 384 network's weights a step, and reading them is what a step waits for.
    """

    def __init__(self, inputs: Any, classes: int) -> None:
        tf = tensorflow()
        self._classes = classes
        self._label = tf.argmax(inputs[:, :classes], 1, output_type=tf.int32)
        self._rest = [inputs[:, classes:]] if inputs.shape[1] > classes else []

    def times(self, product: Product, parts: Sequence[Any], kernel: Floats) -> Any:
        """The event and the parts, side by side, times the kernel."""
        tf = tensorflow()
        row = tf.gather(tf.constant(kernel[: self._classes]), self._label)
        return row + product([*self._rest, *parts], kernel[self._classes :])


class DrumsStep:
    """The network as a function of one encoded event and its state."""

    def __init__(self, architecture: Architecture, variables: Variables, product: Product) -> None:
        self._architecture = architecture
        self._variables = variables
        self._product = product

    def __call__(self, inputs: Any, state: Mapping[str, Any]) -> dict[str, Any]:
        """`logits` [1, classes] and every state tensor's successor NAME_out, from `inputs` [1, I] and the state.

        The first `classes` of the inputs are one-hot: the likeliest of any other numbers there would count alone.
        """
        attention = self._architecture.attention
        event = _Event(inputs, self._architecture.classes)
        after: dict[str, Any] = {}
        # The wrapper feeds what it last attended to back into what it wraps: [1, I + A] -> [1, I].
        y = self._dense([event, state["attns"]], attention.prefix) if attention else event
        for layer in range(len(self._architecture.layer_sizes)):
            y = self._lstm(layer, y, state, after)
            if attention and attention.scope == "layer_0" and layer == 0:
                y = self._attend(attention, y, [after["c0_out"], y], state, after)
        if attention and attention.scope == "stack":
            cells = [
                after[f"{name}{layer}_out"] for layer in range(len(self._architecture.layer_sizes)) for name in "ch"
            ]
            y = self._attend(attention, y, cells, state, after)
        return {"logits": self._dense([y], HEAD, "weights", "biases"), **after}

    def _dense(self, parts: Sequence[Any], scope: str, kernel: str = "kernel", bias: str = "bias") -> Any:
        """The parts, side by side [n, rows], times the kernel [rows, columns], and the bias."""
        return self._times(parts, self._variables[f"{scope}/{kernel}"]) + self._variables[f"{scope}/{bias}"]

    def _times(self, parts: Sequence[Any], kernel: Floats) -> Any:
        first, *others = parts
        return first.times(self._product, others, kernel) if isinstance(first, _Event) else self._product(parts, kernel)

    def _lstm(self, layer: int, x: Any, state: Mapping[str, Any], after: dict[str, Any]) -> Any:
        """The layer's output [1, U]; gates in the order input, candidate, forget, output."""
        tf = tensorflow()
        scope, units = self._architecture.layer_scope(layer), self._architecture.layer_sizes[layer]
        bias = self._variables[f"{scope}/bias"].copy()
        bias[2 * units : 3 * units] += np.float32(FORGET_BIAS)
        z = self._times([x, state[f"h{layer}"]], self._variables[f"{scope}/kernel"]) + bias
        i, j, f, o = tf.split(z, 4, axis=1)  # each [1, U]
        c = state[f"c{layer}"] * tf.sigmoid(f) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        after[f"c{layer}_out"], after[f"h{layer}_out"] = c, h
        return h

    def _attend(
        self, attention: Attention, h: Any, cells: Sequence[Any], state: Mapping[str, Any], after: dict[str, Any]
    ) -> Any:
        """The wrapper's output [1, A]; slots of the memory that hold no output yet take part as zeros, unmasked."""
        tf = tensorflow()
        length, size, scope = attention.length, attention.size, f"{attention.prefix}/attention"
        memory = tf.reshape(state["attn_states"], [length, size])
        query = self._dense(cells, scope)  # [1, A]
        keys = self._product([memory], self._variables[f"{scope}/attn_w"][0, 0])  # [L, A]
        # The score is a dot product with attn_v: as a matrix of one column it is FULLY_CONNECTED again, [L, 1].
        score = tf.matmul(tf.tanh(keys + query), tf.constant(self._variables[f"{scope}/attn_v"][:, None]))
        weight = tf.nn.softmax(tf.reshape(score, [1, length]))
        attended = tf.reduce_sum(tf.reshape(weight, [length, 1]) * memory, axis=0, keepdims=True)  # [1, A]
        y = self._dense([h, attended], f"{attention.prefix}/attn_output_projection")
        after["attns_out"] = attended
        # The oldest row goes, this output comes last.
        after["attn_states_out"] = tf.concat([state["attn_states"][:, size:], y], 1)
        return y


def concrete_step(architecture: Architecture, variables: Variables, product: Product) -> tuple[Any, Any]:
    """A tf.Module, and its concrete function `step` with inputs and outputs named as a model file names them."""
    tf = tensorflow()
    module = tf.Module()
    network = DrumsStep(architecture, variables, product)
    names = [name for name, _ in architecture.state()]

    def step(inputs: Any, *state: Any) -> dict[str, Any]:
        return network(inputs, dict(zip(names, state, strict=True)))

    specs = [tf.TensorSpec([1, architecture.input_size], tf.float32, name="inputs")]
    specs += [tf.TensorSpec([1, size], tf.float32, name=name) for name, size in architecture.state()]
    module.step = tf.function(step, input_signature=specs)
    return module, module.step.get_concrete_function()
