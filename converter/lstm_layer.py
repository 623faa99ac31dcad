"""One LSTM layer over a whole window, for training: Magenta's BasicLSTMCell with its gradient written out.

The gradient is written by hand because TensorFlow's own, step by step through a while loop, took four times as long
on two CPU cores: it adds up the kernel's gradient once a step, where here it is one product for the whole window.
"""

from typing import Any

from converter.inference_graph import FORGET_BIAS
from converter.tensorflow_library import tensorflow


def lstm(entering: Any, kernel: Any, carried: Any, c0: Any, h0: Any) -> tuple[Any, Any, Any]:
    """The layer's outputs [T, B, U], and c and h [B, U] after the last step.

    `entering` [T, B, 4U]: what comes from below, times its part of the kernel, with the bias. `kernel` [U, 4U]: the
    recurrent part. `carried` [T, B, 1] is 0 where the memory is wiped before the step, else 1.
    """
    tf = tensorflow()

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def layer(entering: Any, kernel: Any, carried: Any, c0: Any, h0: Any) -> Any:
        gates, cells, outputs = _forward(entering, kernel, carried, c0, h0)
        before = tf.concat([c0[None], cells[:-1]], 0) * carried, tf.concat([h0[None], outputs[:-1]], 0) * carried

        def gradient(d_outputs: Any, d_c: Any, d_h: Any) -> tuple[Any, ...]:
            factors = _factors(gates, cells, before[0])
            d_entering, d_c0, d_h0 = _backward(factors, kernel, carried, (d_outputs, d_c, d_h))
            rows, columns = kernel.shape
            d_kernel = tf.matmul(
                tf.reshape(before[1], [-1, rows]), tf.reshape(d_entering, [-1, columns]), transpose_a=True
            )
            return d_entering, d_kernel, None, d_c0, d_h0

        return (outputs, cells[-1], outputs[-1]), gradient

    outputs, c, h = layer(entering, kernel, carried, c0, h0)
    return outputs, c, h


def cell(gates: Any, c: Any) -> tuple[Any, Any]:
    """The new c and h from the gates [B, 4U] (input, candidate, forget, output) and the old c."""
    tf = tensorflow()
    i, j, f, o = tf.split(gates, 4, -1)
    c = c * tf.sigmoid(f + FORGET_BIAS) + tf.sigmoid(i) * tf.tanh(j)
    return c, tf.tanh(c) * tf.sigmoid(o)


def _forward(entering: Any, kernel: Any, carried: Any, c: Any, h: Any) -> tuple[Any, Any, Any]:
    """Gates [T, B, 4U], cells and outputs [T, B, U] of every step."""
    tf = tensorflow()
    steps, lanes, width = entering.shape
    kept = [tf.TensorArray(tf.float32, steps, element_shape=[lanes, n]) for n in (width, width // 4, width // 4)]

    def step(t: Any, c: Any, h: Any, gates: Any, cells: Any, outputs: Any) -> tuple[Any, ...]:
        summed = entering[t] + (h * carried[t]) @ kernel
        c, h = cell(summed, c * carried[t])
        return t + 1, c, h, gates.write(t, summed), cells.write(t, c), outputs.write(t, h)

    *_, gates, cells, outputs = tf.while_loop(lambda t, *_: t < steps, step, (0, c, h, *kept), maximum_iterations=steps)
    return gates.stack(), cells.stack(), outputs.stack()


def _factors(gates: Any, cells: Any, c_before: Any) -> tuple[Any, ...]:
    """What multiplies dc or dh at every step: for i, j, f, o, for c by way of h, and for the c before."""
    tf = tensorflow()
    i, j, f, o = tf.split(gates, 4, -1)
    i, j, f, o, out = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f + FORGET_BIAS), tf.sigmoid(o), tf.tanh(cells)
    return j * i * (1 - i), i * (1 - j * j), c_before * f * (1 - f), out * o * (1 - o), o * (1 - out * out), f


def _backward(factors: tuple[Any, ...], kernel: Any, carried: Any, arriving: tuple[Any, Any, Any]) -> tuple[Any, ...]:
    """The gradient of `entering` [T, B, 4U], and of the c and h before the first step."""
    tf = tensorflow()
    for_i, for_j, for_f, for_o, by_h, for_c = factors
    d_outputs, d_c, d_h = arriving
    steps, lanes, units = d_outputs.shape
    across = tf.transpose(kernel)
    kept = tf.TensorArray(tf.float32, steps, element_shape=[lanes, 4 * units])

    def step(t: Any, d_c: Any, d_h: Any, kept: Any) -> tuple[Any, ...]:
        d_h = d_h + d_outputs[t]
        d_c = d_c + d_h * by_h[t]
        d_gates = tf.concat([d_c * for_i[t], d_c * for_j[t], d_c * for_f[t], d_h * for_o[t]], -1)
        return t - 1, d_c * for_c[t] * carried[t], (d_gates @ across) * carried[t], kept.write(t, d_gates)

    _, d_c, d_h, kept = tf.while_loop(lambda t, *_: t >= 0, step, (steps - 1, d_c, d_h, kept), maximum_iterations=steps)
    return kept.stack(), d_c, d_h
