"""What a generating graph answers with: softmaxes at a temperature, or a NADE's biases and a sample of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from converter.tensorflow_library import tensorflow

_HEADS = (
    ("fully_connected/weights", "fully_connected/biases"),
    ("decoder/dense/kernel", "decoder/dense/bias"),
    ("decoder/pitches/dense/kernel", "decoder/pitches/dense/bias"),
)


def logits_of(tensors: Mapping[str, Any], outputs: Any) -> Any:
    """The head's logits [T, width] for the top outputs [T, U]."""
    tf = tensorflow()
    kernel, bias = next(names for names in _HEADS if names[0] in tensors)
    return tf.nn.bias_add(tf.matmul(outputs, tensors[kernel]), tensors[bias])


def softmaxes_of(logits: Any, sizes: Sequence[int], temperature: Any) -> list[Any]:
    """A softmax [1, T, size] for each of the sizes that the logits [T, width] are cut into."""
    tf = tensorflow()
    cut = tf.split(logits, list(sizes), 1) if len(sizes) > 1 else [logits]
    return [
        tf.reshape(tf.nn.softmax(tf.divide(part, temperature)), [1, -1, size])
        for part, size in zip(cut, sizes, strict=True)
    ]


def nade_sample(tensors: Mapping[str, Any], b_enc: Any, b_dec: Any) -> tuple[Any, Any]:
    """A frame [1, notes] and its log-likelihood [1]: each note set where it is likelier than not.

    That is how the published graphs sample: pianoroll_rnn_nade builds its NADE without a temperature.
    """
    tf = tensorflow()
    encode, decode = tensors["nade/w_enc"], tensors["nade/w_dec_t"]
    hidden, frame, likelihood = b_enc, [], tf.zeros([1])
    for note in range(int(encode.shape[0])):
        logit = tf.raw_ops.Add(x=tf.matmul(tf.sigmoid(hidden), decode[note]), y=b_dec[:, note : note + 1])
        struck = tf.cast(tf.greater_equal(tf.sigmoid(logit), 0.5), tf.float32)
        # The likelihood of what was chosen is always that of the larger half.
        likelihood = tf.raw_ops.Add(x=likelihood, y=tf.reduce_sum(tf.math.log_sigmoid(tf.abs(logit)), [1]))
        hidden = tf.raw_ops.Add(x=hidden, y=tf.matmul(struck, encode[note]))
        frame.append(struck)
    return tf.concat(frame, 1), likelihood
