"""Layer 0 with attention over a whole window, for training: tf.contrib.rnn.AttentionCellWrapper around one LSTM."""

from collections.abc import Mapping
from typing import Any

from converter.lstm_layer import cell
from converter.tensorflow_library import tensorflow


def attending_lstm(weights: Mapping[str, Any], entering: Any, carried: Any, state: list[Any]) -> tuple[Any, list[Any]]:
    """The layer's outputs [T, B, U], and its state (c, h, attns, attn_states) after the last step.

    `entering` [T, B, input_size]: the input rows through the wrapper's kernel, with its bias, but without what it
    attended to before; `carried` [T, B, 1] is 0 where all memory is wiped before the step, else 1.
    """
    tf = tensorflow()
    steps, lanes, _ = entering.shape
    kept = tf.TensorArray(tf.float32, steps, element_shape=[lanes, state[0].shape[1]])

    def step(t: Any, kept: Any, *state: Any) -> tuple[Any, ...]:
        row, after = _step(weights, entering[t], [tensor * carried[t] for tensor in state])
        return t + 1, kept.write(t, row), *after

    _, kept, *after = tf.while_loop(lambda t, *_: t < steps, step, (0, kept, *state), maximum_iterations=steps)
    return kept.stack(), after


def _step(weights: Mapping[str, Any], entering: Any, state: list[Any]) -> tuple[Any, list[Any]]:
    """One step: the projected output [B, U] and the state after it; the oldest remembered output is forgotten."""
    tf = tensorflow()
    c, h, attns, attn_states = state
    row = entering + attns @ weights["attns"]
    c, h = cell(row @ weights["below_0"] + h @ weights["recurrent_0"] + weights["bias_0"], c)
    lanes, units = c.shape
    memory = tf.reshape(attn_states, [lanes, -1, units])
    attns = _attended(weights, memory, tf.concat([c, h], 1))
    output = tf.concat([h, attns], 1) @ weights["projection"] + weights["projection_bias"]
    return output, [c, h, attns, tf.concat([attn_states[:, units:], output], 1)]


def _attended(weights: Mapping[str, Any], memory: Any, query: Any) -> Any:
    """The remembered outputs [B, L, U] weighted by likeness to the query: [B, U]."""
    tf = tensorflow()
    lanes, length, units = memory.shape
    keys = tf.reshape(tf.reshape(memory, [-1, units]) @ weights["key"], [lanes, length, units])
    sought = query @ weights["query"] + weights["query_bias"]
    scores = tf.reduce_sum(weights["score"] * tf.tanh(keys + sought[:, None, :]), 2)
    return tf.reduce_sum(tf.nn.softmax(scores)[:, :, None] * memory, 1)
