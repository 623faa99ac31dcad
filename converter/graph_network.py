"""The cells of Magenta's networks as TensorFlow 1 operations, for the generating graph (inference_graph.py).

Which cells there are is read off the variables' names, as TensorFlow's rnn cells give them; the modern ones here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from converter.tensorflow_library import tensorflow

FORGET_BIAS = 1.0  # added while running, not stored (tf.contrib.rnn.BasicLSTMCell's default)
WRAPPER = "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper"
_KERNEL = re.compile(r"^((?:rnn|decoder)/.*multi_rnn_cell/cell_(\d+)/(?:.*/)?[a-z_]*lstm_cell)/kernel$")
_CUDNN = "cudnn_compatible_lstm_cell"  # trained with the forget bias in its bias


@dataclass(frozen=True)
class GraphNetwork:
    """The variables of a graph under construction, and what their names and shapes say.

    `attending`: the scope of the attention wrapper, empty without one. `scopes` and `sizes`: of each LSTM.
    """

    tensors: Mapping[str, Any]
    scopes: tuple[str, ...]
    sizes: tuple[int, ...]
    attending: str
    attention_length: int

    @property
    def whole_stack(self) -> bool:
        """Whether the wrapper is around all layers rather than layer 0."""
        return bool(self.attending) and "multi_rnn_cell" not in self.attending

    @property
    def attention_size(self) -> int:
        """Floats of one remembered output."""
        return self.sizes[-1 if self.whole_stack else 0]

    @property
    def residual(self) -> bool:
        """Magenta's residual networks project the input of their first layer."""
        return f"{self._projection(0)}/kernel" in self.tensors

    def state_sizes(self) -> list[int]:
        """Floats of each state tensor, in Magenta's order."""
        sizes: list[int] = []
        memory = [self.attention_size, self.attention_size * self.attention_length] if self.attending else []
        for layer, units in enumerate(self.sizes):
            sizes += [units, units]
            if layer == 0 and not self.whole_stack:
                sizes += memory
        return sizes + (memory if self.whole_stack else [])

    def step(self, row: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        """One row [1, input_size] through everything: the top output [1, U] and the state after it."""
        if "decoder/rnn_input/dense/kernel" in self.tensors:
            row = self.dense("decoder/rnn_input/dense", [row])
        if self.whole_stack:
            return self._attending(row, state[:-2], state[-2:], self._layers)
        return self._layers(row, state)

    def dense(self, scope: str, parts: list[Any]) -> Any:
        """Parts [1, n] laid end to end, through `scope`'s kernel and bias."""
        return self.affine(f"{scope}/kernel", f"{scope}/bias", parts)

    def affine(self, kernel: str, bias: str, parts: list[Any]) -> Any:
        """Parts [1, n] laid end to end, times a kernel, plus a bias."""
        tf = tensorflow()
        row = tf.concat(parts, 1) if len(parts) > 1 else parts[0]
        return tf.nn.bias_add(tf.matmul(row, self.tensors[kernel]), self.tensors[bias])

    def _projection(self, layer: int) -> str:
        return f"{self.scopes[layer].partition(f'/cell_{layer}/')[0]}/cell_{layer}/input_projection_wrapper"

    def _layers(self, row: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        tf = tensorflow()
        after: list[Any] = []
        for layer in range(len(self.scopes)):
            if f"{self._projection(layer)}/kernel" in self.tensors:
                row = self.dense(self._projection(layer), [row])
            given, held = row, state[len(after) :]
            if layer == 0 and self.attending and not self.whole_stack:
                row, kept = self._attending(row, held[:2], held[2:4], self._first)
            else:
                row, kept = self._lstm(layer, row, held[:2])
            after += kept
            if self.residual:
                row = tf.raw_ops.Add(x=row, y=given)
        return row, after

    def _first(self, row: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        return self._lstm(0, row, state)

    def _lstm(self, layer: int, row: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        """The output, and new c and h; gates in the order of BasicLSTMCell: input, candidate, forget, output."""
        tf = tensorflow()
        c, h = state
        i, j, f, o = tf.split(self.dense(self.scopes[layer], [row, h]), 4, 1)
        if not self.scopes[layer].endswith(_CUDNN):
            f = tf.raw_ops.Add(x=f, y=FORGET_BIAS)
        c = tf.raw_ops.Add(x=tf.multiply(c, tf.sigmoid(f)), y=tf.multiply(tf.sigmoid(i), tf.tanh(j)))
        h = tf.multiply(tf.tanh(c), tf.sigmoid(o))
        return h, [c, h]

    def _attending(self, row: Any, state: list[Any], memory: list[Any], wrapped: Any) -> tuple[Any, list[Any]]:
        """What is inside tf.contrib.rnn.AttentionCellWrapper: the projected output, and the state behind it."""
        tf = tensorflow()
        attns, attn_states = memory
        row, after = wrapped(self.dense(self.attending, [row, attns]), state)
        slots = tf.reshape(attn_states, [self.attention_length, self.attention_size])
        attns = self._attended(slots, after)
        row = self.dense(f"{self.attending}/attn_output_projection", [row, attns])
        kept = tf.reshape(tf.concat([slots[1:], row], 0), [1, -1])
        return row, [*after, attns, kept]

    def _attended(self, memory: Any, query: list[Any]) -> Any:
        """What the query finds in the memory [L, A]: its rows [1, A], weighted by likeness (Bahdanau's form)."""
        tf = tensorflow()
        scope, size = f"{self.attending}/attention", self.attention_size
        keys = tf.matmul(memory, tf.reshape(self.tensors[f"{scope}/attn_w"], [size, size]))
        sought = tf.raw_ops.Add(x=keys, y=self.dense(scope, query))
        scores = tf.reduce_sum(tf.multiply(self.tensors[f"{scope}/attn_v"], tf.tanh(sought)), [1])
        return tf.matmul(tf.reshape(tf.nn.softmax(scores), [1, -1]), memory)


def network_of(tensors: Mapping[str, Any], attention_length: int) -> GraphNetwork:
    """The network that variables of these (modern) names make; `attention_length` is 0 without attention."""
    found = {int(match[2]): match[1] for name in tensors if (match := _KERNEL.match(name))}
    scopes = tuple(found[layer] for layer in sorted(found))
    sizes = tuple(int(tensors[f"{scope}/kernel"].shape[1]) // 4 for scope in scopes)
    values = [name for name in tensors if name.endswith("/attention/attn_v")]
    attending = values[0].removesuffix("/attention/attn_v") if attention_length and values else ""
    return GraphNetwork(tensors, scopes, sizes, attending, attention_length)
