"""Layer 0 with attention over a whole window, for training: tf.contrib.rnn.AttentionCellWrapper around one LSTM."""

from collections.abc import Mapping
from typing import Any

from converter.keras_library import ops
from converter.lstm_layer import cell


def attending_lstm(weights: Mapping[str, Any], entering: Any, carried: Any, state: list[Any]) -> tuple[Any, list[Any]]:
    """The layer's outputs [T, B, U], and its state (c, h, attns, attn_states) after the last step.

    `entering` [T, B, input_size]: the input rows through the wrapper's kernel, with its bias, but without what it
    attended to before; `carried` [T, B, 1] is 0 where all memory is wiped before the step, else 1.
    """

    def step(before: tuple[Any, ...], given: tuple[Any, Any]) -> tuple[Any, Any]:
        (_, *state), (row, kept) = before, given
        output, after = _step(weights, row, [tensor * kept for tensor in state])
        return (output, *after), (output, *after)

    (_, *after), (outputs, *_) = ops.scan(step, (ops.zeros_like(state[0]), *state), (entering, carried))
    return outputs, after


def _step(weights: Mapping[str, Any], entering: Any, state: list[Any]) -> tuple[Any, list[Any]]:
    """One step: the projected output [B, U] and the state after it; the oldest remembered output is forgotten."""
    c, h, attns, attn_states = state
    row = entering + ops.matmul(attns, weights["attns"])
    gates = ops.matmul(row, weights["below_0"]) + ops.matmul(h, weights["recurrent_0"]) + weights["bias_0"]
    c, h = cell(gates, c)
    lanes, units = c.shape
    memory = ops.reshape(attn_states, [lanes, -1, units])
    attns = _attended(weights, memory, ops.concatenate([c, h], 1))
    output = ops.matmul(ops.concatenate([h, attns], 1), weights["projection"]) + weights["projection_bias"]
    return output, [c, h, attns, ops.concatenate([attn_states[:, units:], output], 1)]


def _attended(weights: Mapping[str, Any], memory: Any, query: Any) -> Any:
    """The remembered outputs [B, L, U] weighted by likeness to the query: [B, U]."""
    lanes, length, units = memory.shape
    keys = ops.reshape(ops.matmul(ops.reshape(memory, [-1, units]), weights["key"]), [lanes, length, units])
    sought = ops.matmul(query, weights["query"]) + weights["query_bias"]
    scores = ops.sum(weights["score"] * ops.tanh(keys + sought[:, None, :]), 2)
    return ops.sum(ops.softmax(scores)[:, :, None] * memory, 1)
