"""One LSTM layer over a whole window, for training: Magenta's BasicLSTMCell with its gradient written out.

The gradient is written by hand because the one a loop is given by itself, step by step, took four times as long on two
CPU cores: it adds up the kernel's gradient once a step, where here it is one product for the whole window.
"""

from typing import Any

from converter.keras_library import ops

FORGET_BIAS = 1.0  # BasicLSTMCell adds it while running and stores the bias without it


def lstm(entering: Any, kernel: Any, carried: Any, c0: Any, h0: Any) -> tuple[Any, Any, Any]:
    """The layer's outputs [T, B, U], and c and h [B, U] after the last step.

    `entering` [T, B, 4U]: what comes from below, times its part of the kernel, with the bias. `kernel` [U, 4U]: the
    recurrent part. `carried` [T, B, 1] is 0 where the memory is wiped before the step, else 1, and has no gradient.
    """

    @ops.custom_gradient  # type: ignore[untyped-decorator]
    def layer(entering: Any, kernel: Any, carried: Any, c0: Any, h0: Any) -> Any:
        gates, cells, outputs = _forward(entering, kernel, carried, c0, h0)
        c_before = ops.concatenate([c0[None], cells[:-1]], 0) * carried
        h_before = ops.concatenate([h0[None], outputs[:-1]], 0) * carried

        def gradient(*arriving: Any, upstream: Any = None) -> tuple[Any, ...]:
            # PyTorch's backend names what arrives from above, the others give it alone.
            d_outputs, d_cells = ops.split(arriving[0] if upstream is None else upstream, 2, -1)
            factors = _factors(gates, cells, c_before)
            d_entering, d_c0, d_h0 = _backward(factors, kernel, carried, d_outputs, d_cells)
            rows, columns = kernel.shape
            across = ops.transpose(ops.reshape(h_before, [-1, rows]))
            d_kernel = ops.matmul(across, ops.reshape(d_entering, [-1, columns]))
            return d_entering, d_kernel, ops.zeros_like(carried), d_c0, d_h0

        # One tensor, because PyTorch's backend passes no more than one.
        return ops.concatenate([outputs, cells], -1), gradient

    outputs, cells = ops.split(layer(entering, kernel, carried, c0, h0), 2, -1)
    return outputs, cells[-1], outputs[-1]


def cell(gates: Any, c: Any) -> tuple[Any, Any]:
    """The new c and h from the gates [B, 4U] (input, candidate, forget, output) and the old c."""
    i, j, f, o = ops.split(gates, 4, -1)
    c = c * ops.sigmoid(f + FORGET_BIAS) + ops.sigmoid(i) * ops.tanh(j)
    return c, ops.tanh(c) * ops.sigmoid(o)


def _forward(entering: Any, kernel: Any, carried: Any, c: Any, h: Any) -> tuple[Any, Any, Any]:
    """Gates [T, B, 4U], cells and outputs [T, B, U] of every step."""

    def step(before: tuple[Any, Any, Any], given: tuple[Any, Any]) -> tuple[Any, Any]:
        (_, c, h), (row, kept) = before, given
        gates = row + ops.matmul(h * kept, kernel)
        after = (gates, *cell(gates, c * kept))
        return after, after

    # The gates are carried along because TensorFlow's scan gives back only what is shaped as what it carries.
    _, (gates, cells, outputs) = ops.scan(step, (ops.zeros_like(entering[0]), c, h), (entering, carried))
    return gates, cells, outputs


def _factors(gates: Any, cells: Any, c_before: Any) -> tuple[Any, ...]:
    """What multiplies dc or dh at every step: for i, j, f [T, B, 3U]; for o; for c by way of h; for c before."""
    i, j, f, o = ops.split(gates, 4, -1)
    i, j, f, o, out = ops.sigmoid(i), ops.tanh(j), ops.sigmoid(f + FORGET_BIAS), ops.sigmoid(o), ops.tanh(cells)
    for_ijf = ops.concatenate([j * i * (1 - i), i * (1 - j * j), c_before * f * (1 - f)], -1)
    return for_ijf, out * o * (1 - o), o * (1 - out * out), f


def _backward(
    factors: tuple[Any, ...], kernel: Any, carried: Any, d_outputs: Any, d_cells: Any
) -> tuple[Any, Any, Any]:
    """The gradient of `entering` [T, B, 4U], and of the c and h before the first step."""
    across = ops.transpose(kernel)

    def step(before: tuple[Any, Any, Any], given: tuple[Any, ...]) -> tuple[Any, Any]:
        (_, d_c, d_h), (for_ijf, for_o, by_h, for_c, kept, d_output, d_cell) = before, given
        d_h = d_h + d_output
        d_c = d_c + d_h * by_h + d_cell
        d_gates = ops.concatenate([ops.concatenate([d_c, d_c, d_c], -1) * for_ijf, d_h * for_o], -1)
        after = (d_gates, d_c * for_c * kept, ops.matmul(d_gates, across) * kept)
        return after, after

    nothing = ops.zeros_like(d_outputs[0])
    start = (ops.concatenate([nothing] * 4, -1), nothing, nothing)
    (_, d_c, d_h), (d_entering, _, _) = ops.scan(step, start, (*factors, carried, d_outputs, d_cells), reverse=True)
    return d_entering, d_c, d_h
