"""One step of a recurrent network of Magenta's as TensorFlow operations that TFLite has a kernel for.

The mathematics is that of TensorFlow's BasicLSTMCell and AttentionCellWrapper (tensorflow/python/ops/rnn_cell_impl.py;
tensorflow/contrib/rnn/python/ops/rnn_cell.py), which Magenta stacks in magenta/models/shared/events_rnn_graph.py.
A NADE ends in its biases: its notes are drawn one given the other, by chance and a temperature that belong to whoever
plays, so a step stays a function of event and state, and its answer can be compared to the last figure.
Sizes in the comments: I input, U units of a layer, A attention size, L remembered outputs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture, Attention
from converter.input_part import InputPart
from converter.tensorflow_library import tensorflow
from converter.weights import Variables

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
    """An encoded event: its one-hot parts as numbers, and what stands between them, [1, rest] or nothing.

    The product of a one-hot vector with a matrix is one of its rows. To fetch that row is a third less to read of a
    2 x 384 network's weights a step, and reading them is what a step waits for.
    """

    def __init__(self, inputs: Any, parts: Sequence[InputPart]) -> None:
        tf = tensorflow()
        ends = [int(end) for end in np.cumsum([part.width for part in parts])]
        places = [(part.kind == "one_hot", end - part.width, end) for part, end in zip(parts, ends, strict=True)]
        self._labels = [
            (tf.argmax(inputs[:, start:end], 1, output_type=tf.int32), start, end) for hot, start, end in places if hot
        ]
        self._others = _joined([(start, end) for hot, start, end in places if not hot])
        self._rest = [inputs[:, start:end] for start, end in self._others]
        self._width = ends[-1]

    def times(self, product: Product, parts: Sequence[Any], kernel: Floats) -> Any:
        """The event and the parts, side by side, times the kernel."""
        tf = tensorflow()
        rows = [tf.gather(tf.constant(kernel[start:end]), label) for label, start, end in self._labels]
        beside = [*self._rest, *parts]
        if beside:
            dense = np.concatenate([*(kernel[start:end] for start, end in self._others), kernel[self._width :]])
            rows.append(product(beside, dense))
        first, *others = rows
        for other in others:
            first = first + other
        return first


def _joined(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places with neighbours made one."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


class RnnStep:
    """The network as a function of one encoded event and its state."""

    def __init__(self, architecture: Architecture, variables: Variables, product: Product) -> None:
        self._architecture = architecture
        self._variables = variables
        self._product = product

    def __call__(self, inputs: Any, state: Mapping[str, Any]) -> dict[str, Any]:
        """`logits` [1, classes] and every state tensor's successor NAME_out, from `inputs` [1, I] and the state.

        Of a one-hot part the largest number counts alone, as 1.
        """
        attention, stack = self._architecture.attention, self._architecture.stack
        after: dict[str, Any] = {}
        y: Any = _Event(inputs, self._architecture.config.parts)
        if stack.entry:
            y = self._dense([y], stack.entry)
        if attention and attention.scope == "stack":
            y = self._dense([y, state["attns"]], attention.prefix)
        for number in range(len(stack.layers)):
            y = self._layer(number, y, state, after)
        if attention and attention.scope == "stack":
            cells = [after[f"{name}{number}_out"] for number in range(len(stack.layers)) for name in "ch"]
            y = self._attend(attention, y, cells, state, after)
        return {"logits": self._affine([y], stack.head.kernel, stack.head.bias), **after}

    def _layer(self, number: int, x: Any, state: Mapping[str, Any], after: dict[str, Any]) -> Any:
        """A layer with what stands around it: projection, attention, and its input added to its output."""
        attention, stack = self._architecture.attention, self._architecture.stack
        if stack.layers[number].projection:
            x = self._dense([x], stack.layers[number].projection)
        if attention and attention.scope == "layer_0" and number == 0:
            # The wrapper feeds what it last attended to back into what it wraps: [1, I + A] -> [1, I].
            h = self._lstm(0, self._dense([x, state["attns"]], attention.prefix), state, after)
            y = self._attend(attention, h, [after["c0_out"], h], state, after)
        else:
            y = self._lstm(number, x, state, after)
        return x + y if stack.residual else y

    def _dense(self, parts: Sequence[Any], scope: str) -> Any:
        return self._affine(parts, f"{scope}/kernel", f"{scope}/bias")

    def _affine(self, parts: Sequence[Any], kernel: str, bias: str) -> Any:
        """The parts, side by side [n, rows], times the kernel [rows, columns], and the bias."""
        return self._times(parts, self._variables[kernel]) + self._variables[bias]

    def _times(self, parts: Sequence[Any], kernel: Floats) -> Any:
        first, *others = parts
        return first.times(self._product, others, kernel) if isinstance(first, _Event) else self._product(parts, kernel)

    def _lstm(self, number: int, x: Any, state: Mapping[str, Any], after: dict[str, Any]) -> Any:
        """The layer's output [1, U]; gates in the order input, candidate, forget, output."""
        tf = tensorflow()
        layer = self._architecture.stack.layers[number]
        bias = self._variables[f"{layer.scope}/bias"].copy()
        bias[2 * layer.units : 3 * layer.units] += np.float32(layer.forget_bias)
        z = self._times([x, state[f"h{number}"]], self._variables[f"{layer.scope}/kernel"]) + bias
        i, j, f, o = tf.split(z, 4, axis=1)  # each [1, U]
        c = state[f"c{number}"] * tf.sigmoid(f) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        after[f"c{number}_out"], after[f"h{number}_out"] = c, h
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
    network = RnnStep(architecture, variables, product)
    names = [name for name, _ in architecture.state()]

    def step(inputs: Any, *state: Any) -> dict[str, Any]:
        return network(inputs, dict(zip(names, state, strict=True)))

    specs = [tf.TensorSpec([1, architecture.input_size], tf.float32, name="inputs")]
    specs += [tf.TensorSpec([1, size], tf.float32, name=name) for name, size in architecture.state()]
    module.step = tf.function(step, input_signature=specs)
    return module, module.step.get_concrete_function()
